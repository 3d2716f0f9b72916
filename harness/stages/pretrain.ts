import path from 'node:path';
import { initParameters, saveModelFolder, modelConfig } from '../model/index.ts';
import {
  initialState,
  readTrainState,
  stateLayout,
  trainedModel,
  writeTrainState,
  type StateLayout,
  type SessionCache,
  type TrainOptions,
  type TrainState,
} from '../train/index.ts';
import type { PretrainConfig } from '../plan/index.ts';
import type { StageContext, StageEnd } from './stage-context.ts';
import { pretrainRun } from './pretrain-run.ts';
import { runTraining } from './run-training.ts';
import { inputFolder } from './stage-files.ts';

export const trunkFile = 'trunk.safetensors';

/**
 * wsd: the trunk from where its predecessor stopped to the fork of this budget, saved as a full training state.
 * cosine: a whole run of its own, saved as a model.
 */
export async function pretrainStage(context: StageContext<'pretrain'>, sessions: SessionCache): Promise<StageEnd> {
  const { config } = context.stage;
  const run = pretrainRun(config, inputFolder(context.inputFolders, 'pairs'));
  const { outcome, state } = await runTraining(context, {
    ...trainingOf(config),
    ...run,
    sessions,
    toStep: run.decayStart,
    state: await startState(context, config),
  });
  if (outcome.kind !== 'completed' || state === null) return { outcome, outputs: [] };
  if (config.schedule.kind === 'wsd') {
    await writeTrainState(path.join(context.folder, trunkFile), state, layoutOf(config));
    return { outcome, outputs: [trunkFile] };
  }
  await saveModelFolder(context.folder, {
    model: modelConfig(config),
    parameters: trainedModel(state, modelConfig(config), null),
  });
  return { outcome, outputs: ['model.safetensors', 'config.json'] };
}

export function trainingOf(config: PretrainConfig): Pick<TrainOptions, 'model' | 'optimizer'> {
  return { model: modelConfig(config), optimizer: config.optimizer };
}

/** What a trunk keeps. */
export function layoutOf(config: PretrainConfig): StateLayout {
  return stateLayout(modelConfig(config), { trainable: null, optimizer: config.optimizer });
}

async function startState({ inputFolders }: StageContext<'pretrain'>, config: PretrainConfig): Promise<TrainState> {
  const previous = inputFolders['previous'];
  return previous === undefined
    ? initialState(initParameters(modelConfig(config), config.seed), layoutOf(config))
    : readTrainState(path.join(previous, trunkFile), layoutOf(config));
}
