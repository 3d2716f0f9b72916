/**
 * Why a folder is no model folder, by what it holds instead: people are told what to do with the files that they have.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { adapterConfigFile, adapterWeightsFile } from './adapter-files.ts';
import { listed } from './listed.ts';

const saveAgain = 'save the model again with transformers: save_pretrained(folder) writes safetensors.';

/** Formats of weights that are not read, by the names of their files. */
const otherFormats: readonly (readonly [pattern: RegExp, what: string, hint: string])[] = [
  [
    /\.gguf$/i,
    'a GGUF file (llama.cpp), which is not read',
    'Give the folder that it was made from, with config.json and model.safetensors.',
  ],
  [
    /\.(bin|pt|pth|ckpt)$/i,
    'weights as Python pickles, which are not read: loading one runs what is in it',
    `In Python, ${saveAgain}`,
  ],
  [/\.(h5|msgpack)$/i, 'weights of TensorFlow or Flax, which are not read', `In Python, ${saveAgain}`],
  [/\.onnx$/i, 'an ONNX model, which is not read', 'Give the folder that it was exported from.'],
];
const notWeights: ReadonlySet<string> = new Set(['training_args.bin', 'optimizer.pt', 'scheduler.pt', 'rng_state.pth']);

/** A folder without weights that can be read. */
export function noWeights(
  folder: string,
  wanted = 'neither model.safetensors nor model.safetensors.index.json',
): UserError {
  const names = namesIn(folder);
  const [what, hint] = foundInstead(names) ?? [contentOf(names), 'Download the weights, too.'];
  return new UserError(`${folder}: has ${wanted}, but ${what}`, { exitCode: 4, hint });
}

/** A folder, or what was taken for one, without config.json. */
export function noConfig(folder: string): UserError {
  const names = namesIn(folder);
  const refused = (what: string, hint: string): UserError =>
    new UserError(`${folder}: no model folder: ${what}`, { exitCode: 2, hint });
  if (statSync(folder, { throwIfNoEntry: false })?.isFile() === true)
    return refused('it is a file', 'Give the folder that holds config.json and model.safetensors.');
  if (names.includes(adapterWeightsFile))
    return refused(
      `it has ${adapterWeightsFile} but no ${adapterConfigFile}, which says how the adapter is scaled and what it adapts`,
      `Download ${adapterConfigFile} too, or save the adapter again with peft.`,
    );
  const [what, hint] = foundInstead(names) ?? [contentOf(names), modelFolderHint];
  return refused(`it has no config.json, but ${what}`, hint);
}

const modelFolderHint =
  'A model folder holds config.json, model.safetensors (or shards) and tokenizer.json; ' +
  'an adapter has adapter_config.json and adapter_model.safetensors.';

function foundInstead(names: readonly string[]): readonly [what: string, hint: string] | null {
  for (const [pattern, what, hint] of otherFormats) {
    const found = names.filter((name) => pattern.test(name) && !notWeights.has(name));
    if (found.length > 0) return [`${what}: ${listed(found)}`, hint];
  }
  return null;
}

function contentOf(names: readonly string[]): string {
  if (names.length === 0) return 'no files';
  return names.length === 1 ? `only ${names[0] ?? ''}` : `only ${listed(names)}`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch {
    return [];
  }
}

/** Throws UserError (exit 4) where both a whole model and an adapter lie in one folder: either could be meant. */
export function refuseBoth(folder: string, weights: string): never {
  throw new UserError(
    `${folder}: holds both a whole model (${weights}) and an adapter (${adapterConfigFile}): either could be meant`,
    { exitCode: 4, hint: `Move one of them to a folder of its own: ${join(folder, 'adapter')}, say.` },
  );
}
