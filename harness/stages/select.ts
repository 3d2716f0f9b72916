/** Hyperparameters chosen on the dev split, and how a finetuning run takes them over. */
import path from 'node:path';
import type { FinetuneSpec } from '../spec/experiment-schema.ts';
import { recordedOutputs } from '../store/index.ts';
import type { StageFunction } from './stage-context.ts';
import { metricsFile } from './evaluate.ts';
import { emitMetrics, inputFolder, readJson, writeJson } from './stage-files.ts';

const choiceFile = recordedOutputs.choice;
type Values = Readonly<Record<string, string | number | boolean | null>>;

/** Highest dev pairwise accuracy (half credit for ties), then lowest dev pairwise loss, then list order. */
export const selectStage: StageFunction<'select'> = async ({ stage, folder, inputFolders, emit }) => {
  // A candidate whose training diverged has no input: it has lost.
  const scored = stage.config.candidates
    .filter(({ input }) => input in inputFolders)
    .map(({ input, values }) => {
      const metrics = new Map(
        readJson<{ name: string; value: number }[]>(path.join(inputFolder(inputFolders, input), metricsFile)).map(
          ({ name, value }) => [name, value],
        ),
      );
      return {
        values,
        accuracy: required(metrics, 'eval/pairwise_accuracy_half_credit'),
        pairwiseLoss: required(metrics, 'eval/pairwise_loss'),
      };
    });
  const best = scored.reduce((winner, next) =>
    next.accuracy > winner.accuracy || (next.accuracy === winner.accuracy && next.pairwiseLoss < winner.pairwiseLoss)
      ? next
      : winner,
  );
  writeJson(path.join(folder, choiceFile), { values: best.values, candidates: scored });
  emitMetrics(emit, [
    { name: 'select/dev_pairwise_accuracy', value: best.accuracy },
    { name: 'select/candidates', value: scored.length },
    { name: 'select/diverged_candidates', value: stage.config.candidates.length - scored.length },
  ]);
  return { outcome: { kind: 'completed' }, outputs: [choiceFile] };
};

export function readChoice(folder: string): Values {
  return readJson<{ values: Values }>(path.join(folder, choiceFile)).values;
}

/** `finetune` with the selected paths (`finetune.optimizer.learningRate`, ...) replaced by the chosen values. */
export function withChoice(finetune: FinetuneSpec, choice: Values, selected: readonly string[]): FinetuneSpec {
  const result = structuredClone(finetune) as unknown as Record<string, unknown>;
  for (const selectedPath of selected) {
    const keys = selectedPath.split('.').slice(1);
    const last = keys.pop();
    const section = keys.reduce<Record<string, unknown>>((node, key) => node[key] as Record<string, unknown>, result);
    if (last === undefined || !(last in section)) throw new Error(`select: ${selectedPath} is no field of finetune`);
    section[last] = choice[selectedPath];
  }
  return result as unknown as FinetuneSpec;
}

function required(metrics: ReadonlyMap<string, number>, name: string): number {
  const value = metrics.get(name);
  if (value === undefined) throw new Error(`select: a candidate has no metric ${name}`);
  return value;
}
