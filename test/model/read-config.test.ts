/**
 * Configurations as published on the Hugging Face hub, cut to the keys that bear on the computation; parameter counts
 * as the model cards and `transformers` give them.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { costOf, readConfig } from '../../harness/model/index.ts';
import { constantsWith } from './tiny-models.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'read-config-'));
});
afterAll(() => rm(root, { recursive: true }));

async function read(config: object, maxContextLength?: number): Promise<ReturnType<typeof readConfig>> {
  const path = join(root, 'config.json');
  await writeFile(path, JSON.stringify(config));
  return readConfig(path, maxContextLength);
}

const qwen2 = {
  architectures: ['Qwen2ForCausalLM'],
  attention_dropout: 0.0,
  bos_token_id: 151643,
  eos_token_id: 151643,
  hidden_act: 'silu',
  hidden_size: 896,
  initializer_range: 0.02,
  intermediate_size: 4864,
  max_position_embeddings: 131072,
  max_window_layers: 24,
  model_type: 'qwen2',
  num_attention_heads: 14,
  num_hidden_layers: 24,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 1000000.0,
  sliding_window: 131072,
  tie_word_embeddings: true,
  torch_dtype: 'bfloat16',
  use_cache: true,
  use_sliding_window: false,
  vocab_size: 151936,
};
const llama = {
  architectures: ['LlamaForCausalLM'],
  attention_bias: false,
  bos_token_id: 128000,
  eos_token_id: 128001,
  head_dim: 64,
  hidden_act: 'silu',
  hidden_size: 2048,
  initializer_range: 0.02,
  intermediate_size: 8192,
  max_position_embeddings: 131072,
  mlp_bias: false,
  model_type: 'llama',
  num_attention_heads: 32,
  num_hidden_layers: 16,
  num_key_value_heads: 8,
  pretraining_tp: 1,
  rms_norm_eps: 1e-5,
  rope_scaling: {
    factor: 32.0,
    high_freq_factor: 4.0,
    low_freq_factor: 1.0,
    original_max_position_embeddings: 8192,
    rope_type: 'llama3',
  },
  rope_theta: 500000.0,
  tie_word_embeddings: true,
  vocab_size: 128256,
};
const gemma2 = {
  architectures: ['Gemma2ForCausalLM'],
  attention_bias: false,
  attn_logit_softcapping: 50.0,
  bos_token_id: 2,
  cache_implementation: 'hybrid',
  eos_token_id: 1,
  final_logit_softcapping: 30.0,
  head_dim: 256,
  hidden_act: 'gelu_pytorch_tanh',
  hidden_activation: 'gelu_pytorch_tanh',
  hidden_size: 2304,
  initializer_range: 0.02,
  intermediate_size: 9216,
  max_position_embeddings: 8192,
  model_type: 'gemma2',
  num_attention_heads: 8,
  num_hidden_layers: 26,
  num_key_value_heads: 4,
  pad_token_id: 0,
  query_pre_attn_scalar: 256,
  rms_norm_eps: 1e-6,
  rope_theta: 10000.0,
  sliding_window: 4096,
  vocab_size: 256000,
};
const gpt2 = {
  activation_function: 'gelu_new',
  architectures: ['GPT2LMHeadModel'],
  attn_pdrop: 0.1,
  bos_token_id: 50256,
  embd_pdrop: 0.1,
  eos_token_id: 50256,
  initializer_range: 0.02,
  layer_norm_epsilon: 1e-5,
  model_type: 'gpt2',
  n_ctx: 1024,
  n_embd: 768,
  n_head: 12,
  n_layer: 12,
  n_positions: 1024,
  resid_pdrop: 0.1,
  vocab_size: 50257,
};
const pythia = {
  architectures: ['GPTNeoXForCausalLM'],
  bos_token_id: 0,
  eos_token_id: 0,
  hidden_act: 'gelu',
  hidden_size: 768,
  initializer_range: 0.02,
  intermediate_size: 3072,
  layer_norm_eps: 1e-5,
  max_position_embeddings: 2048,
  model_type: 'gpt_neox',
  num_attention_heads: 12,
  num_hidden_layers: 12,
  rotary_emb_base: 10000,
  rotary_pct: 0.25,
  tie_word_embeddings: false,
  torch_dtype: 'float16',
  use_parallel_residual: true,
  vocab_size: 50304,
};
const shared = { rewardPooling: 'last', responseEnd: null, initStandardDeviation: 0.02 } as const;

describe('published configurations', () => {
  it.each([
    ['Qwen2-0.5B', qwen2, 494_032_768],
    ['Llama-3.2-1B', llama, 1_235_814_400],
    ['Gemma-2-2B', gemma2, 2_614_341_888],
    ['GPT-2', gpt2, 124_439_808],
    ['Pythia-160m', pythia, 162_322_944],
  ] as const)('%s has the parameters it is known to have', async (_, config, published) => {
    const { model } = await read(config);
    const { paramsTotal } = costOf(model);
    expect(paramsTotal - model.hiddenSize).toBe(published); // the reward head is ours
  });

  it("become models whose only constants are those that are not the family's own", async () => {
    expect((await read(qwen2)).model).toEqual({
      ...shared,
      vocabSize: 151_936,
      name: 'qwen2',
      family: 'qwen2',
      hiddenSize: 896,
      layers: 24,
      heads: 14,
      keyValueHeads: 2,
      intermediateSize: 4864,
      contextLength: 131_072,
      headSize: null,
      tieEmbeddings: null,
      constants: constantsWith({ ropeTheta: 1_000_000 }),
    });
    expect((await read(llama)).model).toEqual({
      ...shared,
      vocabSize: 128_256,
      name: 'llama',
      family: 'llama',
      hiddenSize: 2048,
      layers: 16,
      heads: 32,
      keyValueHeads: 8,
      intermediateSize: 8192,
      contextLength: 131_072,
      headSize: null,
      tieEmbeddings: true,
      constants: constantsWith({
        ropeScaling: {
          kind: 'llama3',
          factor: 32,
          lowFrequencyFactor: 1,
          highFrequencyFactor: 4,
          originalContextLength: 8192,
        },
      }),
    });
    expect((await read(gemma2)).model).toEqual({
      ...shared,
      vocabSize: 256_000,
      name: 'gemma2',
      family: 'gemma2',
      hiddenSize: 2304,
      layers: 26,
      heads: 8,
      keyValueHeads: 4,
      intermediateSize: 9216,
      contextLength: 8192,
      headSize: 256,
      tieEmbeddings: null,
      constants: null,
    });
    expect((await read(gpt2)).model).toMatchObject({
      family: 'gpt2',
      intermediateSize: 3072,
      contextLength: 1024,
      keyValueHeads: 12,
      constants: null,
      tieEmbeddings: null,
    });
    expect((await read(pythia)).model).toMatchObject({
      name: 'gpt-neox',
      family: 'gpt-neox',
      contextLength: 2048,
      keyValueHeads: 12,
      constants: null,
      tieEmbeddings: null,
    });
    expect((await read(pythia)).specialTokens).toEqual({ pad: null, begin: 0, end: 0 });
    expect((await read({ ...llama, eos_token_id: [128001, 128009] })).specialTokens.end).toBe(128001);
  });

  it('read the same in the spelling of version 5', async () => {
    const { rope_theta: theta, rope_scaling: scaling, ...rest } = llama;
    expect(await read({ ...rest, rope_parameters: { rope_theta: theta, ...scaling } })).toEqual(await read(llama));
    const { rotary_emb_base: base, rotary_pct: fraction, ...neox } = pythia;
    expect(
      await read({
        ...neox,
        rope_parameters: { rope_type: 'default', rope_theta: base, partial_rotary_factor: fraction },
      }),
    ).toEqual(await read(pythia));
    expect(
      (await read({ ...neox, rope_parameters: { rope_theta: 5000, partial_rotary_factor: 0.5 } })).model.constants,
    ).toEqual(constantsWith({ ropeTheta: 5000, rotaryFraction: 0.5 }));
    // The first files with scaling said `type`.
    expect(
      (await read({ ...llama, rope_scaling: { type: 'linear', factor: 2 } })).model.constants?.ropeScaling,
    ).toEqual({ kind: 'linear', factor: 2 });
  });

  it('take the defaults of their class where a key is absent', async () => {
    const without = (config: object, ...keys: string[]): object =>
      Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key)));
    const embeddings = async (config: object): Promise<boolean | null> =>
      (await read(without(config, 'tie_word_embeddings'))).model.tieEmbeddings;
    // Tied by default in gemma2 and gpt2 only; null = as the family here.
    expect([
      await embeddings(qwen2),
      await embeddings(llama),
      await embeddings(gemma2),
      await embeddings(gpt2),
      await embeddings(pythia),
    ]).toEqual([false, null, null, null, null]);
    expect((await read(without(llama, 'rope_theta', 'rope_scaling', 'rms_norm_eps'))).model.constants).toEqual(
      constantsWith({ ropeTheta: 10_000, normEpsilon: 1e-6 }),
    );
    expect((await read(without(llama, 'num_key_value_heads', 'head_dim'))).model).toMatchObject({
      keyValueHeads: 32,
      headSize: null,
    });
    expect(
      (await read(without(gemma2, 'query_pre_attn_scalar', 'sliding_window', 'attn_logit_softcapping', 'head_dim')))
        .model,
    ).toEqual((await read(gemma2)).model);
    expect(
      (await read({ ...gemma2, attn_logit_softcapping: null, final_logit_softcapping: 10 })).model.constants,
    ).toEqual(constantsWith({ attentionSoftCap: 'none', logitSoftCap: 10 }));
    expect((await read({ ...gpt2, n_inner: null, activation_function: 'gelu' })).model).toMatchObject({
      intermediateSize: 3072,
      constants: { activation: 'gelu' },
    });
    expect((await read({ ...pythia, use_parallel_residual: false, attention_bias: false })).model.constants).toEqual(
      constantsWith({ parallelResidual: false, attentionBias: false }),
    );
    expect((await read(llama, 2048)).model.contextLength).toBe(2048);
  });
});

describe('configurations that would be computed differently', () => {
  it.each([
    ['an unknown architecture', { ...llama, model_type: 'persimmon' }, 'model_type: unknown architecture "persimmon"'],
    ['an unknown activation', { ...llama, hidden_act: 'relu2' }, 'hidden_act: unknown activation "relu2"'],
    [
      'an unknown scaling',
      { ...llama, rope_scaling: { rope_type: 'longrope', factor: 4 } },
      'rope type "longrope" is not supported',
    ],
    [
      'an unknown scaling in the old spelling',
      { ...llama, rope_scaling: { type: 'su', factor: 4 } },
      'rope type "su" is not supported',
    ],
    [
      'scaling without its numbers',
      { ...llama, rope_scaling: { rope_type: 'llama3', factor: 4 } },
      'rope_scaling.low_freq_factor: expected a number above 0, found nothing; rope_scaling.high_freq_factor: expected',
    ],
    [
      'a partly rotated llama',
      { ...llama, partial_rotary_factor: 0.5 },
      'partial_rotary_factor: only 1 is supported, found 0.5',
    ],
    [
      'quantized weights',
      { ...llama, quantization_config: { bits: 4 } },
      'quantization_config: quantized weights cannot be read',
    ],
    [
      'attention in both directions',
      { ...gemma2, use_bidirectional_attention: true },
      'use_bidirectional_attention: only false is supported',
    ],
    [
      'attention scaled by layer',
      { ...gpt2, scale_attn_by_inverse_layer_idx: true },
      'scale_attn_by_inverse_layer_idx: only false is supported',
    ],
    [
      'several at once',
      { ...gpt2, n_layer: 0, activation_function: 'relu', scale_attn_weights: false, vocab_size: '50257' },
      'scale_attn_weights: only true is supported; n_layer: expected a whole number above 0, found 0; activation_function: ',
    ],
    ['sizes that do not divide', { ...pythia, num_attention_heads: 7 }, 'hiddenSize 768 is not a multiple of heads 7'],
    [
      'an odd rotated part',
      { ...pythia, rotary_pct: 0.24 },
      'rotary positions need an even number of values, found 15 of a head of 64',
    ],
  ])('refuses %s', async (_, config, message) => {
    const found = await read(config).catch((error: unknown) => error);
    expect(found).toMatchObject({
      name: 'UserError',
      exitCode: 4,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(
        'qwen2, qwen3, llama, mistral, gemma, gemma2, gemma3_text, phi3, olmo2, olmo3, smollm3, gpt2',
      ),
    });
  });
});
