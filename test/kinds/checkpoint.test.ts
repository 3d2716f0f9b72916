/** A Hugging Face folder as a starting point: what it provides, its identity, its weights, and what is refused. */
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkpoint } from '../../harness/kinds/starts/checkpoint.ts';
import {
  costOf,
  familyOf,
  initParameters,
  readSafetensors,
  writeSafetensors,
  type ModelConfig,
  type StoredTensor,
} from '../../harness/model/index.ts';
import { checkpointModels, checkpointVocabSize, editJson, writeCheckpoint } from '../model/tiny-checkpoints.ts';
import { bumpyParameters, constantsWith } from '../model/tiny-models.ts';

const root = mkdtempSync(path.join(tmpdir(), 'checkpoint-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
const written = (model: ModelConfig, options: Omit<Parameters<typeof writeCheckpoint>[1], 'model'> = {}) =>
  writeCheckpoint(path.join(root, `my-${folders++}`), { model, ...options });
const spec = (folder: string, fields: object = {}) => ({
  kind: 'checkpoint' as const,
  path: folder,
  name: null,
  contextLength: null,
  rewardPooling: null,
  responseEnd: null,
  declared: null,
  ...fields,
});
const modelOf = (folder: string, fields: object = {}): ModelConfig => {
  const provided = checkpoint.provides(spec(folder, fields));
  if (provided === null) throw new Error('a checkpoint provides a model');
  return { ...provided.model, vocabSize: provided.tokenizer.vocabSize };
};
const [qwen2] = checkpointModels as [ModelConfig];
const find = (family: string): ModelConfig => checkpointModels.find((model) => model.family === family) as ModelConfig;

it.each(checkpointModels.map((model) => [model.family, model] as const))(
  '%s provides its model and tokenizer, and its weights',
  async (_, model) => {
    const folder = await written(model);
    expect(checkpoint.rules?.(spec(folder))).toEqual([]);
    expect(checkpoint.provides(spec(folder))?.tokenizer).toEqual({
      kind: 'checkpoint',
      vocabSize: checkpointVocabSize,
    });
    const provided = modelOf(folder);
    expect(provided).toEqual({ ...model, name: path.basename(folder), rewardPooling: 'last' });
    const fresh = initParameters(provided, 3)['score.weight'];
    expect(await checkpoint.parameters(spec(folder), provided, 3)).toEqual({
      ...bumpyParameters(model),
      'score.weight': fresh,
    });
  },
);

it('takes a reward head that is there, and starts one that is missing by the seed', async () => {
  const [withHead, without] = [await written(qwen2, { hasHead: true }), await written(qwen2)];
  const head = async (folder: string, seed: number) =>
    (await checkpoint.parameters(spec(folder), modelOf(folder), seed))['score.weight'];
  expect(await head(withHead, 1)).toEqual(bumpyParameters(qwen2)['score.weight']);
  expect(await head(withHead, 2)).toEqual(await head(withHead, 1));
  expect(await head(without, 2)).not.toEqual(await head(without, 1));
});

it.each(['bfloat16', 'float16'] as const)('computes with weights of %s in float32', async (storage) => {
  const folder = await written(find('llama'), { storage });
  const read = await checkpoint.parameters(spec(folder), modelOf(folder), 1);
  const { 'score.weight': _, ...written32 } = bumpyParameters(find('llama'));
  // 8 significant bits of bfloat16, 11 of float16: half a step of the value, and the least step near 0.
  const step = storage === 'bfloat16' ? 2 ** -8 : 2 ** -11;
  for (const [name, values] of Object.entries(written32)) {
    const errors = values.map((value, i) => Math.abs(value - (read[name]?.[i] ?? NaN)) - step * Math.abs(value));
    expect(Math.max(...errors)).toBeLessThan(2 ** -24);
    expect(read[name]).toBeInstanceOf(Float32Array);
    if (name.endsWith('proj.weight')) expect(read[name]).not.toEqual(values);
  }
});

it('reads weights in shards', async () => {
  const folder = await written(find('gpt-neox'));
  const whole = path.join(folder, 'model.safetensors');
  const { tensors } = await readSafetensors(whole);
  const names = Object.keys(tensors);
  const shards = { 'a.safetensors': names.slice(0, 5), 'b.safetensors': names.slice(5) };
  for (const [file, some] of Object.entries(shards))
    await writeSafetensors(
      path.join(folder, file),
      Object.fromEntries(some.map((name) => [name, tensors[name] as StoredTensor])),
      {},
    );
  const map = Object.entries(shards).flatMap(([file, some]) => some.map((name) => [name, file]));
  writeFileSync(
    path.join(folder, 'model.safetensors.index.json'),
    JSON.stringify({ weight_map: Object.fromEntries(map) }),
  );
  const before = await checkpoint.parameters(spec(folder), modelOf(folder), 1);
  unlinkSync(whole);
  expect(await checkpoint.parameters(spec(folder), modelOf(folder), 1)).toEqual(before);
  expect(checkpoint.rules?.(spec(folder))).toEqual([]);
  renameSync(path.join(folder, 'b.safetensors'), path.join(folder, 'c.safetensors'));
  expect(checkpoint.rules?.(spec(folder))[0]).toMatchObject({
    fields: ['path'],
    found: expect.stringMatching(/of which 1 is not there: b\.safetensors/),
  });
});

it('has the context that is asked for: learned positions are cut to it', async () => {
  const folder = await written(find('gpt2'));
  const model = modelOf(folder, { contextLength: 64 });
  expect(model.contextLength).toBe(64);
  const parameters = await checkpoint.parameters(spec(folder, { contextLength: 64 }), model, 1);
  const all = bumpyParameters(find('gpt2'))['transformer.wpe.weight'] as Float32Array;
  expect(parameters['transformer.wpe.weight']).toEqual(all.slice(0, 64 * model.hiddenSize));
});

it('has at most 1024 tokens of context unless more are asked for', async () => {
  const folder = await written({ ...qwen2, contextLength: 4096 });
  expect([modelOf(folder).contextLength, modelOf(folder, { contextLength: 4096 }).contextLength]).toEqual([1024, 4096]);
});

it('is called as the folder is, as the model of a hub folder is, or as the experiment says', async () => {
  const folder = await written(qwen2);
  const place = path.join(root, 'My_Base (v2)');
  renameSync(folder, place);
  const hub = await writeCheckpoint(path.join(root, 'models--Qwen--Qwen2.5-0.5B', 'snapshots', '06a3c1'), {
    model: qwen2,
  });
  expect([modelOf(place).name, modelOf(hub).name, modelOf(hub, { name: 'base' }).name]).toEqual([
    'my-base-v2',
    'qwen2-5-0-5b',
    'base',
  ]);
});

it('reads rewards as it was trained to, unless the experiment says otherwise', async () => {
  const folder = await written(qwen2);
  editJson(path.join(folder, 'config.json'), (config) => ({ ...config, harness: { rewardPooling: 'mean' } }));
  expect([modelOf(folder).rewardPooling, modelOf(folder, { rewardPooling: 'last' }).rewardPooling]).toEqual([
    'mean',
    'last',
  ]);
});

it('has behind a response what it was trained with, unless the experiment says otherwise', async () => {
  const folder = await written(qwen2);
  const both = () => [null, 'token', 'none'].map((responseEnd) => modelOf(folder, { responseEnd }).responseEnd);
  expect(both()).toEqual([null, null, 'none']);
  editJson(path.join(folder, 'config.json'), (config) => ({ ...config, harness: { responseEnd: 'none' } }));
  expect(both()).toEqual(['none', null, 'none']);
});

it('has a digest of what is read: moving changes nothing, one byte of the weights or the tokenizer does', async () => {
  const folder = await written(qwen2);
  const digest = (place: string): string | null | undefined => checkpoint.digest?.(spec(place));
  const before = digest(folder);
  const moved = path.join(root, 'moved');
  renameSync(folder, moved);
  writeFileSync(path.join(moved, 'README.md'), 'not read');
  expect(digest(moved)).toBe(before);

  const weights = path.join(moved, 'model.safetensors');
  const bytes = readFileSync(weights);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(weights, bytes);
  const changed = digest(moved);
  expect(changed).not.toBe(before);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(weights, bytes);
  expect(digest(moved)).toBe(before);
  appendFileSync(path.join(moved, 'tokenizer.json'), ' ');
  expect(digest(moved)).not.toBe(before);
});

it('completes the configuration of the tokenizer: ends with its end token and never pads with it', async () => {
  const files = checkpoint.tokenizerFiles(spec(await written(qwen2)));
  expect(JSON.parse(files?.config ?? '')).toEqual({
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: { content: '<|begin|>', special: true },
    eos_token: '<|endoftext|>',
    pad_token: 'ÿ',
    padding_side: 'right',
    model_max_length: 640,
  });
});

const damages: readonly (readonly [string, (folder: string) => void, object])[] = [
  [
    'a missing tokenizer, with what is there',
    (folder) => unlinkSync(path.join(folder, 'tokenizer.json')),
    {
      found: expect.stringMatching(/^no tokenizer\.json in .* has config\.json, model\.safetensors, tokenizer_config/),
      suggestion: expect.stringContaining('save_pretrained'),
    },
  ],
  [
    'another architecture, with those that are known',
    (folder) => editJson(path.join(folder, 'config.json'), (config) => ({ ...config, model_type: 'persimmon' })),
    {
      found: expect.stringContaining('unknown architecture "persimmon"'),
      suggestion: expect.stringMatching(/^Architectures that can be read: qwen2, .*gpt_neox/),
    },
  ],
  [
    'weights of another size',
    (folder) => editJson(path.join(folder, 'config.json'), (config) => ({ ...config, intermediate_size: 16 })),
    { found: expect.stringContaining('mlp.gate_proj.weight: expected float [16, 8], found F32 [12, 8]') },
  ],
  [
    'token ids beyond the embeddings',
    (folder) =>
      editJson(path.join(folder, 'tokenizer.json'), (json) => ({
        ...json,
        added_tokens: [
          {
            id: 400,
            content: '<|x|>',
            special: true,
            single_word: false,
            lstrip: false,
            rstrip: false,
            normalized: false,
          },
        ],
      })),
    { found: 'token ids up to 400, and embeddings of 304 tokens' },
  ],
  [
    'no end token anywhere',
    (folder) => {
      editJson(path.join(folder, 'config.json'), (config) => ({ ...config, eos_token_id: null }));
      editJson(path.join(folder, 'tokenizer_config.json'), () => ({}));
    },
    { found: expect.stringContaining('has no end token') },
  ],
];
it.each(damages)('refuses %s', async (_, damage, expected) => {
  const folder = await written(qwen2);
  expect(checkpoint.rules?.(spec(folder))).toEqual([]);
  damage(folder);
  expect(checkpoint.rules?.(spec(folder))).toEqual([expect.objectContaining({ fields: ['path'], ...expected })]);
  expect(() => checkpoint.provides(spec(folder))).toThrow('start.path: expected');
});

it('refuses a folder that is not there, and a context beyond that of the checkpoint', async () => {
  expect(checkpoint.rules?.(spec('/nowhere/at/all'))).toMatchObject([{ found: 'no folder at /nowhere/at/all' }]);
  expect(checkpoint.rules?.(spec(await written(qwen2), { contextLength: 641 }))).toEqual([
    { fields: ['contextLength', 'path'], expected: 'at most 640, the context of the checkpoint', found: '641' },
  ]);
});

it('is trained within the original context where rotary angles depend on the length of a longer row', async () => {
  const ropeScaling = { kind: 'dynamic', factor: 4, originalContextLength: 160 } as const;
  const folder = await written({ ...qwen2, constants: constantsWith({ ropeScaling }) });
  expect(modelOf(folder).contextLength).toBe(160);
  expect(checkpoint.rules?.(spec(folder, { contextLength: 160 }))).toEqual([]);
  expect(checkpoint.rules?.(spec(folder, { contextLength: 161 }))).toEqual([
    {
      fields: ['contextLength', 'path'],
      expected:
        'at most 160, the original context of the checkpoint, ' +
        'in which rotary angles do not depend on the length of each row',
      found: '161',
    },
  ]);
});

describe('declared sizes', () => {
  const { family, hiddenSize, layers, heads, keyValueHeads, intermediateSize, contextLength } = qwen2;
  const { vocabSize, headSize, tieEmbeddings } = qwen2;
  const shape = { hiddenSize, layers, heads, keyValueHeads, intermediateSize, contextLength };
  const declared = { family, ...shape, vocabSize, headSize, tieEmbeddings };

  it('stand for a checkpoint that is not here', () => {
    const planned = spec('/nowhere/my-base', { declared });
    expect(checkpoint.rules?.(planned)).toMatchObject([{ found: 'no folder at /nowhere/my-base', isAbsent: true }]);
    expect(costOf(modelOf('/nowhere/my-base', { declared })).paramsTotal).toBe(costOf(qwen2).paramsTotal);
    expect(checkpoint.templatesDigest?.(planned)).toBeNull();
  });

  it('are asked for where there is neither', () => {
    const [broken] = checkpoint.rules?.(spec('/nowhere/my-base')) ?? [];
    expect(broken).toMatchObject({ suggestion: expect.stringContaining('start.declared') as string });
    expect(broken?.isAbsent).toBeUndefined();
  });

  it('must be those of the checkpoint that is here', async () => {
    const folder = await written(qwen2);
    expect(checkpoint.rules?.(spec(folder, { declared }))).toEqual([]);
    expect(checkpoint.rules?.(spec(folder, { declared: { ...declared, layers: layers + 1 } }))).toEqual([
      { fields: ['declared.layers', 'path'], expected: `${layers}, as the checkpoint has it`, found: `${layers + 1}` },
    ]);
    const untied = { ...declared, tieEmbeddings: !familyOf(qwen2).head.isTied };
    expect(checkpoint.rules?.(spec(folder, { declared: untied }))).toMatchObject([
      { fields: ['declared', 'path'], expected: expect.stringContaining('headSize, tieEmbeddings') as string },
    ]);
  });
});
