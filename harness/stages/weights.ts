/**
 * Weights that a stage speaks of without holding them: a model may be larger than the memory of its process. They are
 * read when somebody asks for their values; a backend that reads files itself never does.
 */
import {
  describeModelFolder,
  headsBeside,
  loadModelFolder,
  type ModelConfig,
  type Parameters,
} from '../model/index.ts';

/** Where the very same values lie. */
export interface WeightFiles {
  /** A model folder, or one safetensors file with all of its parameters. */
  readonly path: string;
  /** What it lacks, or has otherwise, by name. */
  readonly added: Parameters;
}

export interface Weights {
  /** null where no file has them. */
  readonly files: WeightFiles | null;
  /** Read once, and held from then on. */
  load(): Promise<Parameters>;
}

export interface WeightedModel {
  readonly model: ModelConfig;
  readonly weights: Weights;
}

export function weightsOf(load: () => Promise<Parameters>, files: WeightFiles | null = null): Weights {
  let loaded: Promise<Parameters> | null = null;
  return { files, load: () => (loaded ??= load()) };
}

export function heldWeights(parameters: Parameters): Weights {
  return weightsOf(async () => parameters);
}

/** Others by some names, or more of them. */
export function withAdded({ files, load }: Weights, added: Parameters): Weights {
  return weightsOf(
    async () => ({ ...(await load()), ...added }),
    files && { ...files, added: { ...files.added, ...added } },
  );
}

/** Of the files of a folder that gives `load` its values, where they can be found there by name. */
export function folderFiles(folder: string, model: ModelConfig, seed: number): WeightFiles | null {
  const added = headsBeside(folder, model, seed);
  return added === null ? null : { path: folder, added };
}

/** A folder as stages write it. @throws UserError (4) where config.json and weights do not fit. */
export function savedModel(folder: string): WeightedModel {
  const { model } = describeModelFolder(folder);
  const load = async (): Promise<Parameters> => (await loadModelFolder(folder)).parameters;
  return { model, weights: weightsOf(load, { path: folder, added: {} }) };
}
