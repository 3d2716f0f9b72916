/** What a stage under torch starts, without starting it. */
import path from 'node:path';
import type { StageTask } from '../../store/index.ts';
import { oneRank } from '../../spec/experiment-schema.ts';
import { torchPython } from './find-python.ts';
import { servingCommand } from './python.ts';
import { rankCount, ranksCommand, rendezvousOf } from './torchrun.ts';

/** The job of a command is a folder in the stage's own, made when it is about to run. */
export async function torchStarts({ folder, execution }: StageTask): Promise<readonly (readonly string[])[]> {
  const { ranks = oneRank } = execution;
  const python = torchPython().command;
  if (rankCount(ranks) === 1) return [servingCommand(python)];
  const rendezvous = ranks.nodes === 1 ? null : await rendezvousOf(path.basename(folder));
  const job = path.join(path.resolve(folder), 'JOB');
  return [servingCommand(python), ranksCommand({ python, job, rendezvous }, ranks)];
}
