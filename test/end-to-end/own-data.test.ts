/** A sweep on a user's own code, pairs and rated candidates: that margins reach the training, and what is refused. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storedPairShards } from '../../harness/data/index.ts';
import { builtInKinds } from '../../harness/kinds/index.ts';
import { requireUnchanged } from '../../harness/stages/kind-io.ts';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { toyFinetune, toyModel, toyPretrain } from './toy-sections.ts';

let folder: string;
let first: CapturedRun;

const spec = `formatVersion: 1
name: own
question: Do margins of the data reach the training?
seeds: [1]
corpus: {kind: folder, path: code, minCharacters: 30, maxSimilarity: null, heldOutFunctions: 2}
tokenizer: {kind: bpe, vocabSize: 270}
pairs: {kind: files, path: pairs.jsonl}
${toyModel(128)}
${toyPretrain}
task: {kind: preferences, name: rated, train: rated.jsonl, dev: 0.2, test: 0.3}
${toyFinetune}
evaluate: {bestOf: [1, 2]}
sweep:
  axes:
    margins:
      none: {}
      data: {finetune.objective.margin: {kind: data}}
`;

const rated = (i: number): object => ({
  prompt: `How good is ${i}?`,
  candidates: [1, 2, 5].map((rating) => ({ text: `It is ${'very '.repeat(rating)}good, ${i}.`, rating })),
});
const pair = (i: number): object => ({ prompt: `${i}`, chosen: `${i} is right`, rejected: `${i} is wrong` });
const lines = (count: number, row: (i: number) => object): string =>
  Array.from({ length: count }, (_, i) => `${JSON.stringify(row(i))}\n`).join('');

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'harness-own-data-'));
  mkdirSync(path.join(folder, 'code'));
  for (let i = 0; i < 20; i++)
    writeFileSync(
      path.join(folder, 'code', `${i}.js`),
      `function f${i}(a) {\n${'  if (a > 1) a -= 3;\n'.repeat(1 + (i % 6))}  return a * ${i};\n}\n`,
    );
  writeFileSync(path.join(folder, 'rated.jsonl'), lines(30, rated));
  writeFileSync(path.join(folder, 'pairs.jsonl'), lines(40, pair));
  writeFileSync(path.join(folder, 'own.yaml'), spec);
  first = await sweep('own.yaml');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sweep = (file: string, ...more: readonly string[]): Promise<CapturedRun> =>
  captured(['sweep', path.join(folder, file), '-j', '1', '--json', ...more], {
    HARNESS_RESULTS: path.join(folder, 'results'),
  });

const stageFolder = (kind: string): string => {
  const name = readdirSync(path.join(folder, 'results/store')).find((one) => one.startsWith(`${kind}-`));
  return path.join(folder, 'results/store', name as string);
};

describe('a sweep on own data', () => {
  it('completes, with best-of-N on the rated candidates', async () => {
    expect(first.stderr).not.toContain('failed');
    expect(documentOf(first)).toMatchObject({ trials: { ran: 2 }, counts: { failed: 0, blocked: 0 } });
    const metrics = readFileSync(path.join(stageFolder('evaluate'), 'metrics.json'), 'utf8');
    expect(metrics).toContain('eval/best_of_2');
  });

  it('trains with the differences of the ratings as margins', () => {
    const pairs = readFileSync(path.join(stageFolder('task'), 'train.jsonl'), 'utf8');
    expect(new Set([...pairs.matchAll(/"margin":(\d)/g)].map(([, margin]) => margin))).toEqual(
      new Set(['1', '3', '4']),
    );
    const models = readdirSync(path.join(folder, 'results/store'))
      .filter((name) => name.startsWith('finetune-'))
      .map((name) => readFileSync(path.join(folder, 'results/store', name, 'model.safetensors')).toString('base64'));
    expect(models).toHaveLength(2);
    expect(models[0]).not.toBe(models[1]);
  });

  it('holds out pairs of the files by group', async () => {
    const idsIn = async (name: string): Promise<readonly string[]> => {
      const ids: string[] = [];
      for await (const { id } of storedPairShards(stageFolder('pairs'), name)) ids.push(id);
      return ids;
    };
    expect([(await idsIn('pairs')).length, (await idsIn('held-out')).length]).toEqual([39, 1]);
  });

  it('refuses margins that the data have not', async () => {
    writeFileSync(path.join(folder, 'plain.jsonl'), lines(40, pair));
    // The same rows as the pairs of the pretraining: an overlap that has to be accepted.
    const accepting = spec.replace('{bestOf: [1, 2]}', '{bestOf: [1, 2], contamination: {accept: [pretrain-pairs]}}');
    writeFileSync(path.join(folder, 'plain.yaml'), accepting.replace('rated.jsonl', 'plain.jsonl'));
    const { exitCode, stdout, stderr } = await sweep('plain.yaml');
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('finetune.objective.margin asks for the margins of the data, and none of its');
  }, 60_000);
});

describe('data that changed between plan and stage', () => {
  it('are refused, not recorded under the identity of other data', () => {
    const kind = builtInKinds.tasks.find(({ kind }) => kind === 'preferences');
    if (kind === undefined) throw new Error('no such kind');
    const file = path.join(folder, 'late.jsonl');
    writeFileSync(file, lines(10, pair));
    const task = { kind: 'preferences', name: 'late', train: file, dev: 0.1, test: 0.1 };
    const planned = kind.digest?.(task) ?? null;
    expect(() => requireUnchanged(kind, task, planned)).not.toThrow();
    writeFileSync(file, lines(11, pair));
    expect(() => requireUnchanged(kind, task, planned)).toThrow(`${file}: changed since the stage was planned`);
  });
});
