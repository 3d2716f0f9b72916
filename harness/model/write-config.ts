/**
 * ModelConfig -> config.json of the family's sequence classifier with one label, and a `harness` map for what
 * `transformers` has no word for.
 */
import { familyNamed, type Dialect } from '../families/index.ts';
import type { RopeScaling } from '../spec/experiment-schema.ts';
import { familyOf } from './family-of.ts';
import type { Family } from './family.ts';
import { headSizeOf } from './model-sizes.ts';
import { layerKeys } from './layer-keys.ts';
import { ownConstants, type Sizes } from './own-constants.ts';
import type { StoredFloat } from './safetensors.ts';
import type { SpecialTokens } from './special-tokens.ts';
import type { ModelConfig } from './model-config.ts';
import { hasOwnContext, ropeScalingMap, writtenContext } from './write-rope-scaling.ts';

export interface ConfigOptions {
  readonly model: ModelConfig;
  readonly storage: StoredFloat;
  readonly specialTokens: SpecialTokens;
}

/**
 * The text of config.json. Every constant is written out, also where it is the family's own: defaults differ between
 * versions.
 */
export function configText(options: ConfigOptions): string {
  return `${withFloats(JSON.stringify(configOf(options), null, 2))}\n`;
}

function configOf({ model, storage, specialTokens }: ConfigOptions): Record<string, unknown> {
  const { dialect } = familyNamed(model.family);
  const family = familyOf(model);
  return {
    architectures: [`${dialect.className}ForSequenceClassification`],
    model_type: dialect.modelType,
    num_labels: 1,
    id2label: { 0: 'reward' },
    label2id: { reward: 0 },
    vocab_size: model.vocabSize,
    tie_word_embeddings: family.head.isTied,
    torch_dtype: storage,
    initializer_range: model.initStandardDeviation,
    pad_token_id: specialTokens.pad,
    bos_token_id: specialTokens.begin,
    eos_token_id: specialTokens.end,
    ...sizeKeys(dialect, model),
    ...activationKeys(dialect, family),
    [dialect.keys.normEpsilon]: family.norm.epsilon,
    ...ropeKeys(dialect, family),
    ...layerKeys(dialect, model),
    ...switchKeys(dialect, family, { headSize: headSizeOf(model), layers: model.layers }),
    ...dialect.extras,
    harness: ownKeys(model),
  };
}

function sizeKeys({ keys }: Dialect, model: ModelConfig): Record<string, unknown> {
  return {
    [keys.hiddenSize]: model.hiddenSize,
    [keys.layers]: model.layers,
    [keys.heads]: model.heads,
    ...(keys.keyValueHeads !== null && { [keys.keyValueHeads]: model.keyValueHeads }),
    ...(keys.headSize !== null && { [keys.headSize]: headSizeOf(model) }),
    [keys.intermediateSize]: model.intermediateSize,
    [keys.contextLength]: writtenContext(model.contextLength, scalingOf(model)),
  };
}

/** What `transformers` has no word for. */
function ownKeys(model: ModelConfig): Record<string, unknown> {
  const { name, rewardPooling, responseEnd, initStandardDeviation, contextLength } = model;
  return {
    name,
    rewardPooling,
    ...(responseEnd === 'none' && { responseEnd }),
    initStandardDeviation,
    ...(hasOwnContext(scalingOf(model)) && { contextLength }),
  };
}

function scalingOf(model: ModelConfig): RopeScaling | null {
  const { position } = familyOf(model);
  return position.kind === 'rope' ? position.scaling : null;
}

function activationKeys({ keys, activations }: Dialect, { mlp }: Family): Record<string, unknown> {
  const [name] = activations[mlp.activation];
  return { [keys.activation]: name, ...(keys.otherActivation !== null && { [keys.otherActivation]: name }) };
}

function ropeKeys({ keys }: Dialect, { position }: Family): Record<string, unknown> {
  if (position.kind === 'learned' || keys.ropeTheta === null) return {};
  return {
    [keys.ropeTheta]: position.theta,
    rope_scaling: ropeScalingMap(position.scaling),
    ...(keys.localRopeTheta !== null && localRopeKeys(keys.localRopeTheta, position)),
    ...(keys.rotaryFraction !== null && { [keys.rotaryFraction]: position.rotaryFraction }),
  };
}

/**
 * The base of windowed layers. Where all layers have one base, version 5 of `transformers` takes it for windowed layers
 * from a map alone.
 */
function localRopeKeys(
  key: string,
  { theta, scaling, localTheta }: Extract<Family['position'], { readonly kind: 'rope' }>,
): Record<string, unknown> {
  if (localTheta !== 'same') return { [key]: localTheta };
  return {
    rope_parameters: {
      full_attention: { rope_theta: theta, rope_type: 'default', ...ropeScalingMap(scaling) },
      sliding_attention: { rope_theta: theta, rope_type: 'default' },
    },
  };
}

function switchKeys({ switches }: Dialect, family: Family, sizes: Sizes): Record<string, unknown> {
  const constants = ownConstants(family, sizes);
  return Object.fromEntries(
    Object.entries(switches).map(([name, { key }]) => {
      const value = constants[name as keyof typeof constants];
      return [key, value === 'none' ? null : value];
    }),
  );
}

const floatKeys = [
  'rope_theta',
  'rotary_emb_base',
  'rope_local_base_freq',
  'rotary_pct',
  'partial_rotary_factor',
  'rms_norm_eps',
  'layer_norm_eps',
  'layer_norm_epsilon',
  'initializer_range',
  'attn_logit_softcapping',
  'final_logit_softcapping',
  'factor',
  'attention_factor',
  'beta_fast',
  'beta_slow',
  'mscale',
  'mscale_all_dim',
  'low_freq_factor',
  'high_freq_factor',
  'resid_pdrop',
  'embd_pdrop',
  'attn_pdrop',
  'initStandardDeviation',
];

/**
 * JSON of JavaScript writes 30.0 as 30, which Python reads as an integer; configurations of version 5 insist on a float
 * where they say float.
 */
function withFloats(json: string): string {
  return json.replace(new RegExp(`^(\\s*"(?:${floatKeys.join('|')})": -?\\d+)(,?)$`, 'gm'), '$1.0$2');
}
