/**
 * config.json as `transformers` writes it -> ModelConfig. Whatever would be computed differently here than there is
 * refused by name.
 */
import { familyNamed, familyNames, type Dialect } from '../families/index.ts';
import type { ModelConstants, ModelSpec, ResponseEnd, RopeScaling } from '../spec/experiment-schema.ts';
import { UserError } from '../spec/user-error.ts';
import { openConfig, type ConfigReader } from './config-reader.ts';
import { familyDefaults } from './family-of.ts';
import type { ModelConfig } from './model-config.ts';
import { headSizeOf, rotaryWidthOf } from './model-sizes.ts';
import { withoutOwn } from './own-constants.ts';
import { readConstants } from './read-constants.ts';
import { checkSupported, readableHint, unknownArchitecture } from './refuse-config.ts';
import { stretchedContext } from './read-rope-scaling.ts';
import { specialTokensOf, type SpecialTokens } from './special-tokens.ts';

export interface ConfigFile {
  readonly model: ModelConfig;
  readonly specialTokens: SpecialTokens;
}

/**
 * Throws UserError (exit 4) with every missing, wrong or unsupported key. `maxContextLength` lowers a context length
 * that is larger (a model of 131,072 positions need not have tables of that size); learned positions keep theirs, being
 * parameters.
 */
export function readConfig(path: string, maxContextLength = Infinity): ConfigFile {
  const config = openConfig(path);
  const family = familyOfType(config);
  checkSupported(config, familyNamed(family).dialect);
  const model = modelOf(config, family, maxContextLength);
  config.finish(readableHint);
  checkSizes(path, model);
  return { model, specialTokens: specialTokensOf(config) };
}

function modelOf(config: ConfigReader, family: ModelSpec['family'], maxContextLength: number): ModelConfig {
  const { dialect } = familyNamed(family);
  const layers = config.count(dialect.keys.layers);
  const found = { ...headSizes(config, dialect), layers, constants: readConstants(config, dialect, layers) };
  const overrides = overridesOf(config, family, found);
  const most = hasLearnedPositions(family) ? Infinity : maxContextLength;
  return {
    ...harnessFields(config, family),
    ...blockSizes(config, dialect, found),
    family,
    contextLength: Math.min(contextLengthOf(config, dialect, found.constants.ropeScaling), most),
    ...overrides,
    vocabSize: config.count('vocab_size'),
  };
}

/** A model of ours may have less than its config.json can say. */
function contextLengthOf(config: ConfigReader, { keys }: Dialect, scaling: RopeScaling | null): number {
  const own = config.map('harness');
  const written = own?.raw('contextLength') === undefined ? null : own.count('contextLength');
  return stretchedContext(config.count(keys.contextLength), scaling, written);
}

function hasLearnedPositions(family: ModelSpec['family']): boolean {
  return familyNamed(family).parts.position.kind === 'learned';
}

type Overrides = Pick<ModelConfig, 'headSize' | 'tieEmbeddings' | 'constants'>;

/** Null where the model does as its family does. */
function overridesOf(config: ConfigReader, family: ModelSpec['family'], found: FoundSizes): Overrides {
  const { hiddenSize, heads, headSize, layers, constants } = found;
  const own = familyDefaults(family);
  const usual = hiddenSize / heads;
  const isTied = config.boolean('tie_word_embeddings', familyNamed(family).dialect.fallbacks.tieEmbeddings);
  return {
    headSize: headSize === usual ? null : headSize,
    tieEmbeddings: isTied === own.head.isTied ? null : isTied,
    constants: withoutOwn(constants, own, { headSize: headSize ?? usual, layers }),
  };
}

interface FoundSizes extends HeadSizes {
  readonly layers: number;
  readonly constants: ModelConstants;
}

interface HeadSizes {
  readonly hiddenSize: number;
  readonly heads: number;
  /** Null where the family has no key for it. */
  readonly headSize: number | null;
}

function headSizes(config: ConfigReader, { keys, fallbacks }: Dialect): HeadSizes {
  const hiddenSize = config.count(keys.hiddenSize);
  const heads = config.count(keys.heads);
  const usual = fallbacks.headSize ?? hiddenSize / heads;
  return { hiddenSize, heads, headSize: keys.headSize === null ? null : config.count(keys.headSize, usual) };
}

function blockSizes(
  config: ConfigReader,
  { keys, modelType, fallbacks }: Dialect,
  { hiddenSize, heads, layers }: Pick<FoundSizes, 'hiddenSize' | 'heads' | 'layers'>,
): Pick<ModelSpec, 'hiddenSize' | 'heads' | 'layers' | 'keyValueHeads' | 'intermediateSize'> {
  return {
    hiddenSize,
    heads,
    layers,
    keyValueHeads: keyValueHeadsOf(config, keys.keyValueHeads, { heads, fallback: fallbacks.keyValueHeads }),
    intermediateSize: config.count(keys.intermediateSize, modelType === 'gpt2' ? 4 * hiddenSize : undefined),
  };
}

/** Null in the file means as many as query heads. */
function keyValueHeadsOf(
  config: ConfigReader,
  key: string | null,
  { heads, fallback }: { readonly heads: number; readonly fallback: number | null },
): number {
  if (key === null || config.isNull(key)) return heads;
  return config.count(key, fallback ?? heads);
}

/** Throws UserError where heads, head size and rotary positions do not go together. */
function checkSizes(path: string, model: ModelSpec): void {
  try {
    headSizeOf(model);
    rotaryWidthOf(model);
  } catch (cause) {
    throw new UserError(`${path}: ${cause instanceof RangeError ? cause.message : String(cause)}`, {
      exitCode: 4,
      hint: readableHint,
      cause,
    });
  }
}

function familyOfType(config: ConfigReader): ModelSpec['family'] {
  const modelType = config.text('model_type', '');
  const found = familyNames.find((name) => familyNamed(name).dialect.modelType === modelType);
  if (found === undefined) throw unknownArchitecture(config, modelType);
  return found;
}

/**
 * A configuration written by us has `harness`; one from elsewhere gets last-token pooling, which is what `transformers`
 * computes.
 */
function harnessFields(
  config: ConfigReader,
  family: string,
): Pick<ModelSpec, 'name' | 'rewardPooling' | 'responseEnd' | 'initStandardDeviation'> {
  const own = config.map('harness');
  const rewardPooling = own === null ? 'last' : readPooling(config, own);
  const deviation = config.positive('initializer_range', 0.02);
  return {
    name: own?.text('name', family) ?? family,
    rewardPooling,
    responseEnd: own === null ? null : readResponseEnd(config, own),
    initStandardDeviation: own?.positive('initStandardDeviation', deviation) ?? deviation,
  };
}

function readPooling(config: ConfigReader, own: ConfigReader): ModelSpec['rewardPooling'] {
  const pooling = own.text('rewardPooling', 'last');
  if (pooling === 'last' || pooling === 'mean') return pooling;
  config.problem(`harness.rewardPooling: expected last or mean, found ${JSON.stringify(pooling)}`);
  return 'last';
}

/** Written only where nothing stands behind a response. */
function readResponseEnd(config: ConfigReader, own: ConfigReader): ResponseEnd {
  const end = own.raw('responseEnd');
  if (end === undefined) return null;
  if (end !== 'none') config.problem(`harness.responseEnd: expected none, found ${JSON.stringify(end)}`);
  return 'none';
}
