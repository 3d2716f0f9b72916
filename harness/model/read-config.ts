/**
 * config.json as `transformers` writes it -> ModelConfig. Whatever would be computed differently here than there is
 * refused by name.
 */
import type { ModelConstants, ModelSpec } from '../spec/experiment-schema.ts';
import { UserError } from '../spec/user-error.ts';
import { openConfig, type ConfigReader } from './config-reader.ts';
import { activationNames, dialects, type Dialect } from './dialects.ts';
import { families } from './families.ts';
import type { Activation } from './family.ts';
import type { ModelConfig } from './model-config.ts';
import { headSizeOf, rotaryWidthOf } from './model-sizes.ts';
import { withoutOwn } from './own-constants.ts';
import { readRope } from './read-rope.ts';
import { specialTokensOf, type SpecialTokens } from './special-tokens.ts';

export interface ConfigFile {
  readonly model: ModelConfig;
  readonly specialTokens: SpecialTokens;
}

const hint = `Architectures that can be read: ${Object.values(dialects)
  .map(({ modelType }) => modelType)
  .join(', ')}.`;

/**
 * Throws UserError (exit 4) with every missing, wrong or unsupported key. `maxContextLength` lowers a context length
 * that is larger (a model of 131,072 positions need not have tables of that size); learned positions keep theirs, being
 * parameters.
 */
export async function readConfig(path: string, maxContextLength = Infinity): Promise<ConfigFile> {
  const config = await openConfig(path);
  const family = familyNamed(path, config.text('model_type'));
  const dialect = dialects[family];
  const { keys, fallbacks } = dialect;
  if (config.raw('quantization_config') !== undefined)
    config.problem('quantization_config: quantized weights cannot be read');
  for (const [key, value] of Object.entries(dialect.fixed))
    if (config.boolean(key, value) !== value) config.problem(`${key}: only ${value} is supported`);
  const hiddenSize = config.count(keys.hiddenSize);
  const heads = config.count(keys.heads);
  const headSize =
    keys.headSize === null ? null : config.count(keys.headSize, fallbacks.headSize ?? hiddenSize / heads);
  const constants = readConstants(config, dialect);
  const own = families[family];
  const isTied = config.boolean('tie_word_embeddings', fallbacks.tieEmbeddings);
  const model: ModelConfig = {
    ...harnessFields(config, family),
    family,
    hiddenSize,
    heads,
    layers: config.count(keys.layers),
    keyValueHeads: keys.keyValueHeads === null ? heads : config.count(keys.keyValueHeads, heads),
    intermediateSize: config.count(keys.intermediateSize, family === 'gpt2' ? 4 * hiddenSize : undefined),
    contextLength: contextLengthOf(config, {
      dialect,
      window: constants.slidingWindow,
      most: own.position.kind === 'learned' ? Infinity : maxContextLength,
    }),
    headSize: headSize === hiddenSize / heads ? null : headSize,
    tieEmbeddings: isTied === own.head.isTied ? null : isTied,
    constants: withoutOwn(constants, own, headSize ?? hiddenSize / heads),
    vocabSize: config.count('vocab_size'),
  };
  config.finish(hint);
  checkSizes(path, model);
  return { model, specialTokens: specialTokensOf(config) };
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

function familyNamed(path: string, modelType: string): ModelSpec['family'] {
  const found = Object.entries(dialects).find(([, dialect]) => dialect.modelType === modelType);
  if (!found)
    throw new UserError(`${path}: model_type: unknown architecture ${JSON.stringify(modelType)}`, {
      exitCode: 4,
      hint,
    });
  return found[0] as ModelSpec['family'];
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
  const pooling = own?.text('rewardPooling', 'last') ?? 'last';
  if (pooling !== 'last' && pooling !== 'mean')
    config.problem(`harness.rewardPooling: expected last or mean, found ${JSON.stringify(pooling)}`);
  const deviation = config.positive('initializer_range', 0.02);
  return {
    name: own?.text('name', family) ?? family,
    rewardPooling: pooling === 'mean' ? 'mean' : 'last',
    initStandardDeviation: own?.positive('initStandardDeviation', deviation) ?? deviation,
  };
}

/**
 * Layers that see a window only are not computed, so a model over longer contexts is used within its window, where the
 * two are the same.
 */
function contextLengthOf(
  config: ConfigReader,
  { dialect, window, most }: { dialect: Dialect; window: number | null; most: number },
): number {
  const windowed =
    dialect.modelType === 'qwen2' && config.boolean('use_sliding_window', false)
      ? config.count('sliding_window', 4096)
      : (window ?? Infinity);
  return Math.min(config.count(dialect.keys.contextLength), windowed, most);
}

function readConstants(config: ConfigReader, { keys, fallbacks, switches }: Dialect): ModelConstants {
  const scalar = (name: 'queryScalar' | 'slidingWindow'): number | null => {
    const found = switches[name];
    return found === undefined || (name === 'slidingWindow' && config.isNull(found.key))
      ? null
      : config.positive(found.key, Number(found.fallback));
  };
  const cap = (name: 'attentionSoftCap' | 'logitSoftCap'): number | 'none' | null => {
    const found = switches[name];
    if (found === undefined) return null;
    return config.isNull(found.key) ? 'none' : config.positive(found.key, Number(found.fallback));
  };
  const flag = (name: 'attentionBias' | 'mlpBias' | 'parallelResidual'): boolean | null => {
    const found = switches[name];
    return found === undefined ? null : config.boolean(found.key, found.fallback === true);
  };
  return {
    normEpsilon: config.positive(keys.normEpsilon, fallbacks.normEpsilon),
    activation: activationNamed(config, keys.activation, fallbacks.activation),
    ...readRope(config, keys, fallbacks.rotaryFraction),
    attentionBias: flag('attentionBias'),
    mlpBias: flag('mlpBias'),
    parallelResidual: flag('parallelResidual'),
    queryScalar: scalar('queryScalar'),
    slidingWindow: scalar('slidingWindow'),
    attentionSoftCap: cap('attentionSoftCap'),
    logitSoftCap: cap('logitSoftCap'),
  };
}

function activationNamed(config: ConfigReader, key: string, fallback: string): Activation {
  const name = config.text(key, fallback);
  const found = Object.entries(activationNames).find(([, names]) => (names as readonly string[]).includes(name));
  if (!found)
    config.problem(
      `${key}: unknown activation ${JSON.stringify(name)}, known are ${Object.values(activationNames).flat().join(', ')}`,
    );
  return (found?.[0] ?? 'silu') as Activation;
}
