/** ModelSpec <-> `config.json` as `transformers` writes it, plus a `harness` object for the two facts it has no word for. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { UserError } from '../spec/user-error.ts';
import { familyOf } from './family.ts';
import { families } from './families.ts';

const harnessSchema = z.object({ name: z.string(), rewardPooling: z.enum(['last', 'mean']), initStandardDeviation: z.number() });

/** A configuration written by us has `harness`; one from elsewhere gets last-token pooling, which is what `transformers` computes. */
const configSchema = z.discriminatedUnion('model_type', [
  z.object({
    model_type: z.literal('qwen2'), vocab_size: z.number(), hidden_size: z.number(), num_hidden_layers: z.number(), num_attention_heads: z.number(), num_key_value_heads: z.number(),
    intermediate_size: z.number(), max_position_embeddings: z.number(), rope_theta: z.number(), rms_norm_eps: z.number(), tie_word_embeddings: z.boolean(), initializer_range: z.number(), harness: harnessSchema.optional(),
  }),
  z.object({
    model_type: z.literal('gpt2'), vocab_size: z.number(), n_embd: z.number(), n_layer: z.number(), n_head: z.number(), n_inner: z.number().nullable(), n_positions: z.number(),
    layer_norm_epsilon: z.number(), initializer_range: z.number(), harness: harnessSchema.optional(),
  }),
]);

export function huggingFaceConfig(model: ModelSpec, vocabSize: number): Record<string, unknown> {
  const { norm, position } = familyOf(model);
  const shared = {
    model_type: model.family,
    num_labels: 1,
    id2label: { 0: 'reward' },
    label2id: { reward: 0 },
    vocab_size: vocabSize,
    tie_word_embeddings: familyOf(model).head.isTied,
    torch_dtype: 'float32',
    initializer_range: model.initStandardDeviation,
    harness: { name: model.name, rewardPooling: model.rewardPooling, initStandardDeviation: model.initStandardDeviation },
  };
  if (model.family === 'gpt2') {
    return {
      architectures: ['GPT2ForSequenceClassification'], ...shared, n_embd: model.hiddenSize, n_layer: model.layers, n_head: model.heads, n_inner: model.intermediateSize,
      n_positions: model.contextLength, activation_function: 'gelu_new', layer_norm_epsilon: norm.epsilon,
    };
  }
  return {
    architectures: ['Qwen2ForSequenceClassification'], ...shared, hidden_size: model.hiddenSize, num_hidden_layers: model.layers, num_attention_heads: model.heads, num_key_value_heads: model.keyValueHeads,
    intermediate_size: model.intermediateSize, max_position_embeddings: model.contextLength, hidden_act: 'silu', rms_norm_eps: norm.epsilon,
    rope_theta: position.kind === 'rope' ? position.theta : null, use_sliding_window: false,
  };
}

/** Throws UserError (exit 4) where the file is missing or not a configuration of a family we have, with the same constants. */
export async function readHuggingFaceConfig(path: string): Promise<{ model: ModelSpec; vocabSize: number }> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`${path}: cannot be read`, { exitCode: 4, hint: 'A model folder holds config.json and model.safetensors.', cause });
  });
  const parsed = configSchema.safeParse(parseJson(path, text));
  if (!parsed.success) throw new UserError(`${path}: ${z.prettifyError(parsed.error)}`, { exitCode: 4, hint: `Families that can be read: ${Object.keys(families).join(', ')}.` });
  const config = parsed.data;
  const shared = {
    name: config.harness?.name ?? config.model_type,
    rewardPooling: config.harness?.rewardPooling ?? 'last',
    initStandardDeviation: config.harness?.initStandardDeviation ?? config.initializer_range,
    headSize: null, tieEmbeddings: null, constants: null,
  } as const;
  if (config.model_type === 'gpt2') {
    requireConstant(path, 'layer_norm_epsilon', families.gpt2.norm.epsilon, config.layer_norm_epsilon);
    const { n_embd: hiddenSize, n_layer: layers, n_head: heads, n_positions: contextLength } = config;
    return { model: { ...shared, family: 'gpt2', hiddenSize, layers, heads, keyValueHeads: heads, intermediateSize: config.n_inner ?? 4 * hiddenSize, contextLength }, vocabSize: config.vocab_size };
  }
  const { norm, position } = families.qwen2;
  requireConstant(path, 'rms_norm_eps', norm.epsilon, config.rms_norm_eps);
  requireConstant(path, 'rope_theta', position.kind === 'rope' ? position.theta : 0, config.rope_theta);
  const { hidden_size: hiddenSize, num_hidden_layers: layers, num_attention_heads: heads, num_key_value_heads: keyValueHeads, intermediate_size: intermediateSize } = config;
  return { model: { ...shared, family: 'qwen2', hiddenSize, layers, heads, keyValueHeads, intermediateSize, contextLength: config.max_position_embeddings }, vocabSize: config.vocab_size };
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${path}: is not JSON`, { exitCode: 4, hint: 'The file is damaged: run the stage that writes it again.', cause });
  }
}

/** The compiled decoder has these constants built in; another value would give wrong rewards without a word. */
function requireConstant(path: string, key: string, expected: number, found: number): void {
  if (found !== expected) throw new UserError(`${path}: ${key} is ${found}, but only ${expected} is supported`, { exitCode: 4, hint: 'Convert the model, or add a family with this constant.' });
}
