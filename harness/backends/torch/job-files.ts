/** What every job of torch has: a folder with `job.json`, the model's config.json, and weights or where they lie. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  withShapes,
  writeConfig,
  writeSafetensors,
  type ModelConfig,
  type ParameterShapes,
} from '../../model/index.ts';
import { oneRank } from '../../spec/experiment-schema.ts';
import { scratchFolder, type StagePlace, type Weights } from '../../stages/index.ts';

const jobVersion = 1;

/** A folder for a job, where the stage's attempts begin empty. */
export function newJob({ folder }: Pick<StagePlace, 'folder'>): string {
  return mkdtempSync(path.join(scratchFolder(folder), 'torch-'));
}

export function writeJob(folder: string, values: object): void {
  writeFileSync(path.join(folder, 'job.json'), JSON.stringify({ jobVersion, ...values }));
}

/** Fields of how is computed. `auto`: a card where torch sees one; `execution.device` is where our own engine runs. */
export function computingOf({ execution, numerics }: Pick<StagePlace, 'execution' | 'numerics'>): object {
  const { threads, ranks = oneRank } = execution;
  const { joinTimeoutSeconds: _ofNodes, ...computing } = ranks.torch;
  return { threads, device: 'auto', numerics, ...computing };
}

/** Its config.json, in the job; and how its rewards are pooled. */
export async function placeModel(job: string, model: ModelConfig): Promise<object> {
  await writeConfig(path.join(job, 'model'), { model });
  return { model: 'model', rewardPooling: model.rewardPooling };
}

/** Where they lie; those that lie nowhere are written into the job. */
export async function placeWeights(job: string, weights: Weights, shapes: ParameterShapes): Promise<object> {
  const { files } = weights;
  if (files === null) return { weights: await written(job, 'weights', await weights.load(), shapes), added: null };
  const isAnyAdded = Object.keys(files.added).length > 0;
  const added = isAnyAdded ? await written(job, 'added', files.added, shapes) : null;
  return { weights: path.resolve(files.path), added };
}

/** Of the shapes those that there are. */
async function written(
  job: string,
  name: string,
  values: Parameters<typeof withShapes>[0],
  shapes: ParameterShapes,
): Promise<string> {
  const file = `${name}.safetensors`;
  const own = new Map([...shapes].filter(([parameter]) => Object.hasOwn(values, parameter)));
  await writeSafetensors(path.join(job, file), withShapes(values, own), {});
  return file;
}
