/** Reading a model folder, ours or one of `transformers` (see model-folder.ts for writing). */
import { join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { dialects } from './dialects.ts';
import { lmHeadNames, scoreName } from './head-names.ts';
import { familyOf } from './family-of.ts';
import { initParameters } from './init-parameters.ts';
import { openWeights, type ModelWeights } from './model-weights.ts';
import { parameterShapes, type Parameters } from './parameter-shapes.ts';
import { readConfig } from './read-config.ts';
import type { SpecialTokens } from './special-tokens.ts';
import type { ModelConfig } from './model-config.ts';

export interface SavedModel {
  readonly model: ModelConfig;
  readonly parameters: Parameters;
}

export interface LoadedModel extends SavedModel {
  /**
   * Heads the folder has no weights for: `score.weight` of a language model, an LM head of its own of a reward model.
   */
  readonly missingHeads: readonly string[];
  readonly specialTokens: SpecialTokens;
}

export interface LoadOptions {
  /**
   * `refuse` (the default): a missing head is an error. `leaveOut`: `parameters` lacks it. A seed: it starts as
   * `initParameters` would start it.
   */
  readonly missingHeads?: 'refuse' | 'leaveOut' | { readonly seed: number };
  /** Lowers the context length of a model with rotary positions, and with it the size of its tables. */
  readonly maxContextLength?: number;
}

const floats: ReadonlySet<string> = new Set(['F32', 'F16', 'BF16']);
const headNames: ReadonlySet<string> = new Set([scoreName, ...lmHeadNames]);

/**
 * Throws UserError (exit 4) naming every key of config.json that is not supported, or every missing, extra and
 * misshapen tensor.
 */
export async function loadModelFolder(folder: string, options: LoadOptions = {}): Promise<LoadedModel> {
  const { missingHeads: onMissing = 'refuse' } = options;
  const { model, specialTokens } = await readConfig(join(folder, 'config.json'), options.maxContextLength);
  const weights = await openWeights(folder, dialects[model.family].basePrefix, headNames);
  try {
    const missingHeads = checkTensors(weights, model, onMissing === 'refuse');
    const started =
      typeof onMissing === 'object' && missingHeads.length > 0
        ? initParameters(model, onMissing.seed, new Set(missingHeads))
        : {};
    const parameters: Record<string, Float32Array> = {};
    for (const name of parameterShapes(model).keys()) {
      const values = missingHeads.includes(name) ? started[name] : ((await weights.read(name)).data as Float32Array);
      if (values) parameters[name] = values;
    }
    return { model, parameters, missingHeads, specialTokens };
  } finally {
    await weights.close();
  }
}

/** The heads that are missing. Throws UserError with everything that does not fit, before any data is read. */
function checkTensors(
  { path, entries }: ModelWeights,
  model: ModelConfig,
  refuseMissingHeads: boolean,
): readonly string[] {
  const shapes = parameterShapes(model);
  const problems: string[] = [];
  const missingHeads: string[] = [];
  const compare = (name: string, shape: readonly number[]): void => {
    const entry = entries.get(name);
    if (entry && (entry.shape.join() !== shape.join() || !floats.has(entry.dtype)))
      problems.push(`${name}: expected float [${shape.join(', ')}], found ${entry.dtype} [${entry.shape.join(', ')}]`);
    else if (!entry && headNames.has(name) && !refuseMissingHeads) missingHeads.push(name);
    else if (!entry) problems.push(`missing ${name} [${shape.join(', ')}]`);
  };
  for (const [name, shape] of shapes) compare(name, shape);
  // A tied head may be stored all the same: it is the embedding once more, and `transformers` takes the embedding, too.
  const tied = `${familyOf(model).head.name}.weight`;
  if (!shapes.has(tied) && entries.has(tied)) compare(tied, [model.vocabSize, model.hiddenSize]);
  for (const name of entries.keys()) if (!shapes.has(name) && name !== tied) problems.push(`unknown ${name}`);
  if (problems.length > 0)
    throw new UserError(`${path}: does not fit its model: ${problems.join('; ')}`, {
      exitCode: 4,
      hint: 'config.json and the weights must come from the same model.',
    });
  return missingHeads;
}
