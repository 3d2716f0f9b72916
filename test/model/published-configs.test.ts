/**
 * Configurations of newer families as published on the Hugging Face hub, cut to the keys that bear on the computation.
 * Parameter counts are those of the classes of `transformers`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { costOf, layersOf, readConfig, type ModelConfig } from '../../harness/model/index.ts';
import { constantsWith } from './tiny-models.ts';

const folder = mkdtempSync(join(tmpdir(), 'published-configs-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(config: object): ModelConfig {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify(config));
  return readConfig(path).model;
}

const qwen3 = {
  model_type: 'qwen3',
  attention_bias: false,
  head_dim: 128,
  hidden_act: 'silu',
  hidden_size: 1024,
  intermediate_size: 3072,
  max_position_embeddings: 40960,
  max_window_layers: 28,
  num_attention_heads: 16,
  num_hidden_layers: 28,
  num_key_value_heads: 8,
  rms_norm_eps: 1e-6,
  rope_scaling: null,
  rope_theta: 1_000_000,
  sliding_window: null,
  tie_word_embeddings: true,
  use_sliding_window: false,
  vocab_size: 151936,
};
const mistral = {
  model_type: 'mistral',
  hidden_act: 'silu',
  hidden_size: 4096,
  intermediate_size: 14336,
  max_position_embeddings: 32768,
  num_attention_heads: 32,
  num_hidden_layers: 32,
  num_key_value_heads: 8,
  rms_norm_eps: 1e-5,
  rope_theta: 10000.0,
  sliding_window: 4096,
  tie_word_embeddings: false,
  vocab_size: 32000,
};
const gemma = {
  model_type: 'gemma',
  attention_bias: false,
  head_dim: 256,
  hidden_act: 'gelu',
  hidden_size: 2048,
  intermediate_size: 16384,
  max_position_embeddings: 8192,
  num_attention_heads: 8,
  num_hidden_layers: 18,
  num_key_value_heads: 1,
  rms_norm_eps: 1e-6,
  rope_theta: 10000.0,
  vocab_size: 256000,
};
const gemma3 = {
  model_type: 'gemma3_text',
  attention_bias: false,
  attn_logit_softcapping: null,
  cache_implementation: 'hybrid',
  final_logit_softcapping: null,
  head_dim: 256,
  hidden_activation: 'gelu_pytorch_tanh',
  hidden_size: 1152,
  intermediate_size: 6912,
  max_position_embeddings: 32768,
  num_attention_heads: 4,
  num_hidden_layers: 26,
  num_key_value_heads: 1,
  query_pre_attn_scalar: 256,
  rms_norm_eps: 1e-6,
  rope_local_base_freq: 10000,
  rope_scaling: null,
  rope_theta: 1000000,
  sliding_window: 512,
  sliding_window_pattern: 6,
  vocab_size: 262144,
};
const phi3 = {
  model_type: 'phi3',
  attention_dropout: 0.0,
  embd_pdrop: 0.0,
  hidden_act: 'silu',
  hidden_size: 3072,
  intermediate_size: 8192,
  max_position_embeddings: 4096,
  num_attention_heads: 32,
  num_hidden_layers: 32,
  num_key_value_heads: 32,
  original_max_position_embeddings: 4096,
  resid_pdrop: 0.0,
  rms_norm_eps: 1e-5,
  rope_scaling: null,
  rope_theta: 10000.0,
  sliding_window: 2047,
  tie_word_embeddings: false,
  vocab_size: 32064,
};
const olmo2 = {
  model_type: 'olmo2',
  attention_bias: false,
  hidden_act: 'silu',
  hidden_size: 2048,
  intermediate_size: 8192,
  max_position_embeddings: 4096,
  num_attention_heads: 16,
  num_hidden_layers: 16,
  num_key_value_heads: 16,
  rms_norm_eps: 1e-6,
  rope_scaling: null,
  rope_theta: 500000,
  tie_word_embeddings: false,
  vocab_size: 100352,
};
const smollm3 = {
  model_type: 'smollm3',
  attention_bias: false,
  hidden_act: 'silu',
  hidden_size: 2048,
  intermediate_size: 11008,
  layer_types: Array.from({ length: 36 }, () => 'full_attention'),
  max_position_embeddings: 65536,
  max_window_layers: 28,
  mlp_bias: false,
  no_rope_layer_interval: 4,
  no_rope_layers: Array.from({ length: 36 }, (_, layer) => (layer % 4 === 3 ? 0 : 1)),
  num_attention_heads: 16,
  num_hidden_layers: 36,
  num_key_value_heads: 4,
  pretraining_tp: 2,
  rms_norm_eps: 1e-6,
  rope_scaling: null,
  rope_theta: 5000000.0,
  sliding_window: null,
  use_sliding_window: false,
  vocab_size: 128256,
};

describe('published configurations of newer families', () => {
  it.each([
    ['Qwen3-0.6B', qwen3, 596_049_920],
    ['Mistral-7B-v0.1', mistral, 7_241_732_096],
    ['Gemma-2B', gemma, 2_506_172_416],
    ['Gemma-3-1B', gemma3, 999_885_952],
    ['Phi-3-mini-4k', phi3, 3_821_079_552],
    ['OLMo-2-1B', olmo2, 1_484_916_736],
    ['SmolLM3-3B', smollm3, 3_075_098_624],
  ] as const)('%s has the parameters it is known to have', (_, config, published) => {
    const model = read(config);
    expect(costOf(model).paramsTotal - model.hiddenSize).toBe(published); // the reward head is ours
  });

  it("become models whose only constants are those that are not the family's own", () => {
    expect(read(qwen3)).toMatchObject({ headSize: 128, tieEmbeddings: null, constants: null });
    expect(read(mistral)).toMatchObject({ headSize: null, tieEmbeddings: null, constants: null });
    expect(read(gemma)).toMatchObject({ headSize: null, tieEmbeddings: null, constants: null });
    expect(read(gemma3)).toMatchObject({ headSize: 256, constants: constantsWith({ slidingWindow: 512 }) });
    expect(read(phi3).constants).toEqual(constantsWith({ slidingWindow: 2047 }));
    expect(read(olmo2).constants).toBeNull();
    expect(read(smollm3)).toMatchObject({ tieEmbeddings: null, constants: null });
  });

  it('have windows and rotation in the layers that the class gives them', () => {
    const windows = (config: object): string =>
      layersOf(read(config))
        .map(({ window }) => (window ? 'w' : '.'))
        .join('');
    expect(windows(gemma3)).toBe('wwwww.wwwww.wwwww.wwwww.ww');
    expect(windows({ ...gemma3, sliding_window_pattern: 3 })).toBe('ww.ww.ww.ww.ww.ww.ww.ww.ww');
    expect(windows({ ...qwen3, use_sliding_window: true, sliding_window: 9, max_window_layers: 25 })).toBe(
      `${'.'.repeat(25)}www`,
    );
    expect(windows({ ...mistral, sliding_window: null })).toBe('.'.repeat(32));
    expect(windows({ ...smollm3, use_sliding_window: true, sliding_window: 9, layer_types: null })).toBe(
      '...w'.repeat(9),
    );
    const ropes = layersOf(read({ ...gemma3, rope_scaling: { rope_type: 'linear', factor: 8 } }));
    expect(ropes.slice(4, 6).map(({ rope }) => rope)).toEqual([
      { theta: 10_000, scaling: null },
      { theta: 1_000_000, scaling: { kind: 'linear', factor: 8 } },
    ]);
    expect(
      layersOf(read(smollm3))
        .map(({ rope }) => (rope ? 'r' : '.'))
        .join(''),
    ).toBe('rrr.'.repeat(9));
  });

  it('take the defaults of their class where a key is absent', () => {
    const without = (config: object, ...keys: string[]): object =>
      Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key)));
    expect(read(without(mistral, 'sliding_window', 'num_key_value_heads', 'rms_norm_eps'))).toMatchObject({
      keyValueHeads: 8,
      constants: { normEpsilon: 1e-6, slidingWindow: null },
    });
    expect(read({ ...mistral, num_key_value_heads: null }).keyValueHeads).toBe(32);
    expect(read(without(phi3, 'sliding_window')).constants).toBeNull();
    expect(read(without(gemma3, 'sliding_window', 'rope_theta', 'rope_local_base_freq')).constants).toEqual(
      constantsWith({ slidingWindow: 4096 }),
    );
    expect(read(without(smollm3, 'no_rope_layers', 'layer_types', 'rope_theta')).constants).toEqual(
      constantsWith({ ropeTheta: 2_000_000 }),
    );
    expect(read({ ...phi3, partial_rotary_factor: 0.75 }).constants?.rotaryFraction).toBe(0.75);
  });

  it('read the same in the spelling of version 5', () => {
    const inMaps = {
      full_attention: { rope_type: 'linear', factor: 8, rope_theta: 1_000_000 },
      sliding_attention: { rope_type: 'default', rope_theta: 10_000 },
    };
    const {
      rope_theta: _,
      rope_local_base_freq: __,
      rope_scaling: ___,
      sliding_window_pattern: ____,
      ...rest
    } = gemma3;
    const types = Array.from({ length: 26 }, (_, layer) => (layer % 6 === 5 ? 'full_attention' : 'sliding_attention'));
    expect(read({ ...rest, rope_parameters: inMaps, layer_types: types })).toEqual(
      read({ ...gemma3, rope_scaling: { type: 'linear', factor: 8 } }),
    );
  });
});
