import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { familyNamed } from '../../harness/families/index.ts';
import {
  initParameters,
  loadModelFolder,
  modelFiles,
  readSafetensors,
  saveModelFolder,
  writeSafetensors,
  type StoredTensor,
  type ModelConfig,
} from '../../harness/model/index.ts';
import { bumpyParameters, tinyFamilies, titled, vocabSize } from './tiny-models.ts';

let root = '';
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'model-folder-'));
});
afterAll(() => rm(root, { recursive: true }));

async function saved(model: ModelConfig): Promise<{ folder: string; parameters: ReturnType<typeof bumpyParameters> }> {
  const folder = join(root, String(folders++));
  const parameters = bumpyParameters(model);
  await saveModelFolder(folder, { model, parameters });
  return { folder, parameters };
}

/** Rewrites the weights of a folder. */
async function withTensors(
  folder: string,
  change: (tensors: Readonly<Record<string, StoredTensor>>) => Readonly<Record<string, StoredTensor>>,
): Promise<void> {
  const { tensors } = await readSafetensors(join(folder, modelFiles.weights));
  await writeSafetensors(join(folder, modelFiles.weights), change(tensors), {});
}

function without(
  tensors: Readonly<Record<string, StoredTensor>>,
  ...names: readonly string[]
): Record<string, StoredTensor> {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => !names.includes(name)));
}

const zeros = (...shape: number[]): StoredTensor => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});
const baseName = (model: ModelConfig): string => familyNamed(model.family).dialect.basePrefix;
const headOf = (model: ModelConfig): string => (model.family === 'gpt-neox' ? 'embed_out.weight' : 'lm_head.weight');

it('keeps that nothing stands behind a response, and writes nothing where an end token does', async () => {
  const [tiny] = tinyFamilies as [ModelConfig];
  const { folder } = await saved({ ...tiny, responseEnd: 'none' });
  expect((await loadModelFolder(folder)).model.responseEnd).toBe('none');
  const config = await readFile(join(folder, modelFiles.config), 'utf8');
  await writeFile(join(folder, modelFiles.config), config.replace('"responseEnd": "none"', '"responseEnd": "token"'));
  await expect(loadModelFolder(folder)).rejects.toThrow('harness.responseEnd: expected none, found "token"');
  const plain = await saved(tiny);
  expect(await readFile(join(plain.folder, modelFiles.config), 'utf8')).not.toContain('responseEnd');
});

