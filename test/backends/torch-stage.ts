/** Training by the backend torch in a folder as a stage has it, for the tests of its processes. */
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { torchCompute } from '../../harness/backends/torch/torch-compute.ts';
import { clearScratch, type StageContext } from '../../harness/stages/index.ts';
import { runTraining } from '../../harness/stages/run-training.ts';
import { oneRank, type RanksSpec } from '../../harness/spec/experiment-schema.ts';
import type { JournalEvent } from '../../harness/store/index.ts';
import type { SessionCache, TrainResult } from '../../harness/train/index.ts';
import { tinyFamilies } from '../model/tiny-models.ts';
import { loaded, stageTraining } from '../stages/stage-training.ts';
import { runOptions } from '../train/run-options.ts';

export interface TrainedByTorch {
  readonly result: TrainResult;
  readonly events: readonly JournalEvent[];
  readonly folder: string;
}

export interface Asked {
  readonly root: string;
  readonly toStep: number;
  readonly ranks?: Partial<RanksSpec>;
  /** Of an attempt before. */
  readonly folder?: string;
  readonly checkpointEverySeconds?: number;
  onEvent?(event: JournalEvent): void;
}

/** Eight pairs a step of a tiny model, by as many ranks as are asked for. @throws what the stage would fail with. */
export async function trainedByTorch({ root, toStep, ranks, onEvent, ...asked }: Asked): Promise<TrainedByTorch> {
  const folder = asked.folder ?? mkdtempSync(path.join(root, 'stage-'));
  const execution = {
    threads: 1,
    device: 'cpu',
    checkpointEverySeconds: asked.checkpointEverySeconds ?? 3600,
    ranks: { ...oneRank, ...ranks },
  } as const;
  const events: JournalEvent[] = [];
  const context = {
    folder,
    execution,
    numerics: 'float32',
    signal: new AbortController().signal,
    compute: async () => torchCompute(execution),
    emit: (event: JournalEvent) => {
      events.push(event);
      onEvent?.(event);
    },
  } as unknown as StageContext;
  const options = runOptions(tinyFamilies[0]!, null as unknown as SessionCache, { toStep });
  const result = await loaded(await runTraining(context, stageTraining(options, root)));
  clearScratch(folder); // as the runner does behind every attempt
  return { result, events, folder };
}

export const lossesOf = ({ events }: Pick<TrainedByTorch, 'events'>): readonly number[] =>
  events.flatMap((event) => (event.kind === 'progress' ? [event.loss ?? NaN] : []));
