/** LoRA runs leave adapters that give the same rewards; adapters and heads of others are starting points. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModelFolder, readSafetensors, writeSafetensors, type ModelConfig } from '../../harness/model/index.ts';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { checkpointModels, writeCheckpoint, writeJson } from '../model/tiny-checkpoints.ts';
import { pythonWith } from '../python.ts';

let folder: string;
const modelOf = (family: string): ModelConfig =>
  checkpointModels.find((model) => model.family === family) as ModelConfig;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'harness-adapters-'));
  for (const family of ['qwen2', 'gpt2'])
    await writeCheckpoint(path.join(folder, 'models', family), { model: modelOf(family), hasHead: family === 'qwen2' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const harness = (results: string, argv: readonly string[]): Promise<CapturedRun> =>
  captured(argv, { HARNESS_RESULTS: path.join(folder, results), HARNESS_CACHE: path.join(folder, 'cache') });

const task = 'kind: generated, name: lookup, family: lookup, difficulty: 1, trainPairs: 32, devPairs: 8, testPairs: 8';

async function sweep(name: string, sections: string): Promise<readonly string[]> {
  const file = path.join(folder, `${name}.yaml`);
  writeFileSync(
    file,
    `formatVersion: 1
name: ${name}
question: What does a finetuning of adapters leave?
seeds: [1]
task: {${task}, testQuestions: 2, candidates: 2}
pretrain: null
finetune:
  objective: {lmWeight: 0.5}
  samples: 8
  steps: 4
  pairsPerStep: 4
  trainable: {kind: lora, rank: 2, alpha: 3}
  optimizer: {kind: adamw, learningRate: 1e-2}
  schedule: {kind: cosine, warmup: {steps: 1}}
evaluate: {bestOf: [1, 2]}
execution: {workers: 1, threads: 1}
${sections}`,
  );
  const run = await harness(name, ['sweep', file, '--json']);
  expect(run.stderr).not.toContain('failed');
  expect(run.exitCode).toBe(0);
  const store = path.join(folder, name, 'store');
  return readdirSync(store)
    .filter((id) => id.startsWith('finetune-'))
    .map((id) => path.join(store, id));
}

const rows = [
  { prompt: 'a=1;b=2;\nb=', chosen: '2', rejected: '1' },
  { prompt: 'x = 12; y = 7;', chosen: '12', rejected: 'seven' },
];
async function rewardsOf(model: string): Promise<unknown> {
  const file = path.join(folder, 'rows.jsonl');
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const run = await harness('score', ['score', model, file, '--json', '--threads', '1']);
  expect(run.stderr).toBe('');
  return documentOf(run)['rows'];
}

const baseNamed = (adapter: string): unknown =>
  (JSON.parse(readFileSync(path.join(adapter, 'adapter_config.json'), 'utf8')) as Record<string, unknown>)[
    'base_model_name_or_path'
  ];

describe('a LoRA finetuning', () => {
  it('leaves an adapter of the checkpoint that gives its rewards, bit for bit', async () => {
    const [stage] = (await sweep('plain', 'start: {kind: checkpoint, path: models/qwen2}\n')) as [string];
    const adapter = path.join(stage, 'adapter');
    expect(path.resolve(adapter, String(baseNamed(adapter)))).toBe(path.join(folder, 'models', 'qwen2'));
    expect(readdirSync(adapter)).not.toContain('base');
    expect((await loadModelFolder(adapter)).parameters).toEqual((await loadModelFolder(stage)).parameters);
    expect(await rewardsOf(adapter)).toEqual(await rewardsOf(stage));
    const { outputs } = JSON.parse(readFileSync(path.join(stage, 'done.json'), 'utf8')) as {
      outputs: readonly { readonly file: string }[];
    };
    expect(outputs.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['adapter/adapter_config.json', 'adapter/adapter_model.safetensors']),
    );
  }, 240_000);

  it('saves the base with it where no folder holds it: cut positions, frozen in 16 bits, a random start', async () => {
    const random = `model: {name: tiny, family: qwen2, hiddenSize: 8, layers: 1, heads: 2, keyValueHeads: 1, intermediateSize: 12, contextLength: 320}
tokenizer: {kind: bpe, vocabSize: 300}
corpus: {kind: folder, path: ${path.dirname(import.meta.filename)}, minCharacters: 10, maxCharacters: 4000, heldOutFunctions: 2}
`;
    const checkpoints = `sweep:
  axes:
    start:
      cut: {start: {kind: checkpoint, path: models/gpt2, contextLength: 320}}
      narrow: {start: {kind: checkpoint, path: models/qwen2}, finetune.trainable.frozenStorage: bfloat16}
`;
    const stages = [...(await sweep('checkpoints', checkpoints)), ...(await sweep('random', random))];
    expect(stages).toHaveLength(3);
    for (const stage of stages) {
      const adapter = path.join(stage, 'adapter');
      expect(baseNamed(adapter)).toBe('base');
      expect((await loadModelFolder(adapter)).parameters, stage).toEqual((await loadModelFolder(stage)).parameters);
    }
  }, 240_000);

  it('can start from an adapter, and its digest covers adapter and base', async () => {
    const stage = readdirSync(path.join(folder, 'plain', 'store')).find((id) => id.startsWith('finetune-'));
    const adapter = `plain/store/${stage ?? ''}/adapter`;
    const start = `start: {kind: checkpoint, path: ${adapter}, name: adapted}\n`;
    const [again] = (await sweep('again', start)) as [string];
    expect(existsSync(path.join(again, 'adapter', 'base', 'model.safetensors'))).toBe(true);
    const stages = async (): Promise<unknown> =>
      documentOf(await harness('again', ['plan', path.join(folder, 'again.yaml'), '--json']));
    const before = JSON.stringify(await stages());
    const weights = path.join(folder, 'models', 'qwen2', 'model.safetensors');
    const bytes = readFileSync(weights);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(weights, bytes);
    expect(JSON.stringify(await stages())).not.toBe(before);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(weights, bytes);
  }, 240_000);
});

describe('a checkpoint with a biased head under another name', () => {
  it('is scored with its bias, trained on, and saved with it', async () => {
    const place = await writeCheckpoint(path.join(folder, 'models', 'biased'), {
      model: modelOf('qwen2'),
      hasHead: true,
    });
    const plain = (await rewardsOf(place)) as { rewardChosen: number }[];
    const file = path.join(place, 'model.safetensors');
    const { tensors } = await readSafetensors(file);
    const { 'score.weight': weight, ...rest } = tensors;
    const head = {
      'v_head.summary.weight': weight!,
      'v_head.summary.bias': { shape: [1], data: Float32Array.of(2.5) },
    };
    await writeSafetensors(file, { ...rest, ...head }, { format: 'pt' });
    const biased = (await rewardsOf(place)) as { rewardChosen: number }[];
    for (const [index, { rewardChosen }] of biased.entries())
      expect(rewardChosen).toBeCloseTo((plain[index] as { rewardChosen: number }).rewardChosen + 2.5, 5);

    const trained = await sweep(
      'biased',
      `start: {kind: checkpoint, path: models/biased}
sweep:
  axes:
    trainable:
      lora: {finetune.trainable: {kind: lora, rank: 2, alpha: 3, frozenStorage: bfloat16}}
      all: {finetune.trainable: null}
`,
    );
    expect(trained).toHaveLength(2);
    for (const stage of trained) {
      const { parameters, model } = await loadModelFolder(stage);
      expect([model.hasScoreBias, [...(parameters['score.bias'] ?? [])]]).toEqual([true, [2.5]]);
      expect(parameters['score.weight']).not.toEqual(weight!.data);
      if (existsSync(path.join(stage, 'adapter')))
        expect((await loadModelFolder(path.join(stage, 'adapter'))).parameters).toEqual(parameters);
    }
  }, 240_000);
});

const python = pythonWith('torch, transformers, peft');

/** Rewards of rows of token ids by peft: the adapter on its base, each row alone. */
const peftScript = `
import json, os, sys, torch
from peft import PeftModel
from transformers import AutoModelForSequenceClassification
adapter, rows = sys.argv[1], json.load(open(sys.argv[2]))
base = os.path.join(adapter, json.load(open(os.path.join(adapter, 'adapter_config.json')))['base_model_name_or_path'])
model = AutoModelForSequenceClassification.from_pretrained(base, num_labels=1, attn_implementation='eager', dtype=torch.float32)
model.config.pad_token_id = 5
model = PeftModel.from_pretrained(model, adapter).eval()
with torch.no_grad():
    print(json.dumps([model(input_ids=torch.tensor([row])).logits[0, 0].item() for row in rows]))
`;