describe.each(tinyFamilies.map(titled))('model folder of $title', ({ model }) => {
  it('comes back bit for bit, constants included', async () => {
    const { folder, parameters } = await saved(model);
    expect(await loadModelFolder(folder)).toEqual({
      model,
      parameters,
      missingHeads: [],
      unusableHead: null,
      notes: [],
      specialTokens: { pad: null, begin: null, end: null },
    });
  });

  it('is read from shards, from 16-bit files and without the base prefix', async () => {
    const { folder, parameters } = await saved(model);
    const { tensors } = await readSafetensors(join(folder, modelFiles.weights));
    const sharded = join(root, String(folders++));
    await mkdir(sharded);
    const names = Object.keys(tensors);
    const half = names.length >> 1;
    const pick = (some: readonly string[]): Record<string, StoredTensor> =>
      Object.fromEntries(some.map((name) => [name.replace(baseName(model), ''), tensors[name] as StoredTensor]));
    await writeSafetensors(join(sharded, 'a.safetensors'), pick(names.slice(0, half)), {});
    await writeSafetensors(join(sharded, 'b.safetensors'), pick(names.slice(half)), {});
    const shardOf = names.map((name, index) => [
      name.replace(baseName(model), ''),
      index < half ? 'a.safetensors' : 'b.safetensors',
    ]);
    await writeFile(
      join(sharded, 'model.safetensors.index.json'),
      JSON.stringify({ weight_map: Object.fromEntries(shardOf) }),
    );
    await writeFile(join(sharded, 'config.json'), await readFile(join(folder, 'config.json')));
    expect((await loadModelFolder(sharded)).parameters).toEqual(parameters);

    const narrow = join(root, String(folders++));
    await saveModelFolder(narrow, { model, parameters, storage: 'bfloat16' });
    for (const [name, values] of Object.entries((await loadModelFolder(narrow)).parameters)) {
      // bfloat16 keeps 8 significant bits: half a step is at most 2^-8 of the value.
      for (const [i, value] of values.entries())
        expect(Math.abs(value - (parameters[name]?.[i] ?? NaN))).toBeLessThanOrEqual(2 ** -8 * Math.abs(value));
    }
  });

  it('ignores the buffers that checkpoints carry, whatever their type', async () => {
    const { folder, parameters } = await saved(model);
    const others: Readonly<Record<string, string>> = {
      qwen2: 'model.layers.0.self_attn.rotary_emb.inv_freq',
      gpt2: 'transformer.h.1.attn.masked_bias',
      'gpt-neox': 'gpt_neox.layers.0.attention.bias',
    };
    const junk = others[model.family] ?? 'model.rotary_emb.inv_freq';
    await withTensors(folder, (tensors) => ({ ...tensors, [junk]: { shape: [3], data: Int32Array.of(1, 2, 3) } }));
    expect((await loadModelFolder(folder)).parameters).toEqual(parameters);
  });

  it('names every missing, extra and misshapen tensor at once', async () => {
    const { folder } = await saved(model);
    const norm = Object.keys(bumpyParameters(model)).find((name) => name.includes('.1.')) ?? '';
    await withTensors(folder, (all) => {
      const tensors = without(all, 'score.weight', norm);
      const [first] = Object.keys(tensors) as [string];
      return { ...tensors, [first]: zeros(1), [`${baseName(model)}extra.weight`]: zeros(2) };
    });
    const { message, exitCode } = (await loadModelFolder(folder).catch((error: unknown) => error)) as {
      message: string;
      exitCode: number;
    };
    expect(exitCode).toBe(4);
    expect(message).toContain('expected float [13, 8], found F32 [1]');
    expect(message).toContain(`missing ${norm} [`);
    expect(message).toContain('score.weight [1, 8];');
    expect(message).toContain(`unknown ${baseName(model)}extra.weight`);
  });

  it('opens a language model and says that the reward head is missing, or starts one', async () => {
    const { folder, parameters } = await saved(model);
    await withTensors(folder, (tensors) => ({
      ...without(tensors, 'score.weight'),
      [headOf(model)]: tensors[headOf(model)] ?? zeros(13, 8),
    }));
    await expect(loadModelFolder(folder)).rejects.toThrow('missing score.weight [1, 8]');
    const rest = Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== 'score.weight'));
    const left = await loadModelFolder(folder, { missingHeads: 'leaveOut' });
    expect([left.parameters, left.missingHeads]).toEqual([rest, ['score.weight']]);
    const started = await loadModelFolder(folder, { missingHeads: { seed: 5 } });
    expect(started.parameters['score.weight']).toEqual(initParameters(model, 5)['score.weight']);
    expect(Object.keys(started.parameters)).toEqual(Object.keys(parameters));
  });
});

describe('model folders of others', () => {
  const [qwen2] = tinyFamilies as readonly [ModelConfig];
  const neox = tinyFamilies.find(({ family }) => family === 'gpt-neox') as ModelConfig;

  it('opens a reward model without the LM head it never had', async () => {
    const { folder } = await saved(neox);
    await withTensors(folder, (tensors) => without(tensors, 'embed_out.weight'));
    await expect(loadModelFolder(folder)).rejects.toThrow('missing embed_out.weight [13, 8]');
    expect((await loadModelFolder(folder, { missingHeads: 'leaveOut' })).missingHeads).toEqual(['embed_out.weight']);
  });

  it('refuses a tied head of another shape, unless no head is needed', async () => {
    const { folder } = await saved(qwen2);
    await withTensors(folder, (tensors) => ({ ...tensors, 'lm_head.weight': zeros(12, 8) }));
    const problem = 'lm_head.weight: expected float [13, 8], found F32 [12, 8]';
    await expect(loadModelFolder(folder)).rejects.toThrow(problem);
    const { missingHeads, unusableHead } = await loadModelFolder(folder, { missingHeads: 'leaveOut' });
    expect([missingHeads, unusableHead]).toEqual([[], problem]);
  });

  it('names what an index promises and its shards do not hold', async () => {
    const { folder } = await saved(qwen2);
    await writeFile(join(folder, 'part.safetensors'), await readFile(join(folder, modelFiles.weights)));
    await rm(join(folder, modelFiles.weights));
    await writeFile(
      join(folder, 'model.safetensors.index.json'),
      JSON.stringify({
        weight_map: { 'model.norm.weight': 'part.safetensors', 'model.norm.bias': 'part.safetensors' },
      }),
    );
    await expect(loadModelFolder(folder)).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('model.norm.bias is not in part.safetensors'),
    });
    await writeFile(
      join(folder, 'model.safetensors.index.json'),
      JSON.stringify({ weight_map: { 'model.norm.weight': 'gone.safetensors' } }),
    );
    await expect(loadModelFolder(folder)).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('of which 1 is not there: gone.safetensors'),
    });
  });

  it('says which files a folder without weights should have', async () => {
    const { folder } = await saved(qwen2);
    await rm(join(folder, modelFiles.weights));
    await expect(loadModelFolder(folder)).rejects.toMatchObject({
      exitCode: 4,
      message: `${folder}: has neither model.safetensors nor model.safetensors.index.json, but only config.json`,
      hint: 'Download the weights, too.',
    });
  });

  it('lowers the context length of a model with rotary positions when asked', async () => {
    const { folder } = await saved(qwen2);
    expect((await loadModelFolder(folder, { maxContextLength: 7 })).model.contextLength).toBe(7);
    const gpt2 = await saved(tinyFamilies[1] as ModelConfig);
    expect((await loadModelFolder(gpt2.folder, { maxContextLength: 7 })).model.contextLength).toBe(16);
  });
});

