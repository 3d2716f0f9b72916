/**
 * What a run of training has made, in this process or in a file of the attempt, and what stages keep of it: a trunk to
 * go on from, or a model. What lies in a file is moved, or copied tensor by tensor.
 */
import { renameSync } from 'node:fs';
import { saveModelFolder, SafetensorsFile, type SaveOptions } from '../model/index.ts';
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

/** The model alone, of a run without adapters; as a folder, and what else knows its weights. */
export async function keepModel(
  folder: string,
  { state, layout, ...saved }: Omit<SaveOptions, 'parameters'> & KeptFrom,
): Promise<Weights> {
  if (state.file !== null) return copyModel(folder, { ...saved, layout, state, file: state.file });
  const parameters = trainedModel(await state.load(), saved.model, null);
  await saveModelFolder(folder, { ...saved, parameters });
  return heldWeights(parameters);
}

interface KeptFrom {
  readonly state: TrainedState;
  readonly layout: StateLayout;
}

/** Scores that follow are those of what was trained, not of its copy: so a copy that went wrong is found. */
async function copyModel(
  folder: string,
  { state, layout, file, ...saved }: Omit<SaveOptions, 'parameters'> & KeptFrom & { readonly file: string },
): Promise<Weights> {
  const trained = await SafetensorsFile.open(file);
  try {
    const read = async (name: string): Promise<Float32Array> =>
      (await trained.read(finalName(layout, name))).data as Float32Array;
    await saveModelFolder(folder, { ...saved, parameters: read });
  } finally {
    await trained.close();
  }
  if (layout.hasAverage) return savedModel(folder).weights;
  return weightsOf(async () => finalParameters(await state.load()), { path: file, added: {} });
}
