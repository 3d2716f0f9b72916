/** Folders as downloads and other tools leave them: what `harness score` says of each, and what to do. */
import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors, type StoredTensor } from '../../harness/model/index.ts';
import { editJson, scoreFixture, type ScoreFixture } from '../score/score-fixture.ts';
import { captured, documentOf, type CapturedRun } from './captured-run.ts';

let fixture: ScoreFixture;
let rows: string;
beforeAll(async () => {
  fixture = await scoreFixture();
  rows = fixture.write('rows.jsonl', [{ prompt: 'What is two plus three?', chosen: 'five', rejected: 'six' }]);
});
afterAll(() => fixture[Symbol.dispose]());

let made = 0;
function copied(): string {
  const folder = path.join(fixture.folder, `broken-${made++}`);
  cpSync(fixture.model, folder, { recursive: true });
  return folder;
}

const weightsOf = (folder: string): string => path.join(folder, 'model.safetensors');
type Tensors = Readonly<Record<string, StoredTensor>>;

async function withTensors(folder: string, change: (tensors: Tensors) => Tensors): Promise<void> {
  const { tensors } = await readSafetensors(weightsOf(folder));
  await writeSafetensors(weightsOf(folder), change(tensors), { format: 'pt' });
}

function renamed(tensors: Tensors, nameOf: (name: string) => string): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [nameOf(name), tensor]));
}

const zeros = (...shape: number[]): StoredTensor => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

