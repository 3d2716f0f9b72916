import path from 'node:path';
import { initParameters, saveModelFolder } from '../model/index.ts';
import {
  initialState,
  readTrainState,
  stateLayout,
  trainedModel,
  writeTrainState,
  type StateLayout,
  type SessionCache,
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
    model: config.model,
    vocabSize: config.vocabSize,
    parameters: trainedModel(state, config.model, config.vocabSize, null),
  });
  return { outcome, outputs: ['model.safetensors', 'config.json'] };
}

export function trainingOf({
  model,
  vocabSize,
  optimizer,
}: PretrainConfig): Pick<PretrainConfig, 'model' | 'vocabSize' | 'optimizer'> {
  return { model, vocabSize, optimizer };
}

/** What a trunk keeps. */
export function layoutOf({ model, vocabSize, optimizer }: PretrainConfig): StateLayout {
  return stateLayout(model, vocabSize, { trainable: null, optimizer });
}

async function startState({ inputFolders }: StageContext<'pretrain'>, config: PretrainConfig): Promise<TrainState> {
  const { model, vocabSize, seed } = config;
  const previous = inputFolders['previous'];
  return previous === undefined
    ? initialState(initParameters(model, vocabSize, seed), layoutOf(config))
    : readTrainState(path.join(previous, trunkFile), layoutOf(config));
}
