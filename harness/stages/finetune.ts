/** Finetunes a reward model on a sample of the train split, from the backbone or from the start. */
import path from 'node:path';
import type { EncodedPair } from '../data/preference-pair.ts';
import { architectureKey, initAdapters, modelConfig } from '../model/index.ts';
import type { FinetuneSpec } from '../spec/experiment-schema.ts';
import { batchOrder, featuresOf, learningRateOf, stateLayout, type BatchOrder } from '../train/index.ts';
import { orderFile } from './batch-order.ts';
import type { TrainedPairs } from './compute.ts';
import type { FinetuneConfig } from './configs.ts';
import { clearBest, looksFile, trainToBest, type StoppedRun } from './early-stopping.ts';
import { requireMargins } from './pretrain-run.ts';
import { exactly, probeQuestions, writeProbes } from './probes.ts';
import { runTraining, type StageTraining } from './run-training.ts';
import { drawEncoded, encodedTrain } from './sample.ts';
import { saveAdapter } from './save-adapter.ts';
import { readChoice, withChoice } from './select.ts';
import { emitMetrics, inputFolder, type Emit } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import type { DescribedStage, StageWork, Training, WorkContext } from './stage-work.ts';
import { backboneWeights } from './start.ts';
import { asWork } from './step-costs.ts';
import { tokenizerFile } from './tokenizer.ts';
import { keepModel, type TrainedState } from './trained-state.ts';
import { withAdded, type WeightedModel, type Weights } from './weights.ts';
import { pairLengthsOf, trainingOf } from './work-context.ts';
import { repeatedWork } from './work.ts';

export const finetune: StageKind<FinetuneConfig> = {
  kind: 'finetune',
  version: 4,
  toleratesDiverged: false,
  shortcuts: ['contamination'],
  fixedSeconds: 0.25,
  training: finetuneTraining,
  work: finetuneWork,
  run: finetuneRewardModel,
};

async function finetuneRewardModel(context: StageContext<FinetuneConfig>): Promise<StageEnd> {
  const { config } = context.stage;
  const choice = readChoiceOf(context);
  const spec = choice === null ? config.finetune : withChoice(config.finetune, choice, config.selected);
  const sample = drawSample(inputFolder(context.inputFolders, 'task'), spec, config.seed);
  const { outcome, state, looks } = await trained(context, spec, finetuneRun(context, spec, sample));
  // Behind the training: what stands in the journal first says from where it was resumed.
  tellChoice(choice, config.selected, context.emit);
  tellSample(sample, spec, context.emit);
  if (outcome.kind !== 'completed' || state === null) return { outcome, outputs: [] };
  const adapter = await saveTrained(context, spec, state);
  emitMetrics(context.emit, [{ name: 'finetune/tokens_seen', value: state.tokensSeen }]);
  if (looks !== null) {
    clearBest(context.folder);
    emitMetrics(context.emit, [
      { name: 'finetune/best_step', value: state.step },
      { name: 'finetune/steps', value: looks.at(-1)?.step ?? 0 },
    ]);
  }
  return {
    outcome,
    outputs: [
      'model.safetensors',
      'config.json',
      tokenizerFile,
      'tokenizer_config.json',
      'probes.json',
      orderFile,
      ...adapter,
      ...(looks === null ? [] : [looksFile]),
    ],
  };
}

/** A stage from before there was early stopping has no `stopping`. */
async function trained(
  context: StageContext<FinetuneConfig>,
  { stopping }: FinetuneSpec,
  run: StageTraining,
): Promise<StoppedRun> {
  return stopping === null || stopping === undefined
    ? { ...(await runTraining(context, run)), looks: null }
    : trainToBest(context, run, stopping);
}

function finetuneRun(
  context: StageContext<FinetuneConfig>,
  spec: FinetuneSpec,
  { pairs, order, ...split }: Sample,
): StageTraining {
  const { config } = context.stage;
  const model = modelConfig(config);
  const { optimizer, objective, steps } = spec;
  requireMargins(objective, split, 'finetune');
  return {
    model,
    start: { kind: 'weights', weights: firstWeights(context, spec) },
    toStep: steps,
    objective,
    optimizer,
    features: featuresOf({ ...spec, ...objective }),
    learningRateAt: learningRateOf(spec.schedule, { learningRate: optimizer.learningRate, steps }),
    pairs,
    order,
  };
}

