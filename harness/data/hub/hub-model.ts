/** A model of the Hugging Face hub as it is named, and where the cache keeps a revision of it. */
import path from 'node:path';

export interface HubModel {
  /** ORG/NAME. */
  readonly model: string;
  /** A commit, in full. */
  readonly revision: string;
}

/** The folder of models in the cache. The command line sets it; processes that it starts inherit it. */
export const modelsVariable = 'HARNESS_MODELS';

export const modelPattern = /^[\w.-]+\/[\w.-]+$/;
export const commitPattern = /^[0-9a-f]{40}$/;

export function hubFolder(modelsFolder: string, { model, revision }: HubModel): string {
  return path.join(modelsFolder, model.replace('/', '--'), revision);
}
