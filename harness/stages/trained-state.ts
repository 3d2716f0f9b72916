/**
 * What a run of training has made, in this process or in a file of the attempt, and what stages keep of it: a trunk to
 * go on from, or a model. What lies in a file is moved, or copied tensor by tensor.
 */
import { renameSync } from 'node:fs';
import { readMerged, saveModelFolder, SafetensorsFile, type ReadParameter, type SaveOptions } from '../model/index.ts';
import type { TrainableSpec } from '../spec/experiment-schema.ts';
import {
  describeTrainState,
  finalName,
  finalParameters,
  readTrainState,
  trainedModel,
  writeTrainState,
  type StateLayout,
  type TrainProgress,
  type TrainState,
} from '../train/index.ts';
import { heldWeights, savedModel, weightsOf, type Weights } from './weights.ts';

export interface TrainedState extends TrainProgress {
  /** On the file system of the stage's folder, until the attempt ends; null: it is in this process. */
  readonly file: string | null;
  load(): Promise<TrainState>;
}

export function heldState(state: TrainState): TrainedState {
  const { step, tokensSeen } = state;
  return { step, tokensSeen, file: null, load: async () => state };
}

/** @throws UserError (4) where the file is damaged or of another model. */
export function stateInFile(file: string, layout: StateLayout): TrainedState {
  return { ...describeTrainState(file, layout), file, load: () => readTrainState(file, layout) };
}

/** All of it, to be gone on from. */
export async function keepState(file: string, state: TrainedState, layout: StateLayout): Promise<void> {
  if (state.file !== null && isStoredAsFloat32(layout)) renameSync(state.file, file);
  else await writeTrainState(file, await state.load(), layout);
}

function isStoredAsFloat32({ momentStorage, frozenStorage }: StateLayout): boolean {
  return momentStorage === 'float32' && frozenStorage === 'float32';
}

/** What of a run is kept. */
export interface Kept {
  readonly state: TrainedState;
  readonly layout: StateLayout;
  readonly trainable: TrainableSpec | null;
}

/** The model, adapters merged; as a folder, and what else knows its weights. */
export async function keepModel(
  folder: string,
  { kept, ...saved }: Omit<SaveOptions, 'parameters'> & { readonly kept: Kept },
): Promise<Weights> {
  const { state, layout, trainable } = kept;
  const { model } = saved;
  if (state.file === null) {
    const parameters = trainedModel(await state.load(), model, trainable);
    await saveModelFolder(folder, { ...saved, parameters });
    return heldWeights(parameters);
  }
  const lora = trainable?.kind === 'lora' ? trainable : null;
  await withFinal(kept, async (read) =>
    saveModelFolder(folder, { ...saved, parameters: lora === null ? read : readMerged(model, lora, read) }),
  );
  if (lora !== null || layout.hasAverage) return savedModel(folder).weights;
  // Scores that follow are those of what was trained, so that a copy that went wrong is found.
  return weightsOf(async () => (await state.load()).parameters, { path: state.file, added: {} });
}

/** What a run has made of its parameters: averages where they are kept, and adapters beside the model's own. */
export async function withFinal<Result>(
  { state, layout }: Pick<Kept, 'state' | 'layout'>,
  use: (read: ReadParameter) => Promise<Result>,
): Promise<Result> {
  if (state.file === null) {
    const final = finalParameters(await state.load());
    return use(async (name) => final[name] as Float32Array);
  }
  const file = await SafetensorsFile.open(state.file);
  try {
    return await use(async (name) => (await file.read(finalName(layout, name))).data as Float32Array);
  } finally {
    await file.close();
  }
}
