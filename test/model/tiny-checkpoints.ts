/** Hugging Face folders of every family, as `transformers` writes them: small models with tokenizers of their own. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { trainBpe } from '../../harness/data/index.ts';
import {
  readSafetensors,
  saveModelFolder,
  writeSafetensors,
  type ModelConfig,
  type StoredFloat,
} from '../../harness/model/index.ts';
import { bumpyParameters, constantsWith, tinyFamilies } from './tiny-models.ts';

export const beginToken = '<|begin|>';
export const endToken = '<|endoftext|>';
export const sentences = [
  'look up the key and give its value',
  'function add(a, b) { return a + b; }',
  'x = 12; y = 7;',
];
/** Special tokens first: begin 0, end 1. A few embeddings more than tokens, as checkpoints often have. */
export const tokens = 300;
export const checkpointVocabSize = tokens + 4;

/** Each family once, with a context for real pairs. */
export const checkpointModels: readonly ModelConfig[] = ['qwen2', 'llama', 'gemma2', 'gpt2', 'gpt-neox'].map(
  (family) => {
    const tiny = tinyFamilies.find((model) => model.family === family) as ModelConfig;
    const constants = family === 'gemma2' ? constantsWith({ ...tiny.constants, slidingWindow: 1024 }) : tiny.constants;
    return { ...tiny, name: family, contextLength: 640, vocabSize: checkpointVocabSize, constants };
  },
);

export interface CheckpointOptions {
  readonly model: ModelConfig;
  /** Whether the reward head is there, as in a reward model from elsewhere. */
  readonly hasHead?: boolean;
  readonly storage?: StoredFloat;
  /** Whether its post-processor puts a token before every text, as that of llama and gemma does. */
  readonly begins?: boolean;
}

/** The folder, made. */
export async function writeCheckpoint(folder: string, options: CheckpointOptions): Promise<string> {
  const { model, hasHead = false, storage = 'float32', begins = false } = options;
  mkdirSync(folder, { recursive: true });
  const special = { pad: null, begin: 0, end: 1 };
  await saveModelFolder(folder, { model, parameters: bumpyParameters(model), storage, specialTokens: special });
  editJson(path.join(folder, 'config.json'), (config) => ({ ...config, harness: undefined }));
  if (!hasHead) await removeTensor(path.join(folder, 'model.safetensors'), 'score.weight', storage);
  writeJson(path.join(folder, 'tokenizer.json'), foreignTokenizer(begins));
  writeJson(path.join(folder, 'tokenizer_config.json'), {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: { content: beginToken, special: true },
    eos_token: endToken,
    pad_token: endToken,
    model_max_length: 640,
  });
  return folder;
}

export function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value));
}

export function editJson(file: string, edit: (json: Record<string, unknown>) => unknown): void {
  writeJson(file, edit(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>));
}

async function removeTensor(file: string, name: string, storage: StoredFloat): Promise<void> {
  const { tensors } = await readSafetensors(file);
  const kept = Object.fromEntries(Object.entries(tensors).filter(([one]) => one !== name));
  await writeSafetensors(file, kept, { format: 'pt' }, storage);
}

/** A byte-level BPE as GPT-2's: cut by the library's own pattern, not by ours. */
export function foreignTokenizer(begins: boolean): object {
  const { model, decoder, ...rest } = trainBpe(sentences, { vocabSize: tokens - 1 });
  const learned = Object.keys(model.vocab).filter((token) => token !== '<|end|>');
  const vocab = Object.fromEntries([beginToken, endToken, ...learned].map((token, id) => [token, id]));
  const added = [beginToken, endToken].map((content, id) => ({ ...rest.added_tokens[0], id, content }));
  return {
    ...rest,
    added_tokens: added,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: begins ? beginProcessor : null,
    decoder,
    model: { ...model, vocab },
  };
}

const beginProcessor = {
  type: 'TemplateProcessing',
  single: [{ SpecialToken: { id: beginToken, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
  special_tokens: { [beginToken]: { id: beginToken, ids: [0], tokens: [beginToken] } },
};
