/** A short run of a tiny model as a stage asks for it, from the same options as the loop's own tests. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { writeEncodedPairs } from '../../harness/data/index.ts';
import { heldWeights, type StageTraining, type TrainedRun } from '../../harness/stages/index.ts';
import { batchOrder, type TrainOptions, type TrainResult } from '../../harness/train/index.ts';
import { pairs, tokensOf } from '../train/run-options.ts';

/** @param folder Where files may be written that outlive the stage's folder. */
export function stageTraining(options: TrainOptions, folder: string, pairsPerStep = 8): StageTraining {
  const { batchAt: _, logEverySteps: _every, shouldCheckpoint: _due, signal: _signal, state, ...run } = options;
  const file = path.join(folder, 'pairs-of-run.arrow');
  if (!existsSync(file)) writeEncodedPairs(file, pairs);
  return {
    ...run,
    start: { kind: 'weights', weights: heldWeights(state.parameters) },
    pairs: { at: (row) => pairs[row]!, files: [file] },
    order: batchOrder({ seed: 5, pairsPerStep, lengths: pairs.map(tokensOf) }),
  };
}

/** With its state in memory, as the loop itself gives it. */
export async function loaded({ outcome, state }: TrainedRun): Promise<TrainResult> {
  return { outcome, state: state === null ? null : await state.load() };
}
