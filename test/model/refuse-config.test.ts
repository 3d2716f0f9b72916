/** Architectures and keys that are not computed, as a person is told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { familyNamed, familyNames, missingPartsOf } from '../../harness/families/index.ts';
import { readConfig } from '../../harness/model/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'refuse-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function refusal(config: object): { readonly message: string; readonly hint: string } {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify(config));
  try {
    readConfig(path);
  } catch (error) {
    const { message, hint } = error as { message: string; hint: string };
    return { message: message.replace(path, 'config.json'), hint };
  }
  throw new Error('it was read');
}

const llama = {
  model_type: 'llama',
  hidden_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 24,
  max_position_embeddings: 64,
  vocab_size: 29,
};

describe('architectures that are known and not computed', () => {
  it.each([
    ['mixtral', 'mixture of experts', 'Use the dense model of the same line'],
    ['qwen3_moe', 'mixture of experts', 'as qwen3 for qwen3_moe'],
    ['gpt_oss', 'mixture of experts', 'dense model'],
    ['deepseek_v3', 'mixture of experts, multi-head latent attention', 'keys and values of its own'],
    ['modernbert', 'bidirectional attention', 'Use a reward model on a decoder'],
    ['deberta-v2', 'bidirectional attention, disentangled positions', 'Use a reward model on a decoder'],
    ['t5', 'an encoder beside the decoder', 'Use a reward model on a decoder'],
    ['mamba', 'state-space layers', 'whose layers all are attention'],
    ['jamba', 'state-space layers, mixture of experts', 'dense model'],
    ['qwen3_next', 'linear attention, mixture of experts', 'softmax attention'],
    ['gemma3', 'images or audio', 'Save its language model as a folder of its own (docs/models.md shows how)'],
    ['llava', 'images or audio', 'docs/models.md'],
    ['bloom', 'alibi positions', 'rotary or learned positions'],
  ])('names the parts that %s needs, and what can be done', (modelType, parts, advice) => {
    const { message, hint } = refusal({ ...llama, model_type: modelType });
    expect(message).toBe(`config.json: model_type: "${modelType}" needs parts that are not computed: ${parts}`);
    expect(hint).toContain(advice);
    expect(hint).toContain('Architectures that can be read: qwen2, qwen3, llama, mistral,');
  });

  it('are none of those that are computed', () => {
    for (const family of familyNames) expect(missingPartsOf(familyNamed(family).dialect.modelType), family).toBeNull();
  });
});

describe('architectures that are not known', () => {
  it('are judged by what their keys ask for', () => {
    const config = { ...llama, model_type: 'acme', num_experts: 8, kv_lora_rank: 512, is_causal: false, alibi: true };
    expect(refusal({ ...config, logit_scale: 0.0625, vision_config: {} }).message).toBe(
      'config.json: model_type: unknown architecture "acme", which asks for parts that are not computed: ' +
        'mixture of experts (num_experts 8), multi-head latent attention (kv_lora_rank 512), ' +
        'bidirectional attention (is_causal false), images or audio (vision_config), alibi positions (alibi true), ' +
        'scaled logits (logit_scale 0.0625)',
    );
  });

  it('are refused without a reason where no key gives one', () => {
    const off = { num_experts: 0, alibi: false, logit_scale: 1, clip_qkv: null, is_causal: true };
    const { message, hint } = refusal({ ...llama, ...off, model_type: 'acme' });
    expect(message).toBe('config.json: model_type: unknown architecture "acme"');
    expect(hint).toContain('docs/models.md');
  });
});

describe('keys of a family that is computed', () => {
  it.each([
    ['is_causal', false, 'bidirectional attention'],
    ['num_local_experts', 8, 'mixture of experts'],
    ['attention_multiplier', 0.5, 'attention scores of another scale'],
    ['residual_multiplier', 0.22, 'scaled residuals'],
    ['logits_scaling', 8, 'scaled logits'],
    ['attn_logit_softcapping', 50, 'capped attention scores'],
    ['final_logit_softcapping', 30, 'capped logits'],
    ['query_pre_attn_scalar', 256, 'attention scores of another scale'],
    ['clip_qkv', 8, 'clipped queries, keys and values'],
    ['rope_interleaved', true, 'interleaved rotary positions'],
    ['no_rope_layers', [1, 1], 'layers without rotary positions'],
    ['use_qk_norm', true, 'norms of queries and keys'],
  ])('%s %s is refused where its class has no such part', (key, value, part) => {
    expect(refusal({ ...llama, [key]: value }).message).toBe(
      `config.json: ${key}: asks for ${part}, which llama does not have here`,
    );
  });

  it('that change nothing are passed over', () => {
    const harmless = { use_cache: true, attention_dropout: 0.1, pretraining_tp: 2, logits_scaling: 1, clip_qkv: null };
    expect(() => refusal({ ...llama, ...harmless })).toThrow('it was read');
  });

  it.each([
    [
      { model_type: 'mistral', sliding_window: 8, layer_types: ['sliding_attention', 'full_attention'] },
      'layer_types: layers of mistral are alike, found sliding_attention and full_attention',
    ],
    [
      { model_type: 'qwen3', layer_types: ['sliding_attention', 'full_attention'] },
      'layer_types has windows, and use_sliding_window has none',
    ],
    [
      { model_type: 'qwen3', layer_types: ['linear_attention', 'full_attention'] },
      'layer_types: layers linear_attention are not computed',
    ],
    [{ model_type: 'gemma3_text', attn_logit_softcapping: 50 }, 'attn_logit_softcapping: only null is supported'],
    [
      { model_type: 'gemma3_text', rope_parameters: { rope_type: 'default', rope_theta: 1e6 } },
      'rope_parameters: expected the maps full_attention and sliding_attention, found neither',
    ],
    [
      { model_type: 'llama', rope_parameters: { full_attention: { rope_theta: 1e6 } } },
      'rope_parameters: expected one map for all layers, found several',
    ],
    [
      { model_type: 'gemma', hidden_act: 'silu', hidden_activation: 'gelu_pytorch_tanh' },
      'hidden_act and hidden_activation name different activations',
    ],
    [{ model_type: 'phi3', rope_scaling: { type: 'longrope' } }, 'rope type "longrope" is not supported'],
    [{ model_type: 'smollm3', no_rope_layers: [0, 0] }, 'layers all without rope are not computed'],
    [{ model_type: 'smollm3', no_rope_layers: [1] }, 'no_rope_layers: expected a list of 2 times 0 or 1, found [1]'],
  ])('refuses %j', (keys, message) => {
    expect(refusal({ ...llama, head_dim: 4, num_key_value_heads: 4, ...keys }).message).toContain(message);
  });
});