/** A file of one tensor of any type. */
function writeOfType(file: string, name: string, dtype: string, bytes: number): void {
  const json = JSON.stringify({ [name]: { dtype, shape: [1, 16], data_offsets: [0, bytes] } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(file, Buffer.concat([length, Buffer.from(json), Buffer.alloc(bytes)]));
}

const score = (folder: string): Promise<CapturedRun> => captured(['score', folder, rows, '--json', '--threads', '1']);

const pointer =
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daa\nsize 3087467144\n';
const page = '<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n';

interface Damage {
  readonly title: string;
  readonly damage: (folder: string) => void | Promise<void>;
  readonly says: string | RegExp;
  readonly hint: string | RegExp;
}

const damages: readonly Damage[] = [
  {
    title: 'a Git LFS pointer as weights',
    damage: (folder) => writeFileSync(weightsOf(folder), pointer),
    says: 'model.safetensors: a Git LFS pointer to a file of 3087467144 bytes, not the file itself',
    hint: /Run `git lfs pull` in .*broken-/,
  },
  {
    title: 'a Git LFS pointer as config.json',
    damage: (folder) => writeFileSync(path.join(folder, 'config.json'), pointer),
    says: 'config.json: a Git LFS pointer',
    hint: 'git lfs pull',
  },
  {
    title: 'a Git LFS pointer as tokenizer.json',
    damage: (folder) => writeFileSync(path.join(folder, 'tokenizer.json'), pointer),
    says: 'tokenizer.json: a Git LFS pointer',
    hint: 'git lfs pull',
  },
  {
    title: 'a web page as weights',
    damage: (folder) => writeFileSync(weightsOf(folder), page),
    says: 'model.safetensors: a web page, not the file itself',
    hint: 'a model that needs a login answers with a page',
  },
  {
    title: 'an empty file',
    damage: (folder) => writeFileSync(weightsOf(folder), ''),
    says: 'model.safetensors: empty',
    hint: 'download it again',
  },
  {
    title: 'a download that was cut off',
    damage: (folder) => truncateSync(weightsOf(folder), readFileSync(weightsOf(folder)).length - 1000),
    says: /model\.safetensors: cut off: expected \d+ bytes of data, found \d+/,
    hint: 'Download it again',
  },
  {
    title: 'a pickle under the name of the weights',
    damage: (folder) => writeFileSync(weightsOf(folder), 'PK\u0003\u0004archive/data.pkl'),
    says: 'model.safetensors: a zip archive: what torch.save writes',
    hint: 'save_pretrained(folder)',
  },
  {
    title: 'pytorch_model.bin only',
    damage: (folder) => {
      rmSync(weightsOf(folder));
      writeFileSync(path.join(folder, 'pytorch_model.bin'), 'PK');
    },
    says: 'but pytorch_model.bin: weights as Python pickles, which are not read (loading one runs code in it)',
    hint: 'save the model again with transformers',
  },
  {
    title: 'a GGUF file only',
    damage: (folder) => {
      for (const name of ['model.safetensors', 'config.json']) rmSync(path.join(folder, name));
      writeFileSync(path.join(folder, 'model-Q4_K_M.gguf'), 'GGUF');
    },
    says: 'it has no config.json, but model-Q4_K_M.gguf: a GGUF file (llama.cpp), which is not read',
    hint: 'Give the folder that it was made from',
  },
  {
    title: 'a tokenizer only',
    damage: (folder) => {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'tokenizer.model'), '');
    },
    says: 'it has no config.json, but only tokenizer.model',
    hint: 'A model folder holds config.json',
  },
  {
    title: 'an adapter without its configuration',
    damage: (folder) => {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'adapter_model.safetensors'), '');
    },
    says: 'it has adapter_model.safetensors but no adapter_config.json',
    hint: 'save the adapter again with peft',
  },
  {
    title: 'a whole model and an adapter in one folder',
    damage: (folder) => writeFileSync(path.join(folder, 'adapter_config.json'), '{"peft_type": "LORA"}'),
    says: 'holds both a whole model (model.safetensors) and an adapter (adapter_config.json): either could be meant',
    hint: 'Move one of them',
  },
  {
    title: 'an index that names shards which are not there',
    damage: (folder) => {
      rmSync(weightsOf(folder));
      const map = Object.fromEntries(
        Array.from({ length: 9 }, (_, i) => [`t${i}`, `model-0000${i}-of-00009.safetensors`]),
      );
      writeFileSync(path.join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
    },
    says: 'names 9 shards, of which 9 are not there: model-00000-of-00009.safetensors, ',
    hint: 'The download is not complete',
  },
  {
    title: 'weights quantized with bitsandbytes',
    damage: (folder) =>
      editJson(path.join(folder, 'config.json'), (config) => ({
        ...config,
        quantization_config: { quant_method: 'bitsandbytes', load_in_4bit: true },
      })),
    says: 'quantization_config: weights quantized with bitsandbytes (4 bits) are not read',
    hint: 'Give the model in bfloat16',
  },
  {
    title: 'GPTQ tensors that config.json does not speak of',
    damage: (folder) =>
      withTensors(folder, (tensors) =>
        renamed(tensors, (name) => (name.includes('mlp') ? name.replace(/weight$/, 'qweight') : name)),
      ),
    says: 'missing 6 of 27 tensors: ',
    hint: 'quantized with GPTQ or AWQ, which is not read',
  },
  {
    title: 'a head in fp8',
    damage: (folder) => headOfType(folder, 'F8_E4M3', 16),
    says: 'score.weight: expected float [1, 16], found F8_E4M3 [1, 16]',
    hint: 'stored in fp8, which is not read',
  },
  {
    title: 'a head in float64',
    damage: (folder) => headOfType(folder, 'F64', 128),
    says: 'score.weight: expected float [1, 16], found F64 [1, 16]',
    hint: 'Save the model again in float32',
  },
  {
    title: 'a head of whole numbers',
    damage: (folder) => headOfType(folder, 'I64', 128),
    says: 'score.weight: expected float [1, 16], found I64 [1, 16]',
    hint: 'Save the model again in float32',
  },
  {
    title: 'embeddings of more rows than config.json says',
    damage: (folder) => editJson(path.join(folder, 'config.json'), (config) => ({ ...config, vocab_size: 256 })),
    says: 'model.embed_tokens.weight: expected float [256, 16], found F32 [270, 16]',
    hint: 'config.json and the weights must come from the same model',
  },
  {
    title: 'all tensors under a name that is not known',
    damage: (folder) => withTensors(folder, (tensors) => renamed(tensors, (name) => `critic.${name}`)),
    says: 'missing 26 of 26 tensors: model.embed_tokens.weight [270, 16], ',
    hint: 'All its tensors are called "critic."',
  },
  {
    title: 'two reward heads',
    damage: (folder) => withTensors(folder, (tensors) => ({ ...tensors, 'v_head.summary.weight': zeros(1, 16) })),
    says: 'has two reward heads, score and v_head: either could be meant',
    hint: 'Leave one of them out',
  },
  {
    title: 'a tensor that is there twice',
    damage: (folder) =>
      withTensors(folder, (tensors) => ({
        ...tensors,
        'module.model.norm.weight': tensors['model.norm.weight'] as StoredTensor,
      })),
    says: 'model.norm.weight and module.model.norm.weight are both model.norm.weight, and only one can be it',
    hint: 'without the copy',
  },
  {
    title: 'a head of several layers',
    damage: (folder) =>
      withTensors(folder, ({ 'score.weight': weight, ...rest }) => ({
        ...rest,
        'score.0.weight': zeros(16, 16),
        'score.2.weight': weight as StoredTensor,
      })),
    says: 'the reward head score has several layers (score.0, score.2)',
    hint: 'Only a linear reward head is computed here',
  },
  {
    title: 'a head of five labels',
    damage: (folder) => withTensors(folder, (tensors) => ({ ...tensors, 'score.weight': zeros(5, 16) })),
    says: 'the head score has 5 labels (reward, LABEL_1, LABEL_2, ...), and a reward is one number',
    hint: 'a head of one label, or of two',
  },
];