/** The model, checked, and its adapter where it has one: names of the files of the latter. */
async function saveTrained(
  context: StageContext<FinetuneConfig>,
  { trainable, optimizer }: FinetuneSpec,
  state: TrainedState,
): Promise<readonly string[]> {
  const model = modelConfig(context.stage.config);
  const tokenizerJsonPath = path.join(inputFolder(context.inputFolders, 'task'), tokenizerFile);
  const kept = { state, layout: stateLayout(model, { trainable, optimizer }), trainable };
  await check(context, { model, weights: await keepModel(context.folder, { model, tokenizerJsonPath, kept }) });
  return trainable?.kind === 'lora' ? saveAdapter(context, trainable, kept) : [];
}

async function check(context: StageContext<FinetuneConfig>, model: WeightedModel): Promise<void> {
  const { folder, execution, saved, inputFolders } = context;
  const taskFolder = inputFolder(inputFolders, 'task');
  const compute = await context.compute();
  const score = compute.scorer(exactly(context), model);
  writeProbes(folder, await score(probeQuestions(taskFolder)), compute.device);
  const checking = compute.savedCheck?.(model.model) ?? saved;
  await checking.check({ folder, taskFolder, device: execution.device, threads: execution.threads });
}

interface Sample {
  /** The whole train split, in its file's order. */
  readonly pairs: TrainedPairs;
  readonly count: number;
  readonly hasMargins: boolean;
  /** Pairs of the sample. */
  readonly drawn: number;
  /** Rows of it, those of the sample only. */
  readonly order: Pick<BatchOrder, 'at'>;
}

function drawSample(taskFolder: string, { samples, pairsPerStep }: FinetuneSpec, seed: number): Sample {
  const { train: pairs, sample } = drawEncoded(taskFolder, { samples, seed });
  const rows = new Map(pairs.map((pair, row) => [pair, row]));
  const lengths = sample.map(({ prompt, chosen, rejected }) => prompt.length + chosen.length + rejected.length);
  const order = batchOrder({ seed, pairsPerStep, lengths });
  const rowAt = (index: number): number => rows.get(sample[index] as EncodedPair) as number;
  return {
    pairs: { at: (row) => pairs[row] as EncodedPair, files: [encodedTrain(taskFolder)] },
    count: pairs.length,
    hasMargins: pairs.some(({ margin }) => margin !== undefined),
    drawn: sample.length,
    order: { at: (step) => order.at(step).map(rowAt) },
  };
}

/** A sample holds whole questions, so it may be smaller than what was asked for. */
function tellSample({ drawn }: Pick<Sample, 'drawn'>, { samples }: FinetuneSpec, emit: Emit): void {
  emitMetrics(emit, [{ name: 'finetune/samples', value: drawn }]);
  if (drawn < samples)
    emit({ kind: 'note', text: `${drawn} of ${samples} samples: the next question has more pairs than are left` });
}

/** LoRA trains adapters beside the backbone's parameters. */
function firstWeights(context: StageContext<FinetuneConfig>, { trainable }: FinetuneSpec): Weights {
  const { config } = context.stage;
  const weights = backboneWeights(context);
  if (trainable?.kind !== 'lora') return weights;
  return withAdded(weights, initAdapters(modelConfig(config), { lora: trainable, seed: config.seed }));
}

/** null where nothing was chosen for it. */
function readChoiceOf({ stage, inputFolders }: StageContext<FinetuneConfig>): ReturnType<typeof readChoice> | null {
  const selectFolder = inputFolders['select'];
  return selectFolder === undefined || stage.config.selected.length === 0 ? null : readChoice(selectFolder);
}

function tellChoice(choice: ReturnType<typeof readChoice> | null, selected: readonly string[], emit: Emit): void {
  for (const path of selected) {
    const value = choice?.[path];
    if (typeof value === 'number') emitMetrics(emit, [{ name: `select/${path.replace(/^finetune\./, '')}`, value }]);
  }
}

function finetuneTraining({ finetune: spec, ...config }: FinetuneConfig): Training {
  return trainingOf({ ...config, ...spec }, spec.objective, spec);
}

async function finetuneWork(
  stage: DescribedStage<FinetuneConfig>,
  steps: number | null,
  context: WorkContext,
): Promise<StageWork> {
  const { config, inputs } = stage;
  const model = modelConfig(config);
  const { step, pairs } = finetuneTraining(config);
  const cost = asWork(await context.steps.ofTraining(step, pairs, pairLengthsOf(stage, model, context)));
  return {
    kind: 'finetune',
    model: architectureKey(model),
    data: `${pairs} ${inputs['task'] ?? ''}`,
    work: repeatedWork(cost, steps ?? config.finetune.steps),
  };
}
