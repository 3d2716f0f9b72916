/**
 * config.json as `transformers` writes it -> ModelConfig. Whatever would be computed differently here than there is
 * refused by name.
 */
import { activationNames, familyNamed, familyNames, type Dialect } from '../families/index.ts';
import type { ModelConstants, ModelSpec, RopeScaling } from '../spec/experiment-schema.ts';
import { UserError } from '../spec/user-error.ts';
import { openConfig, type ConfigReader } from './config-reader.ts';
import type { Activation } from './family.ts';
import { familyDefaults } from './family-of.ts';
import type { ModelConfig } from './model-config.ts';
import { headSizeOf, rotaryWidthOf } from './model-sizes.ts';
import { withoutOwn } from './own-constants.ts';
import { readRope } from './read-rope.ts';
import { stretchedContext } from './read-rope-scaling.ts';
import { specialTokensOf, type SpecialTokens } from './special-tokens.ts';

export interface ConfigFile {
  readonly model: ModelConfig;
  readonly specialTokens: SpecialTokens;
}

const hint = `Architectures that can be read: ${familyNames
  .map((name) => familyNamed(name).dialect.modelType)
  .join(', ')}.`;

/**
 * Throws UserError (exit 4) with every missing, wrong or unsupported key. `maxContextLength` lowers a context length
 * that is larger (a model of 131,072 positions need not have tables of that size); learned positions keep theirs, being
 * parameters.
 */
export function readConfig(path: string, maxContextLength = Infinity): ConfigFile {
  const config = openConfig(path);
  const family = familyOfType(path, config.text('model_type'));
  checkSupported(config, familyNamed(family).dialect);
  const model = modelOf(config, family, maxContextLength);
  config.finish(hint);
  checkSizes(path, model);
  return { model, specialTokens: specialTokensOf(config) };
}

function checkSupported(config: ConfigReader, { fixed }: Dialect): void {
  if (config.raw('quantization_config') !== undefined)
    config.problem('quantization_config: quantized weights cannot be read');
  for (const [key, value] of Object.entries(fixed))
    if (config.boolean(key, value) !== value) config.problem(`${key}: only ${value} is supported`);
}

