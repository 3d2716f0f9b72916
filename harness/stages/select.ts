/** Hyperparameters chosen on the dev split, and how a finetuning run takes them over. */
import path from 'node:path';
import type { FinetuneSpec } from '../spec/experiment-schema.ts';
import { recordedOutputs } from '../store/index.ts';
import type { SelectConfig } from './configs.ts';
import { metricsFile } from './scored.ts';
import { emitMetrics, inputFolder, readJson, writeJson } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { plainWork } from './work-context.ts';

const choiceFile = recordedOutputs.choice;
type Values = SelectConfig['candidates'][number]['values'];

export const select: StageKind<SelectConfig> = {
  kind: 'select',
  version: 1,
  toleratesDiverged: true,
  fixedSeconds: 0.02,
  work: async () => plainWork('select', {}),
  run: choose,
};

interface Scored {
  readonly values: Values;
  readonly accuracy: number;
  readonly pairwiseLoss: number;
}

/**
 * Highest dev pairwise accuracy (half credit for ties), then lowest dev pairwise loss, then list order; over several
 * seeds their means.
 */
async function choose({ stage, folder, inputFolders, emit }: StageContext<SelectConfig>): Promise<StageEnd> {
  const candidates = byValues(stage.config.candidates);
  const scored = scoresOf(candidates, inputFolders);
  if (scored.length === 0) return { outcome: noneLeft, outputs: [] };
  const best = scored.reduce((winner, next) => (isBetter(next, winner) ? next : winner));
  writeJson(path.join(folder, choiceFile), { values: best.values, candidates: scored });
  emitMetrics(emit, [
    { name: 'select/dev_pairwise_accuracy', value: best.accuracy },
    { name: 'select/candidates', value: scored.length },
    { name: 'select/diverged_candidates', value: candidates.length - scored.length },
  ]);
  return { outcome: { kind: 'completed' }, outputs: [choiceFile] };
}

/** With one seed the sweep does not come here: a choice without any input is blocked. */
const noneLeft = { kind: 'diverged', step: 0, reason: 'with one seed or another every candidate diverged' } as const;

/** Values to choose from, and the inputs of their runs, one a seed. */
interface Candidate {
  readonly values: Values;
  readonly inputs: readonly string[];
}

function byValues(runs: SelectConfig['candidates']): readonly Candidate[] {
  const inputs = new Map<string, { values: Values; inputs: string[] }>();
  for (const { input, values } of runs) {
    const key = JSON.stringify(values);
    const known = inputs.get(key);
    if (known === undefined) inputs.set(key, { values, inputs: [input] });
    else known.inputs.push(input);
  }
  return [...inputs.values()];
}

/** A candidate of which one training diverged lacks that input: it has lost. */
function scoresOf(candidates: readonly Candidate[], inputFolders: StageContext['inputFolders']): Scored[] {
  return candidates
    .filter(({ inputs }) => inputs.every((input) => input in inputFolders))
    .map(({ inputs, values }) => meanScore(inputs.map((input) => scoreOf(values, inputFolder(inputFolders, input)))));
}

function meanScore(runs: readonly Scored[]): Scored {
  const mean = (of: (run: Scored) => number): number => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  const { values } = runs[0] as Scored;
  return { values, accuracy: mean((run) => run.accuracy), pairwiseLoss: mean((run) => run.pairwiseLoss) };
}

function isBetter(a: Scored, b: Scored): boolean {
  return a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.pairwiseLoss < b.pairwiseLoss);
}

function scoreOf(values: Values, folder: string): Scored {
  const file = path.join(folder, metricsFile);
  const metrics = new Map(readJson<{ name: string; value: number }[]>(file).map(({ name, value }) => [name, value]));
  return {
    values,
    accuracy: required(metrics, 'eval/pairwise_accuracy_half_credit'),
    pairwiseLoss: required(metrics, 'eval/pairwise_loss'),
  };
}

export function readChoice(folder: string): Values {
  return readJson<{ values: Values }>(path.join(folder, choiceFile)).values;
}

/** `finetune` with the selected paths (`finetune.optimizer.learningRate`, ...) replaced by the chosen values. */
export function withChoice(finetune: FinetuneSpec, choice: Values, selected: readonly string[]): FinetuneSpec {
  const result = structuredClone(finetune) as unknown as Record<string, unknown>;
  for (const selectedPath of selected) replace(result, selectedPath, choice[selectedPath]);
  return result as unknown as FinetuneSpec;
}

function replace(finetune: Record<string, unknown>, selectedPath: string, value: unknown): void {
  const keys = selectedPath.split('.').slice(1);
  const last = keys.pop();
  const section = keys.reduce((node, key) => node[key] as Record<string, unknown>, finetune);
  if (last === undefined || !(last in section)) throw new Error(`select: ${selectedPath} is no field of finetune`);
  section[last] = value;
}

function required(metrics: ReadonlyMap<string, number>, name: string): number {
  const value = metrics.get(name);
  if (value === undefined) throw new Error(`select: a candidate has no metric ${name}`);
  return value;
}
