/** Reading a model folder, ours or one of `transformers` (see model-folder.ts for writing). */
import { join } from 'node:path';
import { familyNamed } from '../families/index.ts';
import { UserError } from '../spec/user-error.ts';
import { lmHeadNames, scoreName } from './head-names.ts';
import { familyOf } from './family-of.ts';
import { initParameters } from './init-parameters.ts';
import { openWeights, storedEntries, type ModelWeights } from './model-weights.ts';
import { parameterShapes, type Parameters } from './parameter-shapes.ts';
import { readConfig } from './read-config.ts';
import type { TensorEntry } from './safetensors-header.ts';
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
  const { missingHeads: onMissing = 'refuse', maxContextLength } = options;
  const { model, specialTokens } = readConfig(join(folder, 'config.json'), maxContextLength);
  const weights = await openWeights(folder, familyNamed(model.family).dialect.basePrefix, headNames);
  try {
    const missingHeads = checkTensors(weights, model, onMissing === 'refuse');
    const started =
      typeof onMissing === 'object' && missingHeads.length > 0
        ? initParameters(model, onMissing.seed, new Set(missingHeads))
        : {};
    return { model, parameters: await readParameters(weights, model, started), missingHeads, specialTokens };
  } finally {
    await weights.close();
  }
}

/** What a folder holds, from its config.json and the headers of its weights. Throws as `loadModelFolder` does. */
export function describeModelFolder(folder: string): Omit<LoadedModel, 'parameters'> {
  const { model, specialTokens } = readConfig(join(folder, 'config.json'));
  const stored = storedEntries(folder, familyNamed(model.family).dialect.basePrefix, headNames);
  return { model, specialTokens, missingHeads: checkTensors(stored, model, false) };
}

/** In model order: what is stored, else what was started; heads that are neither are left out. */
async function readParameters(weights: ModelWeights, model: ModelConfig, started: Parameters): Promise<Parameters> {
  const parameters: Record<string, Float32Array> = {};
  for (const name of parameterShapes(model).keys()) {
    const isStored = weights.entries.has(name);
    const values = isStored ? ((await weights.read(name)).data as Float32Array) : started[name];
    if (values) parameters[name] = values;
  }
  return parameters;
}

/** The heads that are missing. Throws UserError with everything that does not fit, before any data is read. */
function checkTensors(
  { path, entries }: Pick<ModelWeights, 'path' | 'entries'>,
  model: ModelConfig,
  refuseMissingHeads: boolean,
): readonly string[] {
  const shapes = new Map(parameterShapes(model));
  const absent = [...shapes.keys()].filter((name) => !entries.has(name));
  const missingHeads = refuseMissingHeads ? [] : absent.filter((name) => headNames.has(name));
  // A tied head may be stored all the same: it is the embedding once more, and `transformers` takes the embedding, too.
  const tied = `${familyOf(model).head.name}.weight`;
  if (!shapes.has(tied) && entries.has(tied)) shapes.set(tied, [model.vocabSize, model.hiddenSize]);
  const problems = [
    ...[...shapes].flatMap(([name, shape]) =>
      missingHeads.includes(name) ? [] : tensorProblems(name, shape, entries.get(name)),
    ),
    ...[...entries.keys()].filter((name) => !shapes.has(name)).map((name) => `unknown ${name}`),
  ];
  if (problems.length > 0)
    throw new UserError(`${path}: does not fit its model: ${problems.join('; ')}`, {
      exitCode: 4,
      hint: 'config.json and the weights must come from the same model.',
    });
  return missingHeads;
}

function tensorProblems(name: string, shape: readonly number[], entry: TensorEntry | undefined): readonly string[] {
  const wanted = `[${shape.join(', ')}]`;
  if (entry === undefined) return [`missing ${name} ${wanted}`];
  if (entry.shape.join() === shape.join() && floats.has(entry.dtype)) return [];
  return [`${name}: expected float ${wanted}, found ${entry.dtype} [${entry.shape.join(', ')}]`];
}