function modelOf(config: ConfigReader, family: ModelSpec['family'], maxContextLength: number): ModelConfig {
  const { dialect } = familyNamed(family);
  const found = { ...headSizes(config, dialect), constants: readConstants(config, dialect) };
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

function hasLearnedPositions(family: ModelSpec['family']): boolean {
  return familyNamed(family).parts.position.kind === 'learned';
}

type Overrides = Pick<ModelConfig, 'headSize' | 'tieEmbeddings' | 'constants'>;

/** Null where the model does as its family does. */
function overridesOf(config: ConfigReader, family: ModelSpec['family'], found: FoundSizes): Overrides {
  const { hiddenSize, heads, headSize, constants } = found;
  const own = familyDefaults(family);
  const usual = hiddenSize / heads;
  const isTied = config.boolean('tie_word_embeddings', familyNamed(family).dialect.fallbacks.tieEmbeddings);
  return {
    headSize: headSize === usual ? null : headSize,
    tieEmbeddings: isTied === own.head.isTied ? null : isTied,
    constants: withoutOwn(constants, own, headSize ?? usual),
  };
}

interface FoundSizes extends HeadSizes {
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
  { keys, modelType }: Dialect,
  { hiddenSize, heads }: Pick<HeadSizes, 'hiddenSize' | 'heads'>,
): Pick<ModelSpec, 'hiddenSize' | 'heads' | 'layers' | 'keyValueHeads' | 'intermediateSize'> {
  return {
    hiddenSize,
    heads,
    layers: config.count(keys.layers),
    keyValueHeads: keys.keyValueHeads === null ? heads : config.count(keys.keyValueHeads, heads),
    intermediateSize: config.count(keys.intermediateSize, modelType === 'gpt2' ? 4 * hiddenSize : undefined),
  };
}

/** Throws UserError where heads, head size and rotary positions do not go together. */
function checkSizes(path: string, model: ModelSpec): void {
  try {
    headSizeOf(model);
    rotaryWidthOf(model);
  } catch (cause) {
    throw new UserError(`${path}: ${cause instanceof RangeError ? cause.message : String(cause)}`, {
      exitCode: 4,
      hint,
      cause,
    });
  }
}

function familyOfType(path: string, modelType: string): ModelSpec['family'] {
  const found = familyNames.find((name) => familyNamed(name).dialect.modelType === modelType);
  if (found === undefined)
    throw new UserError(`${path}: model_type: unknown architecture ${JSON.stringify(modelType)}`, {
      exitCode: 4,
      hint,
    });
  return found;
}

/**
 * A configuration written by us has `harness`; one from elsewhere gets last-token pooling, which is what `transformers`
 * computes.
 */
function harnessFields(
  config: ConfigReader,
  family: string,
): Pick<ModelSpec, 'name' | 'rewardPooling' | 'initStandardDeviation'> {
  const own = config.map('harness');
  const rewardPooling = own === null ? 'last' : readPooling(config, own);
  const deviation = config.positive('initializer_range', 0.02);
  return {
    name: own?.text('name', family) ?? family,
    rewardPooling,
    initStandardDeviation: own?.positive('initStandardDeviation', deviation) ?? deviation,
  };
}

function readPooling(config: ConfigReader, own: ConfigReader): ModelSpec['rewardPooling'] {
  const pooling = own.text('rewardPooling', 'last');
  if (pooling === 'last' || pooling === 'mean') return pooling;
  config.problem(`harness.rewardPooling: expected last or mean, found ${JSON.stringify(pooling)}`);
  return 'last';
}

function readContext(config: ConfigReader, { keys }: Dialect, scaling: RopeScaling | null): number {
  const own = config.map('harness');
  const written = own?.raw('contextLength') === undefined ? null : own.count('contextLength');
  return stretchedContext(config.count(keys.contextLength), scaling, written);
}

/**
 * Which layers of a Qwen2 model have a window is not read: one with windows is used within them, where layers with a
 * window and without are the same.
 */
function contextLengthOf(config: ConfigReader, dialect: Dialect, scaling: RopeScaling | null): number {
  const windowed =
    dialect.modelType === 'qwen2' && config.boolean('use_sliding_window', false)
      ? config.count('sliding_window', 4096)
      : Infinity;
  return Math.min(readContext(config, dialect, scaling), windowed);
}

function readConstants(config: ConfigReader, { keys, fallbacks, switches }: Dialect): ModelConstants {
  return {
    normEpsilon: config.positive(keys.normEpsilon, fallbacks.normEpsilon),
    activation: activationNamed(config, keys.activation, fallbacks.activation),
    ...readRope(config, keys, fallbacks.rotaryFraction),
    attentionBias: readFlag(config, switches.attentionBias),
    mlpBias: readFlag(config, switches.mlpBias),
    parallelResidual: readFlag(config, switches.parallelResidual),
    queryScalar: readScalar(config, switches.queryScalar),
    slidingWindow: readWindow(config, switches.slidingWindow),
    attentionSoftCap: readCap(config, switches.attentionSoftCap),
    logitSoftCap: readCap(config, switches.logitSoftCap),
  };
}

type Switch = Dialect['switches'][keyof Dialect['switches']];

function readFlag(config: ConfigReader, found: Switch): boolean | null {
  return found === undefined ? null : config.boolean(found.key, found.fallback === true);
}

function readScalar(config: ConfigReader, found: Switch): number | null {
  return found === undefined ? null : config.positive(found.key, Number(found.fallback));
}

/** Null in the file means no window. */
function readWindow(config: ConfigReader, found: Switch): number | null {
  return found === undefined || config.isNull(found.key) ? null : readScalar(config, found);
}

/** Null in the file means no cap. */
function readCap(config: ConfigReader, found: Switch): number | 'none' | null {
  return found !== undefined && config.isNull(found.key) ? 'none' : readScalar(config, found);
}

function activationNamed(config: ConfigReader, key: string, fallback: string): Activation {
  const name = config.text(key, fallback);
  const found = Object.entries(activationNames).find(([, names]) => (names as readonly string[]).includes(name));
  if (!found)
    config.problem(
      `${key}: unknown activation ${JSON.stringify(name)}, ` +
        `known are ${Object.values(activationNames).flat().join(', ')}`,
    );
  return (found?.[0] ?? 'silu') as Activation;
}