describe('saving', () => {
  const [qwen2, gpt2] = tinyFamilies as readonly [ModelConfig, ModelConfig];
  const config = async (folder: string): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;

  it('says what AutoModelForSequenceClassification asks for', async () => {
    const classes = await Promise.all(
      tinyFamilies.map(async (model) => (await config((await saved(model)).folder))['architectures']),
    );
    expect(classes.flat()).toEqual(
      'Qwen2 GPT2 Llama Gemma2 GPTNeoX Qwen3 Mistral Gemma Gemma3Text Phi3 Olmo2 Olmo3 SmolLM3 GPTNeoX'
        .split(' ')
        .map((name) => `${name}ForSequenceClassification`),
    );
    expect(await config((await saved(gpt2)).folder)).toMatchObject({
      model_type: 'gpt2',
      num_labels: 1,
      id2label: { 0: 'reward' },
      vocab_size: vocabSize,
      n_embd: 8,
      n_inner: 12,
      activation_function: 'gelu_new',
      tie_word_embeddings: true,
      torch_dtype: 'float32',
    });
  });

  it('writes floats as floats: Python reads 30 as an integer', async () => {
    const text = await readFile(join((await saved(tinyFamilies[3] as ModelConfig)).folder, 'config.json'), 'utf8');
    expect(text).toContain('"final_logit_softcapping": 30.0,');
    expect(text).toContain('"rope_theta": 10000.0,');
    expect(text).toContain('"query_pre_attn_scalar": 3,');
    expect(text).toContain('"head_dim": 4,');
  });

  it('pads with a byte that no text holds, never with the token at which rewards are read', async () => {
    const tokenizer = join(root, 'tokenizer.json');
    await writeFile(tokenizer, JSON.stringify({ model: { vocab: { '<|end|>': 0, a: 1, ÿ: 12 } } }));
    const folder = join(root, String(folders++));
    const files = await saveModelFolder(folder, {
      model: qwen2,
      parameters: bumpyParameters(qwen2),
      tokenizerJsonPath: tokenizer,
    });
    expect(files).toEqual(['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']);
    expect(await config(folder)).toMatchObject({ pad_token_id: 12, eos_token_id: 0, bos_token_id: null });
    expect(JSON.parse(await readFile(join(folder, 'tokenizer_config.json'), 'utf8'))).toMatchObject({
      tokenizer_class: 'PreTrainedTokenizerFast',
      pad_token: 'ÿ',
      eos_token: '<|end|>',
      padding_side: 'right',
      model_max_length: 16,
    });
    expect((await loadModelFolder(folder)).specialTokens).toEqual({ pad: 12, begin: null, end: 0 });
  });

  it('keeps the configuration that comes with a tokenizer', async () => {
    const [source, folder] = [join(root, String(folders++)), join(root, String(folders++))];
    await mkdir(source);
    await writeFile(join(source, 'tokenizer.json'), JSON.stringify({ model: { vocab: { a: 0, ÿ: 1 } } }));
    await writeFile(join(source, 'tokenizer_config.json'), '{"pad_token": "<pad>"}');
    await saveModelFolder(folder, {
      model: qwen2,
      parameters: bumpyParameters(qwen2),
      tokenizerJsonPath: join(source, 'tokenizer.json'),
    });
    expect(await readFile(join(folder, 'tokenizer_config.json'), 'utf8')).toBe('{"pad_token": "<pad>"}');
    expect((await loadModelFolder(folder)).specialTokens).toEqual({ pad: null, begin: null, end: null });
  });

  it('keeps the special tokens of a model that came from elsewhere', async () => {
    const folder = join(root, String(folders++));
    await saveModelFolder(folder, {
      model: qwen2,
      parameters: bumpyParameters(qwen2),
      specialTokens: { pad: 3, begin: 1, end: 2 },
    });
    expect((await loadModelFolder(folder)).specialTokens).toEqual({ pad: 3, begin: 1, end: 2 });
  });
});
