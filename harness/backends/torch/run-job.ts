/** Who carries out the jobs of a process: one Python for all of them, or ranks that are started for each. */
import { oneRank } from '../../spec/experiment-schema.ts';
import type { StageExecution } from '../../store/index.ts';
import type { JobEvent } from './events.ts';
import { TorchProcess } from './python.ts';
import { runByRanks } from './ranks-process.ts';
import { rankCount } from './torchrun.ts';

/** Carries out the job in a folder, and resolves with its last event. @throws UserError as `TorchProcess.run`. */
export type RunJob = (job: string, onEvent: (event: JobEvent) => void) => Promise<JobEvent>;

export interface JobRunners {
  readonly alone: RunJob;
  /** By all ranks that the execution asks for. */
  readonly together: RunJob;
  /** Lets the Python go that waits for further jobs. */
  close(): void;
}

export function jobRunners({ threads, ranks = oneRank }: StageExecution): JobRunners {
  const python = new TorchProcess(threads);
  const alone: RunJob = (job, onEvent) => python.run(job, onEvent);
  const byRanks: RunJob = (job, onEvent) => runByRanks({ job, ranks, threads, onEvent });
  return { alone, together: rankCount(ranks) === 1 ? alone : byRanks, close: () => python.close() };
}
