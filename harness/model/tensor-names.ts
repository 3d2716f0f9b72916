/**
 * Names of tensors in folders of others -> the names that this harness uses: what wrappers put into a path is taken
 * off, and so are the names of the models that a base model was put into.
 */
import { familyNamed } from '../families/index.ts';
import { headTensorOf, lmHeadNames } from './head-names.ts';
import type { ModelConfig } from './model-config.ts';
import { parameterShapes } from './parameter-shapes.ts';

/** Of DistributedDataParallel, torch.compile, FSDP, activation checkpointing and Lightning Fabric: anywhere in a path. */
const wrappers: ReadonlySet<string> = new Set([
  'module',
  '_orig_mod',
  '_fsdp_wrapped_module',
  '_checkpoint_wrapped_module',
  '_forward_module',
]);

/** What a base model is called in models around it, peft's and TRL's among them: only in front, and nested. */
const holders: ReadonlySet<string> = new Set([
  'base_model',
  'pretrained_model',
  'backbone',
  'model',
  'transformer',
  'gpt_neox',
  'rwtransformer',
  'reward_model',
]);

export interface KnownNames {
  readonly parameters: ReadonlySet<string>;
  readonly basePrefix: string;
}

/** The names a folder of `model` can have: its parameters, and an LM head also where it is tied. */
export function knownNames(model: ModelConfig): KnownNames {
  const { basePrefix } = familyNamed(model.family).dialect;
  return { parameters: new Set([...parameterShapes(model).keys(), ...lmHeadNames]), basePrefix };
}

/** Our name of a stored tensor; for an unknown one its own, without wrappers. */
export function nameOfStored(stored: string, { parameters, basePrefix }: KnownNames): string {
  const path = stored.split('.').filter((part) => !wrappers.has(part));
  for (let skipped = 0; skipped < path.length; skipped += 1) {
    const rest = path.slice(skipped).join('.');
    if (parameters.has(rest) || headTensorOf(rest) !== null) return rest;
    if (parameters.has(basePrefix + rest)) return basePrefix + rest;
    if (!holders.has(path[skipped] as string)) break;
  }
  return path.join('.');
}
