/** Where the parts of a model lie: in one folder, or in that of an adapter and that of the model it adapts. */
import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { readAdapterConfig, type AdapterConfig } from './adapter-config.ts';
import { adapterBaseFolder, adapterConfigFile, adapterWeightsFile } from './adapter-files.ts';
import { openConfig } from './config-reader.ts';
import { noConfig, noWeights, refuseBoth } from './folder-problems.ts';
import { headFilesOf, weightsFile, weightsIndexFile } from './weight-files.ts';

export interface ModelSource {
  /** What a person named. */
  readonly folder: string;
  /** The config.json that counts. */
  readonly config: string;
  /** The folder of the whole model's weights. */
  readonly weights: string;
  readonly adapter: AdapterSource | null;
  /** The tokenizer.json that belongs to the model; it may be missing. */
  readonly tokenizer: string;
}

export interface AdapterSource {
  readonly config: AdapterConfig;
  readonly files: readonly string[];
}

const configFile = 'config.json';
const tokenizerFile = 'tokenizer.json';

/** Throws UserError: exit 2 for a folder that holds no model, exit 4 for an adapter that cannot be used. */
export function sourceOf(folder: string): ModelSource {
  if (existsSync(join(folder, adapterConfigFile))) return adapterSource(folder);
  if (!existsSync(join(folder, configFile))) throw noConfig(folder);
  const at = (name: string): string => join(folder, name);
  return { folder, config: at(configFile), weights: folder, adapter: null, tokenizer: at(tokenizerFile) };
}

/** Whether the model was trained here: its config.json then has a map of ours. Throws as `sourceOf` does. */
export function isOwnModel(folder: string): boolean {
  return isOwnConfig(sourceOf(folder).config);
}

function isOwnConfig(path: string): boolean {
  return openConfig(path).raw('harness') !== undefined;
}

function adapterSource(folder: string): ModelSource {
  const whole = [weightsFile, weightsIndexFile].find((name) => existsSync(join(folder, name)));
  if (whole !== undefined) refuseBoth(folder, whole);
  const config = readAdapterConfig(join(folder, adapterConfigFile));
  const base = baseOf(folder, config);
  // One of ours says how it was trained; config.json beside another adapter is ignored, as `transformers` does.
  const own = join(folder, configFile);
  const tokenizer = [folder, base].map((at) => join(at, tokenizerFile)).find((file) => existsSync(file));
  return {
    folder,
    config: existsSync(own) && isOwnConfig(own) ? own : join(base, configFile),
    weights: base,
    adapter: { config, files: adapterFilesOf(folder) },
    tokenizer: tokenizer ?? join(folder, tokenizerFile),
  };
}

function adapterFilesOf(folder: string): readonly string[] {
  const file = join(folder, adapterWeightsFile);
  if (!existsSync(file)) throw noWeights(folder, `no ${adapterWeightsFile}`);
  return [file, ...headFilesOf(folder)];
}

/**
 * What base_model_name_or_path names, absolute or seen from the adapter's folder; else the folder `base` in it, where a
 * download or a link may lie.
 */
function baseOf(folder: string, { path, base }: AdapterConfig): string {
  const beside = join(folder, adapterBaseFolder);
  const named = base === null ? null : isAbsolute(base) ? base : resolve(folder, base);
  const found = [named, beside].find((at) => at !== null && statSync(at, { throwIfNoEntry: false })?.isDirectory());
  if (found === undefined || found === null) throw noBase(path, base, beside);
  if (existsSync(join(found, adapterConfigFile)))
    throw new UserError(`${path}: its base ${found} is an adapter itself, and only one is merged`, {
      exitCode: 4,
      hint: 'Merge the first adapter with peft: merge_and_unload(), then save_pretrained(folder).',
    });
  if (!existsSync(join(found, configFile))) throw noConfig(found);
  return found;
}

function noBase(path: string, base: string | null, beside: string): UserError {
  if (base === null)
    return new UserError(`${path}: base_model_name_or_path names no base model`, {
      exitCode: 2,
      hint: `Write the folder of the base model there, or put a link to it at ${beside}.`,
    });
  const isId = /^[\w.-]+\/[\w.-]+$/.test(base);
  const what = isId ? `${base}, which is no folder here and is not downloaded` : `${base}, and there is no such folder`;
  return new UserError(`${path}: the base model is ${what}`, {
    exitCode: 2,
    hint: isId
      ? `Download it: \`hf download ${base} --local-dir ${beside}\`. A link at ${beside} does, too.`
      : `Correct base_model_name_or_path, or put a link to the base model at ${beside}.`,
  });
}
