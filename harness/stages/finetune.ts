import path from 'node:path';
import { readEncodedPairs, readPairs } from '../data/index.ts';
import type { EncodedPair } from '../data/preference-pair.ts';
import { scoreResponses } from '../score/index.ts';
import {
  initAdapters,
  initParameters,
  loadModelFolder,
  saveModelFolder,
  type Parameters,
  modelConfig,
} from '../model/index.ts';
import type { StageConfigs } from '../plan/index.ts';
import { randomStream } from '../random/index.ts';
import type { FinetuneSpec } from '../spec/experiment-schema.ts';
import { UserError } from '../spec/user-error.ts';
import {
  batchOrder,
  featuresOf,
  initialState,
  learningRateOf,
  stateLayout,
  trainedModel,
  type SessionCache,
} from '../train/index.ts';
import type { StageContext, StageEnd } from './stage-context.ts';
import { requireMargins } from './pretrain-run.ts';
import { probeQuestions, writeProbes } from './probes.ts';
import { runTraining } from './run-training.ts';
import type { SavedModelCheck } from './saved-model-check.ts';
import { readChoice, withChoice } from './select.ts';
import { emitMetrics, inputFolder, type Emit } from './stage-files.ts';
import { tokenizerFile } from './tokenizer.ts';

/**
 * Finetunes a reward model on the first `samples` pairs of the seed's own order of the train split, from the backbone
 * or from scratch.
 */
export async function finetuneStage(
  context: StageContext<'finetune'>,
  sessions: SessionCache,
  saved: SavedModelCheck,
): Promise<StageEnd> {
  const { config } = context.stage;
  const { seed } = config;
  const model = modelConfig(config);
  const taskFolder = inputFolder(context.inputFolders, 'task');
  const finetune = chosenFinetune(config, context.inputFolders['select'], context.emit);
  const samples = nestedSample(trainGroups(taskFolder), finetune.samples, seed);
  const order = batchOrder({
    seed,
    pairsPerStep: finetune.pairsPerStep,
    lengths: samples.map(({ prompt, chosen, rejected }) => prompt.length + chosen.length + rejected.length),
  });
  const { trainable, optimizer, objective } = finetune;
  const features = featuresOf({ ...finetune, ...objective });
  requireMargins(features, samples, 'finetune');
  const start = await startParameters(config, finetune, context.inputFolders['backbone']);
  const { outcome, state } = await runTraining(context, {
    model,
    sessions,
    state: initialState(start, stateLayout(model, { trainable, optimizer })),
    toStep: finetune.steps,
    objective,
    optimizer,
    features,
    learningRateAt: learningRateOf(finetune.schedule, {
      learningRate: finetune.optimizer.learningRate,
      steps: finetune.steps,
    }),
    batchAt: (step) => order.at(step).map((index) => samples[index] as EncodedPair),
  });
  if (outcome.kind !== 'completed' || state === null) return { outcome, outputs: [] };
  const parameters = trainedModel(state, model, trainable);
  await saveModelFolder(context.folder, {
    model,
    parameters,
    tokenizerJsonPath: path.join(taskFolder, tokenizerFile),
  });
  const probes = probeQuestions(taskFolder);
  writeProbes(context.folder, await scoreResponses({ model, parameters, sessions }, probes), context.execution.device);
  await saved.check({
    folder: context.folder,
    taskFolder,
    device: context.execution.device,
    threads: context.execution.threads,
  });
  emitMetrics(context.emit, [
    { name: 'finetune/samples', value: samples.length },
    { name: 'finetune/tokens_seen', value: state.tokensSeen },
  ]);
  return {
    outcome,
    outputs: ['model.safetensors', 'config.json', tokenizerFile, 'tokenizer_config.json', 'probes.json'],
  };
}

/**
 * The train split by group: all pairs of one question (or of two twin questions) together, as they are drawn together.
 */
function trainGroups(taskFolder: string): readonly (readonly EncodedPair[])[] {
  const groupOf = new Map(readPairs(path.join(taskFolder, 'train.jsonl')).map(({ id, group }) => [id, group]));
  const groups = new Map<string, EncodedPair[]>();
  for (const pair of readEncodedPairs(path.join(taskFolder, 'train.arrow'))) {
    const group = groupOf.get(pair.id) ?? pair.id;
    groups.set(group, [...(groups.get(group) ?? []), pair]);
  }
  return [...groups.values()];
}

/**
 * Samples of different sizes are nested within a seed; another seed draws other groups, so seeds also measure the luck
 * of the sample.
 */
export function nestedSample(
  groups: readonly (readonly EncodedPair[])[],
  samples: number,
  seed: number,
): readonly EncodedPair[] {
  const pairs = randomStream(seed, 'samples').shuffled(groups).flat();
  if (samples > pairs.length)
    throw new UserError(`finetune.samples asks for ${samples} pairs, the train split has ${pairs.length}`, {
      exitCode: 2,
      hint: 'Lower finetune.samples or raise the train split of the task.',
    });
  return pairs.slice(0, samples);
}

async function startParameters(
  config: StageConfigs['finetune'],
  { trainable }: FinetuneSpec,
  backbone: string | undefined,
): Promise<Parameters> {
  const { seed } = config;
  const model = modelConfig(config);
  const parameters =
    backbone === undefined ? initParameters(model, seed) : (await loadModelFolder(backbone)).parameters;
  return trainable?.kind === 'lora' ? { ...parameters, ...initAdapters(model, { lora: trainable, seed }) } : parameters;
}

function chosenFinetune(
  { finetune, selected }: StageConfigs['finetune'],
  selectFolder: string | undefined,
  emit: Emit,
): FinetuneSpec {
  if (selectFolder === undefined || selected.length === 0) return finetune;
  const choice = readChoice(selectFolder);
  for (const path of selected) {
    const value = choice[path];
    if (typeof value === 'number') emitMetrics(emit, [{ name: `select/${path.replace(/^finetune\./, '')}`, value }]);
  }
  return withChoice(finetune, choice, selected);
}
