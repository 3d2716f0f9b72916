/** Adapters that are not merged, and why: each names the field or the tensor. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadModelFolder, readSafetensors, writeSafetensors, type StoredTensor } from '../../harness/model/index.ts';
import { UserError } from '../../harness/spec/index.ts';

const fixtures = fileURLToPath(new URL('fixtures/heads', import.meta.url));
const root = mkdtempSync(path.join(tmpdir(), 'adapters-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let made = 0;
/** The adapter of a fixture beside its base. */
function copied(name = 'qwen2-adapter', base = 'qwen2-base'): string {
  const place = path.join(root, String(made++));
  for (const part of [name, base]) cpSync(path.join(fixtures, part), path.join(place, part), { recursive: true });
  return path.join(place, name);
}

function configured(changes: object, folder = copied()): string {
  const file = path.join(folder, 'adapter_config.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...changes }));
  return folder;
}

type Tensors = Readonly<Record<string, StoredTensor>>;
async function withTensors(change: (tensors: Tensors) => Tensors): Promise<string> {
  const folder = copied();
  const file = path.join(folder, 'adapter_model.safetensors');
  await writeSafetensors(file, change((await readSafetensors(file)).tensors), {});
  return folder;
}

async function refusal(folder: string): Promise<{ readonly message: string; readonly hint: string | null }> {
  const error: unknown = await loadModelFolder(folder, { missingHeads: 'leaveOut' }).catch((cause: unknown) => cause);
  if (error instanceof UserError) return error;
  throw new Error('it was loaded');
}

describe('what adapter_config.json switches on and is not computed', () => {
  it.each([
    [{ use_dora: true }, 'use_dora: DoRA is not computed here'],
    [{ peft_type: 'IA3' }, 'peft_type: a "IA3" adapter, and only LORA is computed here'],
    [{ init_lora_weights: 'pissa' }, 'init_lora_weights: "pissa" changes the weights of the base'],
    [{ layer_replication: [[0, 2]] }, 'layer_replication: [[0,2]] is not computed here'],
    [{ trainable_token_indices: [3] }, 'trainable_token_indices: [3] is not computed here'],
    [{ a_new_idea: 0.5 }, 'a_new_idea: 0.5 is not computed here'],
  ])('%j', async (change, message) => {
    expect((await refusal(configured(change))).message).toContain(message);
  });

  it('all of them at once, with how to merge elsewhere', async () => {
    const { message, hint } = await refusal(configured({ use_dora: true, use_qalora: true }));
    expect(message).toMatch(/use_dora: .*; use_qalora: true/);
    expect(hint).toContain('merge_and_unload()');
  });
});

describe('the base', () => {
  it('is told how to be had where it is the id of a model on the hub', async () => {
    const { message, hint } = await refusal(configured({ base_model_name_or_path: 'Qwen/Qwen2.5-0.5B' }));
    expect(message).toContain('the base model is Qwen/Qwen2.5-0.5B, which is no folder here and is not downloaded');
    expect(hint).toMatch(/`hf download Qwen\/Qwen2.5-0.5B --local-dir .*\/base`/);
  });

  it('is taken from a link or folder called base in the adapter folder', async () => {
    const folder = copied();
    const expected = await loadModelFolder(folder);
    symlinkSync(path.join(path.dirname(folder), 'qwen2-base'), path.join(folder, 'base'));
    for (const named of ['Qwen/Qwen2.5-0.5B', null, 'base'])
      expect(await loadModelFolder(configured({ base_model_name_or_path: named }, folder))).toEqual(expected);
  });

  it('may be named by an absolute path', async () => {
    const folder = copied();
    const place = path.join(root, 'elsewhere');
    renameSync(path.join(path.dirname(folder), 'qwen2-base'), place);
    expect((await refusal(folder)).message).toContain('the base model is ../qwen2-base, and there is no such folder');
    const { model } = await loadModelFolder(configured({ base_model_name_or_path: place }, folder));
    expect(model.family).toBe('qwen2');
  });

  it('must be a model, not an adapter, and the one that was adapted', async () => {
    const folder = copied();
    mkdirSync(path.join(folder, 'base'));
    expect((await refusal(configured({ base_model_name_or_path: null }, folder))).message).toContain(
      'no model folder: it has no config.json, but no files',
    );
    writeFileSync(path.join(folder, 'base', 'adapter_config.json'), '{}');
    expect((await refusal(folder)).message).toContain('is an adapter itself, and only one is merged');
    const other = configured({ base_model_name_or_path: path.join(fixtures, 'gpt2-base') });
    expect((await refusal(other)).message).toMatch(/adapts .*q_proj\.weight and 1 more, which its base does not have/);
  });
});

describe('the tensors', () => {
  const named = 'base_model.model.model.layers.0.self_attn.q_proj';

  it('must have both halves of a product, in the sizes of the base and of the rank', async () => {
    const half = await withTensors((tensors) =>
      Object.fromEntries(Object.entries(tensors).filter(([name]) => name !== `${named}.lora_B.weight`)),
    );
    expect((await refusal(half)).message).toContain(
      'has only one of lora_A and lora_B of model.layers.0.self_attn.q_proj.weight',
    );
    const wide = await withTensors((tensors) => ({
      ...tensors,
      [`${named}.lora_A.weight`]: { shape: [2, 9], data: new Float32Array(18) },
    }));
    expect((await refusal(wide)).message).toContain(
      `${named}.lora_A.weight is [2, 9], and model.layers.0.self_attn.q_proj.weight of its base needs [2, 8]`,
    );
    expect((await refusal(configured({ r: 4 }))).message).toContain(
      'the rank of model.layers.0.self_attn.q_proj is 4, its tensors have rank 2',
    );
  });

  it('must belong to something', async () => {
    const extra = await withTensors((tensors) => ({
      ...tensors,
      'x.weight': { shape: [1], data: new Float32Array(1) },
    }));
    expect((await refusal(extra)).message).toContain('unknown x.weight');
  });

  it('may not split a tied head from its embedding', async () => {
    const folder = await withTensors((tensors) => ({
      ...Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.includes('score'))),
      'base_model.model.lm_head.weight': { shape: [11, 8], data: new Float32Array(88) },
    }));
    const base = path.join(path.dirname(folder), 'qwen2-base', 'config.json');
    writeFileSync(
      base,
      readFileSync(base, 'utf8').replace('"tie_word_embeddings": false', '"tie_word_embeddings": true'),
    );
    expect((await refusal(folder)).message).toMatch(
      /adapts lm_head\.weight, but the LM head of its base is the embedding/,
    );
  });
});

it('reads products under the name of their adapter, as old versions of peft and checkpoints of trainers have them', async () => {
  const folder = await withTensors((tensors) =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, tensor]) => [
        name
          .replace(/(lora_[AB])\.weight/, '$1.default.weight')
          .replace('model.score.weight', 'model.score.modules_to_save.default.weight'),
        tensor,
      ]),
    ),
  );
  expect(await loadModelFolder(folder)).toEqual(await loadModelFolder(copied()));
});