/** The reward head alone in a second file, which may have any type. */
async function headOfType(folder: string, dtype: string, bytes: number): Promise<void> {
  await withTensors(folder, (tensors) =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => name !== 'score.weight')),
  );
  writeOfType(path.join(folder, 'value_head.safetensors'), 'score.weight', dtype, bytes);
}

describe('a folder that cannot be scored says why', () => {
  it.each(damages)('$title', async ({ damage, says, hint }) => {
    const folder = copied();
    await damage(folder);
    const run = await score(folder);
    expect(run.stdout).toBe('');
    expect([2, 4]).toContain(run.exitCode);
    const [message = '', advice = ''] = run.stderr.trim().split('\n');
    expect(message).toMatch(says);
    expect(advice).toMatch(hint);
    expect(run.stderr.length).toBeLessThan(900);
  });
});

describe('a folder that looks odd is scored all the same', () => {
  let expected: unknown;
  beforeAll(async () => {
    expected = documentOf(await score(fixture.model))['rows'];
  });

  it.each([
    ['all tensors under module.', (name: string) => `module.${name}`],
    ['torch.compile around FSDP', (name: string) => `_orig_mod._fsdp_wrapped_module.${name}`],
    ['wrappers within', (name: string) => name.replace('.mlp.', '._fsdp_wrapped_module.mlp._orig_mod.')],
    ['peft and trl around it', (name: string) => `pretrained_model.base_model.model.${name}`],
    ['a bare model', (name: string) => name.replace(/^model\./, '')],
    ['a value_head', (name: string) => name.replace(/^score\./, 'value_head.')],
    ['a v_head.summary within a backbone', (name: string) => `backbone.${name.replace(/^score\./, 'v_head.summary.')}`],
    ['a head in a Sequential', (name: string) => name.replace(/^score\./, 'score.0.')],
  ])('%s', async (_, nameOf) => {
    const folder = copied();
    await withTensors(folder, (tensors) => renamed(tensors, nameOf));
    expect(documentOf(await score(folder))['rows']).toEqual(expected);
  });

  it('an LM head of another number of rows, which no reward reads and generating refuses', async () => {
    const folder = copied();
    await withTensors(folder, (tensors) => ({ ...tensors, 'lm_head.weight': zeros(104, 16) }));
    expect(documentOf(await score(folder))['rows']).toEqual(expected);
    const prompts = fixture.write('prompts.jsonl', [{ prompt: 'two plus' }]);
    expect(await captured(['generate', folder, prompts])).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining(
        'its LM head does not fit: lm_head.weight: expected float [270, 16], found F32 [104, 16]',
      ) as string,
    });
  });

  it('two labels: their difference is the reward, and this is said', async () => {
    const folder = copied();
    await withTensors(folder, (tensors) => {
      const { data } = tensors['score.weight'] as StoredTensor;
      const both = Float32Array.from([...data.map((value) => -value), ...data]);
      return { ...tensors, 'score.weight': { shape: [2, 16], data: both } };
    });
    editJson(path.join(folder, 'config.json'), (config) => ({ ...config, id2label: { 0: 'bad', 1: 'good' } }));
    const run = await captured(['score', folder, rows, '--threads', '1']);
    expect(run.stdout).toContain('a reward is the logit of good (label 1) minus the logit of bad (label 0)');
    const [single] = expected as { rewardChosen: number }[];
    const [doubled] = documentOf(await score(folder))['rows'] as { rewardChosen: number }[];
    expect(doubled?.rewardChosen).toBeCloseTo(2 * (single?.rewardChosen ?? NaN), 5);
  });
});
