/** Reading a model folder, ours or one of `transformers` or `peft` (see model-folder.ts for writing). */
import { familyOf } from './family-of.ts';
import { openConfig } from './config-reader.ts';
import { lmHeadNames, scoreBiasName, scoreName } from './head-names.ts';
import { initParameters } from './init-parameters.ts';
import type { ModelConfig } from './model-config.ts';
import { sourceOf, type ModelSource } from './model-source.ts';
import { openWeights, storedEntries, type ModelWeights, type StoredEntries } from './model-weights.ts';
import { parameterShapes, type Parameters } from './parameter-shapes.ts';
import { refuseQuantized } from './quantization.ts';
import { readConfig, type ConfigFile } from './read-config.ts';
import { elementsOf } from './safetensors-header.ts';
import type { SpecialTokens } from './special-tokens.ts';
import { checkEntries, foundInstead, problemOf } from './tensor-problems.ts';

export interface SavedModel {
  readonly model: ModelConfig;
  readonly parameters: Parameters;
}

/** What a folder holds beside the values. */
export interface ModelDescription {
  readonly model: ModelConfig;
  /**
   * Heads the folder has no weights for: `score.weight` of a language model, an LM head of its own of a reward model.
   */
  readonly missingHeads: readonly string[];
  /** What is wrong with an LM head that was left out although it is there. */
  readonly unusableHead: string | null;
  /** What a person should know of how its rewards are made, where that is not the usual way. */
  readonly notes: readonly string[];
  readonly specialTokens: SpecialTokens;
}

export interface LoadedModel extends SavedModel, ModelDescription {}

export interface LoadOptions {
  /**
   * `refuse` (the default): a missing head is an error. `leaveOut`: `parameters` lacks it, and an LM head that does not
   * fit the vocabulary. A seed: it starts as `initParameters` would start it.
   */
  readonly missingHeads?: 'refuse' | 'leaveOut' | { readonly seed: number };
  /** Lowers the context length of a model with rotary positions, and with it the size of its tables. */
  readonly maxContextLength?: number;
}

const headNames: ReadonlySet<string> = new Set([scoreName, ...lmHeadNames]);

/** A model whose parameters are still in its files. Whoever opens it closes it. */
export interface OpenedModel extends ModelDescription {
  readonly weights: Pick<ModelWeights, 'storageOf' | 'readInto' | 'close'>;
}

/**
 * Throws UserError: exit 2 for a folder without a model; exit 4 naming every key of config.json that is not supported,
 * or what is missing, extra and misshapen among the tensors.
 */
export async function openModelFolder(folder: string, options: LoadOptions = {}): Promise<OpenedModel> {
  const source = sourceOf(folder);
  const config = configOf(source, options.maxContextLength);
  const weights = await openWeights(source, config.model);
  try {
    return { ...described(config, weights, options.missingHeads ?? 'refuse'), weights };
  } catch (error) {
    await weights.close();
    throw error;
  }
}

/** The same with all parameters in memory. */
export async function loadModelFolder(folder: string, options: LoadOptions = {}): Promise<LoadedModel> {
  const { weights, ...opened } = await openModelFolder(folder, options);
  const { missingHeads: onMissing } = options;
  try {
    const started =
      typeof onMissing === 'object' && opened.missingHeads.length > 0
        ? initParameters(opened.model, onMissing.seed, new Set(opened.missingHeads))
        : {};
    return { ...opened, parameters: await readParameters(weights, opened, started) };
  } finally {
    await weights.close();
  }
}

/** What a folder holds, from its config.json and the headers of its weights. Throws as `openModelFolder` does. */
export function describeModelFolder(folder: string): ModelDescription {
  const source = sourceOf(folder);
  const config = configOf(source);
  return described(config, storedEntries(source, config.model), { seed: 0 });
}

function configOf({ config }: ModelSource, maxContextLength?: number): ConfigFile {
  refuseQuantized(openConfig(config));
  return readConfig(config, maxContextLength);
}

/** Throws UserError with everything that does not fit, before any data is read. */
function described(
  { model: plain, specialTokens }: ConfigFile,
  stored: StoredEntries,
  onMissing: NonNullable<LoadOptions['missingHeads']>,
): ModelDescription {
  const { entries, notes } = stored;
  const model: ModelConfig = entries.has(scoreBiasName) ? { ...plain, hasScoreBias: true } : plain;
  const shapes = new Map(parameterShapes(model));
  const absent = [...shapes.keys()].filter((name) => !entries.has(name));
  const missingHeads = onMissing === 'refuse' ? [] : absent.filter((name) => headNames.has(name));
  // A tied head may be stored all the same: it is the embedding once more, and `transformers` takes the embedding, too.
  const head = `${familyOf(model).head.name}.weight`;
  const headShape = [model.vocabSize, model.hiddenSize];
  const unusableHead = onMissing === 'leaveOut' ? unusable(head, headShape, stored) : null;
  const isTied = !shapes.has(head);
  if (isTied && entries.has(head)) shapes.set(head, headShape);
  const left = new Set([...missingHeads, ...(unusableHead === null ? [] : [head])]);
  checkEntries(
    stored.path,
    new Map([...shapes].filter(([name]) => !left.has(name))),
    new Map([...entries].filter(([name]) => !left.has(name))),
  );
  const reported = unusableHead !== null && !isTied ? [...missingHeads, head] : missingHeads;
  return { model, specialTokens, missingHeads: reported, unusableHead, notes };
}

/** What is wrong with an LM head, which a reward does not need. */
function unusable(head: string, shape: readonly number[], { entries }: StoredEntries): string | null {
  const entry = entries.get(head);
  if (entry === undefined || problemOf(shape, entry) === null) return null;
  return `${head}: ${foundInstead(shape, entry)}`;
}

/** In model order: what is stored, else what was started; heads that are neither are left out. */
async function readParameters(
  weights: OpenedModel['weights'],
  { model, missingHeads }: ModelDescription,
  started: Parameters,
): Promise<Parameters> {
  const parameters: Record<string, Float32Array> = {};
  for (const [name, shape] of parameterShapes(model)) {
    if (missingHeads.includes(name)) {
      if (started[name]) parameters[name] = started[name];
      continue;
    }
    const values = new Float32Array(elementsOf(shape));
    await weights.readInto(name, values);
    parameters[name] = values;
  }
  return parameters;
}
