/** A reward model on disk as a folder that `transformers` opens: config.json, model.safetensors, and the tokenizer where there is one. */
import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { UserError } from '../spec/user-error.ts';
import { huggingFaceConfig, readHuggingFaceConfig } from './hugging-face-config.ts';
import { parameterShapes, type Parameters, type ParameterShapes } from './parameter-shapes.ts';
import { readSafetensors, writeSafetensors, type StoredTensor } from './safetensors.ts';

export interface SavedModel { readonly model: ModelSpec; readonly vocabSize: number; readonly parameters: Parameters }

/** Files a model folder consists of, in the order they are written (the tokenizer only where one was given). */
export const modelFiles = { config: 'config.json', weights: 'model.safetensors', tokenizer: 'tokenizer.json' } as const;

/** Writes the folder; existing files are replaced. Throws where `parameters` do not fit the model. */
export async function saveModelFolder(folder: string, saved: SavedModel & { readonly tokenizerJsonPath?: string }): Promise<void> {
  const { model, vocabSize, parameters } = saved;
  await mkdir(folder, { recursive: true });
  const configPath = join(folder, modelFiles.config);
  await writeFile(`${configPath}.partial`, `${JSON.stringify(huggingFaceConfig(model, vocabSize), null, 2)}\n`);
  await rename(`${configPath}.partial`, configPath);
  await writeSafetensors(join(folder, modelFiles.weights), withShapes(parameters, parameterShapes(model, vocabSize)), { format: 'pt' });
  if (saved.tokenizerJsonPath !== undefined) await copyFile(saved.tokenizerJsonPath, join(folder, modelFiles.tokenizer));
}

/** Reads a folder written by `saveModelFolder` or by `transformers`. Throws UserError (exit 4) naming every missing, extra and misshapen tensor. */
export async function loadModelFolder(folder: string): Promise<SavedModel> {
  const { model, vocabSize } = await readHuggingFaceConfig(join(folder, modelFiles.config));
  const path = join(folder, modelFiles.weights);
  const { tensors } = await readSafetensors(path);
  return { model, vocabSize, parameters: checkedParameters(path, tensors, parameterShapes(model, vocabSize)) };
}

/** Parameters as tensors to store, in model order. */
export function withShapes(values: Parameters, shapes: ParameterShapes): Record<string, StoredTensor> {
  return Object.fromEntries([...shapes].map(([name, shape]) => {
    const data = values[name];
    if (!data) throw new RangeError(`parameter ${name} is missing`);
    return [name, { shape, data }];
  }));
}

/** Stored tensors as parameters in model order. Throws UserError (exit 4) naming all that do not fit. */
export function checkedParameters(path: string, tensors: Readonly<Record<string, StoredTensor>>, shapes: ParameterShapes): Parameters {
  const problems: string[] = [];
  const parameters: Record<string, Float32Array> = {};
  for (const [name, shape] of shapes) {
    const stored = tensors[name];
    if (!stored) problems.push(`missing ${name} [${shape.join(', ')}]`);
    else if (stored.shape.join() !== shape.join() || !(stored.data instanceof Float32Array)) problems.push(`${name}: expected float [${shape.join(', ')}], found [${stored.shape.join(', ')}]`);
    else parameters[name] = stored.data;
  }
  for (const name of Object.keys(tensors)) if (!shapes.has(name)) problems.push(`unknown ${name}`);
  if (problems.length > 0) throw new UserError(`${path}: does not fit its model: ${problems.join('; ')}`, { exitCode: 4, hint: 'config.json and model.safetensors must come from the same model.' });
  return parameters;
}
