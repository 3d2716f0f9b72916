/**
 * Training that looks at the dev split on its way: it ends where nothing gets better, and the best of the models that
 * were looked at is kept. Each look and the best state lie in the stage's folder, so that an interrupted run makes the
 * same looks and keeps the same model as a straight one.
 */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { evaluateTask } from '../eval/index.ts';
import type { FinetuneSpec } from '../spec/experiment-schema.ts';
import { stateLayout, trainedModel } from '../train/index.ts';
import type { TrainedRun } from './compute.ts';
import type { FinetuneConfig } from './configs.ts';
import { clearResumePoint, resumeFile } from './resume-point.ts';
import { runTraining, type StageTraining } from './run-training.ts';
import { inputFolder, readJson, writeJson } from './stage-files.ts';
import type { StageContext } from './stage-kind.ts';
import { readSplit, scoreSplit, type EvaluationSplit } from './task-split.ts';
import { keepState, stateInFile, type TrainedState } from './trained-state.ts';
import { heldWeights } from './weights.ts';

/** One look at dev. Accuracy with half credit for ties, as `select` takes it. */
interface Look {
  readonly step: number;
  readonly accuracy: number;
  readonly loss: number;
}

/** Every look so far, in the order of the steps. */
export const looksFile = 'dev-curve.json';
const bestFile = 'best.safetensors';

type Stopping = NonNullable<FinetuneSpec['stopping']>;

export interface StoppedRun extends TrainedRun {
  /** Null unless the run completed. */
  readonly looks: readonly Look[] | null;
}

/** Trains to the best of `training.toStep` steps. @throws as `runTraining`. */
export async function trainToBest(
  context: StageContext<FinetuneConfig>,
  training: StageTraining,
  stopping: Stopping,
): Promise<StoppedRun> {
  const { folder } = context;
  const layout = stateLayout(training.model, {
    trainable: training.features?.trainable ?? null,
    optimizer: training.optimizer,
  });
  const dev = readSplit(inputFolder(context.inputFolders, 'task'), 'dev');
  const looks = [...storedLooks(folder)];
  for (let isFirst = true; !isOver(looks, training.toStep, stopping); isFirst = false) {
    const toStep = Math.min(training.toStep, (looks.at(-1)?.step ?? 0) + stopping.every);
    const part = asPart(context, training.toStep, isFirst);
    const { outcome, state } = await runTraining(part, { ...training, toStep });
    if (outcome.kind !== 'completed' || state === null) return { outcome, state: null, looks: null };
    const look = await lookAt(context, training, { state, dev });
    looks.push(look);
    if (bestOf(looks) === look) await keepState(path.join(folder, bestFile), { ...state, file: null }, layout);
    // Before the look is written: a look that is on record is never made again from another state.
    await keepState(path.join(folder, resumeFile), state, layout);
    writeJson(path.join(folder, looksFile), looks);
    tell(context, look);
  }
  clearResumePoint(folder);
  return { outcome: { kind: 'completed' }, state: stateInFile(path.join(folder, bestFile), layout), looks };
}

/** Nobody reads it once the model is kept. */
export function clearBest(folder: string): void {
  rmSync(path.join(folder, bestFile), { force: true });
}

/** Those of an interrupted attempt. Without the best state they are of no use, nor is what goes on behind them. */
function storedLooks(folder: string): readonly Look[] {
  const [looks, best] = [looksFile, bestFile].map((name) => path.join(folder, name)) as [string, string];
  if (!existsSync(looks)) return [];
  if (existsSync(best)) return readJson<readonly Look[]>(looks);
  clearResumePoint(folder);
  return [];
}

function isOver(looks: readonly Look[], steps: number, { patience }: Stopping): boolean {
  const last = looks.at(-1);
  if (last === undefined) return false;
  return last.step >= steps || looks.length - 1 - looks.indexOf(bestOf(looks)) >= patience;
}

/** The first of equals. */
export function bestOf(looks: readonly Look[]): Look {
  return looks.reduce((best, look) =>
    look.accuracy > best.accuracy || (look.accuracy === best.accuracy && look.loss < best.loss) ? look : best,
  );
}

/** What the journal says of a part is what it would say of the whole run. */
function asPart(context: StageContext<FinetuneConfig>, steps: number, isFirst: boolean): StageContext<FinetuneConfig> {
  return {
    ...context,
    emit: (event) => {
      if (event.kind === 'progress') context.emit({ ...event, steps });
      else if (event.kind !== 'attempt' || isFirst) context.emit(event);
    },
  };
}

async function lookAt(
  context: StageContext<FinetuneConfig>,
  { model, features }: StageTraining,
  { state, dev }: { readonly state: TrainedState; readonly dev: EvaluationSplit },
): Promise<Look> {
  const parameters = trainedModel(await state.load(), model, features?.trainable ?? null);
  const score = (await context.compute()).scorer(context, { model, weights: heldWeights(parameters) });
  const items = await scoreSplit(score, dev);
  const metrics = evaluateTask({ items, bestOf: [], withinSource: new Set() });
  const valueOf = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return {
    step: state.step,
    accuracy: valueOf('eval/pairwise_accuracy_half_credit'),
    loss: valueOf('eval/pairwise_loss'),
  };
}

function tell({ emit }: StageContext, { step, accuracy, loss }: Look): void {
  emit({ kind: 'metric', step, name: 'dev/pairwise_accuracy', value: accuracy });
  emit({ kind: 'metric', step, name: 'dev/pairwise_loss', value: loss });
}
