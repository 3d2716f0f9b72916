/**
 * wsd: the trunk from where its predecessor stopped to the fork of this budget, saved as a full training state.
 * cosine: a whole run of its own, saved as a model.
 */
import path from 'node:path';
import { architectureKey, modelConfig, type ModelConfig } from '../model/index.ts';
import { objectiveTerms, type OptimizerSpec } from '../spec/index.ts';
import { stateLayout, type StateLayout } from '../train/index.ts';
import { orderFile } from './batch-order.ts';
import type { TrainStart } from './compute.ts';
import type { PretrainConfig } from './configs.ts';
import { withPretrainRun } from './pretrain-run.ts';
import { runTraining } from './run-training.ts';
import { inputFolder } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import type { DescribedStage, StageWork, Training, WorkContext } from './stage-work.ts';
import { startWeights } from './start.ts';
import { asWork } from './step-costs.ts';
import { keepModel, keepState, type TrainedState } from './trained-state.ts';
import { pairLengthsOf, trainingOf } from './work-context.ts';
import { repeatedWork } from './work.ts';

export const trunkFile = 'trunk.safetensors';

export const pretrain: StageKind<PretrainConfig> = {
  kind: 'pretrain',
  version: 3,
  toleratesDiverged: false,
  // Resuming is exact, so the trunk at a fork is a function of config, pairs and seed alone: a budget added between two
  // others changes no fingerprint.
  shortcuts: ['previous'],
  formerNames: { budget: 'until' },
  fixedSeconds: 0.2,
  training: pretrainTraining,
  work: (stage, steps, context) => pretrainWork(stage, steps ?? 0, context),
  run: trainTrunk,
};

async function trainTrunk(context: StageContext<PretrainConfig>): Promise<StageEnd> {
  const { config } = context.stage;
  const start = startOf(context);
  const { outcome, state } = await withPretrainRun(config, inputFolder(context.inputFolders, 'pairs'), (run) =>
    runTraining(context, { ...trainedBy(config), ...run, toStep: run.decayStart, start }),
  );
  if (outcome.kind !== 'completed' || state === null) return { outcome, outputs: [] };
  return { outcome, outputs: [...(await saveTrunk(context, state)), orderFile] };
}

/** With moments where decays continue it; as a model where its schedule has no decay of its own. */
async function saveTrunk(
  { stage: { config }, folder }: StageContext<PretrainConfig>,
  state: TrainedState,
): Promise<readonly string[]> {
  const layout = layoutOf(config);
  if (config.schedule.kind === 'wsd') {
    await keepState(path.join(folder, trunkFile), state, layout);
    return [trunkFile];
  }
  await keepModel(folder, { model: modelConfig(config), kept: { state, layout, trainable: null } });
  return ['model.safetensors', 'config.json'];
}

export function trainedBy(config: PretrainConfig): {
  readonly model: ModelConfig;
  readonly optimizer: OptimizerSpec;
} {
  return { model: modelConfig(config), optimizer: config.optimizer };
}

/** What a trunk keeps. */
export function layoutOf(config: PretrainConfig): StateLayout {
  return stateLayout(modelConfig(config), { trainable: null, optimizer: config.optimizer });
}

function startOf(context: StageContext<PretrainConfig>): TrainStart {
  const previous = context.inputFolders['previous'];
  return previous === undefined
    ? { kind: 'weights', weights: startWeights(context) }
    : { kind: 'state', file: path.join(previous, trunkFile) };
}

export function pretrainTraining(config: PretrainConfig): Training {
  return trainingOf(config, objectiveTerms(config.objective), config);
}

/** Also of a decay: the same steps, at another learning rate. */
export async function pretrainWork(
  stage: DescribedStage<PretrainConfig>,
  steps: number,
  context: WorkContext,
): Promise<StageWork> {
  const { config, inputs, kind } = stage;
  const { step, pairs } = pretrainTraining(config);
  const cost = await context.steps.ofTraining(step, pairs, pairLengthsOf(stage, modelConfig(config), context));
  return {
    kind,
    model: architectureKey(modelConfig(config)),
    data: `${step.parts} ${pairs} ${inputs['pairs'] ?? ''}`,
    work: repeatedWork(asWork(cost), steps),
  };
}
