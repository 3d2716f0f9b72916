/** A sweep whose pairs are written by two models on a server that also fails: what is asked, kept, counted and told. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { localServer, type LocalServer } from '../data/endpoint/local-server.ts';
import { toyAlgebra, toyModel } from './toy-sections.ts';

const key = 'sk-very-secret-2718281828';
let folder: string;
let server: LocalServer;
let first: CapturedRun;

const side = (model: string, order: string, more = ''): string =>
  `{kind: endpoint, baseUrl: "${server.baseUrl}", model: ${model}, answer: text, instruction: "${order}: {prompt}", ` +
  `concurrency: 4, keyVariable: TEST_SERVER_KEY, seed: 1${more}}`;

const spec = (more = ''): string => `formatVersion: 1
name: asked
question: Do pairs from a server reach the training?
seeds: [1]
corpus: {kind: folder, path: code, minCharacters: 30, maxSimilarity: null, heldOutFunctions: 4}
tokenizer: {kind: bpe, vocabSize: 270}
pairs:
  kind: models
  stronger: ${side('large', 'Do well', more)}
  weaker: ${side('small', 'Do')}
${toyModel(192)}
pretrain:
  objective: {kind: pmp}
  budget: {pairs: 8}
  pairsPerStep: 4
  optimizer: {kind: adamw, learningRate: 2e-3}
  schedule: {kind: wsd, warmup: {steps: 0}, decayFraction: 0.5}
${toyAlgebra}
finetune:
  objective: {lmWeight: 0}
  samples: 16
  steps: 2
  pairsPerStep: 4
  optimizer: {kind: adamw, learningRate: 1e-2}
  schedule: {kind: cosine, warmup: {steps: 0}}
evaluate: {bestOf: [1, 2]}
`;

beforeAll(async () => {
  process.env['TEST_SERVER_KEY'] = key;
  // Every third request fails at first, in one of three ways.
  const ways = [{ status: 500 }, 'cut', 'malformed'] as const;
  let asked = 0;
  server = await localServer({
    behave: (_, attempt) => (attempt === 1 && asked++ % 3 === 0 ? (ways[(asked % 9) % 3] ?? 'ok') : 'ok'),
  });
  folder = mkdtempSync(path.join(tmpdir(), 'harness-endpoint-pairs-'));
  mkdirSync(path.join(folder, 'code'));
  const lines = ['if (a > b) a -= 3;', 'while (a < b) a *= 2;', 'b = Math.max(a, b);', 'for (const c of b) a += c;'];
  for (let i = 0; i < 24; i++)
    writeFileSync(
      path.join(folder, 'code', `${i}.js`),
      `function f${i}(a, b) {\n  ${lines[i % 4]}\n  ${lines[(i >> 2) % 4]}\n${'  a += 1;\n'.repeat(1 + (i >> 4))}  return a;\n}\n`,
    );
  writeFileSync(path.join(folder, 'asked.yaml'), spec());
  first = await sweep('results');
  if (first.exitCode !== 0) throw new Error(first.stdout + first.stderr);
}, 120_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server[Symbol.asyncDispose]();
  delete process.env['TEST_SERVER_KEY'];
});

const sweep = (results: string): Promise<CapturedRun> =>
  captured(['sweep', path.join(folder, 'asked.yaml'), '-j', '1', '--json'], {
    HARNESS_RESULTS: path.join(folder, results),
    HARNESS_CACHE: path.join(folder, 'cache'),
    TEST_SERVER_KEY: key,
  });

const stageIds = (kind: string): readonly string[] =>
  readdirSync(path.join(folder, 'results/store')).filter((id) => id.startsWith(`${kind}-`));
const answered = (): readonly string[] =>
  server.calls.filter((call) => call.answered).map(({ body, prompt }) => `${String(body['model'])} ${prompt}`);

describe('pairs from a server', () => {
  it('are made in spite of its failures, and trained on', () => {
    expect(first.stderr).not.toContain('failed');
    expect(documentOf(first)).toMatchObject({ trials: { ran: 1 }, counts: { failed: 0, blocked: 0 } });
  });

  it('ask each model once for each function', () => {
    expect(new Set(answered()).size).toBe(answered().length);
    expect(answered().filter((one) => one.startsWith('large ')).length).toBe(
      answered().filter((one) => one.startsWith('small ')).length,
    );
  });

  it('say what was sent, and that they cannot be made again', () => {
    const journals = stageIds('completions').map((id) =>
      readFileSync(path.join(folder, 'results/store', id, 'journal.jsonl'), 'utf8'),
    );
    for (const journal of journals) {
      expect(journal).toContain('"name":"generator/is_reproducible","value":0');
      expect(journal).toMatch(/"name":"generator\/sent","value":[1-9]/);
      expect(journal).toMatch(/"name":"generator\/retries_[a-z_0-9]+","value":[1-9]/);
    }
  });

  it('are not asked for again in another results folder: the answers are kept beside all experiments', async () => {
    const before = server.calls.length;
    const again = await sweep('elsewhere');
    expect(documentOf(again)).toMatchObject({ trials: { ran: 1 }, counts: { failed: 0 } });
    expect(server.calls.length).toBe(before);
    const pairs = (results: string): string => {
      const [id = ''] = stageIds('pairs');
      const file = readdirSync(path.join(folder, results, 'store', id)).find((name) => name.startsWith('pairs'));
      return readFileSync(path.join(folder, results, 'store', id, file ?? ''), 'latin1');
    };
    expect(pairs('elsewhere')).toBe(pairs('results'));
  }, 60_000);

  it('leave the key in no file and in no message', () => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(20);
    for (const { parentPath, name } of files)
      expect(readFileSync(path.join(parentPath, name)).includes(key), name).toBe(false);
    expect(first.stdout + first.stderr).not.toContain(key);
    expect(server.calls[0]?.headers.authorization).toBe(`Bearer ${key}`);
  });

  it('end with what is left where the budget is reached', async () => {
    writeFileSync(path.join(folder, 'asked.yaml'), spec(', temperature: 0.3, budget: {tokens: 60}'));
    const { exitCode, stdout, stderr } = await sweep('results');
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toMatch(/budget/);
  }, 60_000);
});
