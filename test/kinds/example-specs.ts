/**
 * A spec of every built-in kind that says nothing but what it must, with files of the user's own where it reads them.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hubFolder, modelsVariable } from '../../harness/data/index.ts';
import { builtInKinds } from '../../harness/kinds/index.ts';
import type { Kind, KindSpec } from '../../harness/spec/index.ts';
import { newBareClone } from '../data/git/clone.ts';
import { checkpointModels, writeCheckpoint } from '../model/tiny-checkpoints.ts';

const { corpora, descriptions, generators, pairs, tasks, tokenizers, starts } = builtInKinds;

export interface ExampleKind {
  /** `corpora/npm`, as its file is named. */
  readonly name: string;
  readonly kind: Kind;
  readonly spec: KindSpec;
}

/** Files are removed by `remove`. */
export async function exampleKinds(): Promise<{ readonly examples: readonly ExampleKind[]; remove(): void }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'harness-kinds-'));
  const written = await writeFiles(folder);
  const examples = Object.entries({ corpora, descriptions, generators, pairs, tasks, tokenizers, starts }).flatMap(
    ([sort, kinds]) =>
      kinds.map((kind: Kind) => {
        const name = `${sort}/${kind.kind}`;
        const spec = kind.schema.parse({ kind: kind.kind, ...written[name] }) as unknown as KindSpec;
        return { name, kind, spec };
      }),
  );
  return { examples, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

async function writeFiles(folder: string): Promise<Readonly<Record<string, object>>> {
  const preferences = path.join(folder, 'preferences.jsonl');
  const rows = Array.from({ length: 40 }, (_, row) => ({ prompt: `p ${row}`, chosen: `yes ${row}`, rejected: 'no' }));
  writeFileSync(preferences, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const code = path.join(folder, 'code');
  mkdirSync(code);
  writeFileSync(path.join(code, 'add.js'), 'export function add(a, b) {\n  return a + b;\n}\n');
  const clone = path.join(folder, 'clone.git');
  newBareClone(clone).commit('first', { 'add.js': 'export function add(a, b) {\n  return a + b;\n}\n' });
  const benchmark = { name: 'example', train: preferences };
  const [model] = checkpointModels;
  if (model === undefined) throw new Error('there is no tiny checkpoint');
  const checkpoint = await writeCheckpoint(path.join(folder, 'model'), { model });
  const hubModel = { model: 'organization/model', revision: '0'.repeat(40) };
  process.env[modelsVariable] = path.join(folder, 'models');
  await writeCheckpoint(hubFolder(path.join(folder, 'models'), hubModel), { model });
  const endpoint = { kind: 'endpoint', baseUrl: 'http://127.0.0.1:8000/v1', model: 'm' };
  return {
    'descriptions/model': { generator: endpoint },
    'generators/checkpoint': { path: checkpoint },
    'generators/endpoint': endpoint,
    'generators/torch': { path: checkpoint },
    'generators/trained': trainedGenerator,
    'pairs/mix': {
      parts: { edits: { kind: 'mutate' }, own: { kind: 'files', path: preferences } },
      weights: { edits: 1, own: 1 },
    },
    'pairs/models': { stronger: trainedGenerator, weaker: endpoint },
    'pairs/source': { weaker: trainedGenerator },
    'pairs/continuations': { dataset: 'gsm8k' },
    'starts/trained': { pairs: { kind: 'functions' }, pretrain: trainedGenerator.pretrain },
    'corpora/commits': { path: clone },
    'corpora/files': { path: preferences },
    'corpora/folder': { path: code },
    'corpora/git': { path: clone },
    'pairs/files': { path: preferences },
    'tasks/generated': { name: 'example', family: 'algebra', difficulty: 1 },
    'tasks/gsm8k': { name: 'example', pool: 'example-solutions' },
    'tasks/ar-lsat': { name: 'example' },
    'tasks/humaneval': { name: 'example' },
    'tasks/logiqa2': { name: 'example' },
    'tasks/math': { name: 'example' },
    'tasks/math-shepherd': { name: 'example', path: preferences },
    'tasks/preferences': { name: 'example', train: preferences },
    ...Object.fromEntries(benchmarks.map((kind) => [`tasks/${kind}`, { ...benchmark, test: preferences }])),
    'tasks/ppe-correctness': { ...benchmark, math: preferences },
    'tasks/reclor': { name: 'example', train: preferences, test: preferences },
    'tokenizers/file': {
      path: path.join(checkpoint, 'tokenizer.json'),
      config: path.join(checkpoint, 'tokenizer_config.json'),
    },
    'starts/checkpoint': { path: checkpoint },
    'starts/hub': hubModel,
  };
}

/** Kinds of tasks over a public benchmark: their files are looked at only when the task is read. */
const benchmarks = ['rewardbench', 'rewardbench2', 'rm-bench', 'judgebench', 'ppe-human', 'processbench'];

const trainedGenerator = {
  kind: 'trained',
  model: {
    name: 'writer',
    family: 'qwen2',
    hiddenSize: 16,
    layers: 1,
    heads: 2,
    keyValueHeads: 1,
    intermediateSize: 32,
    contextLength: 128,
  },
  pretrain: {
    budget: { pairs: 160 },
    optimizer: { kind: 'adamw', learningRate: 1e-3 },
    schedule: { kind: 'wsd', warmup: { steps: 0 } },
  },
};