describe.skipIf(python === null)('peft (skipped without HARNESS_PYTHON that has it)', () => {
  it('opens our adapters and gives our rewards', { timeout: 240_000 }, async () => {
    const ids = [
      [7, 9, 30, 12],
      [100, 44, 1],
    ];
    const script = path.join(folder, 'rewards.py');
    writeFileSync(script, peftScript);
    writeJson(path.join(folder, 'ids.json'), ids);
    writeFileSync(
      path.join(folder, 'ids.jsonl'),
      ids.map((row) => `${JSON.stringify({ prompt: row.slice(0, 1), response: row.slice(1) })}\n`).join(''),
    );
    const stages = ['plain', 'checkpoints', 'random'].flatMap((results) => {
      const store = path.join(folder, results, 'store');
      return readdirSync(store)
        .filter((id) => id.startsWith('finetune-'))
        .map((id) => path.join(store, id));
    });
    for (const stage of stages) {
      const adapter = path.join(stage, 'adapter');
      const run = spawnSync(python as string, [script, adapter, path.join(folder, 'ids.json')], { encoding: 'utf8' });
      expect(run.status, run.stderr).toBe(0);
      const ours = documentOf(await harness('score', ['score', stage, path.join(folder, 'ids.jsonl'), '--json']))[
        'rows'
      ] as { reward: number }[];
      const theirs = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '') as number[];
      for (const [index, { reward }] of ours.entries()) expect(reward).toBeCloseTo(theirs[index] as number, 5);
    }
  });
});
