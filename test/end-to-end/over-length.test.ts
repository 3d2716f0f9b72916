/** A task whose rows are longer than the context, under each policy: what is trained, scored, counted and told. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEncodedPairs, readEncodedQuestions } from '../../harness/data/index.ts';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { toyFinetune, toyModel } from './toy-sections.ts';

const contextLength = 96;
let folder: string;
let first: CapturedRun;

const spec = `formatVersion: 1
name: long
question: What becomes of long rows?
seeds: [1]
corpus: {kind: folder, path: code, minCharacters: 30, maxSimilarity: null, heldOutFunctions: 2}
tokenizer: {kind: bpe, vocabSize: 270}
${toyModel(contextLength)}
task: {kind: preferences, name: rated, train: rated.jsonl, dev: 0.2, test: 0.3}
${toyFinetune}
evaluate: {bestOf: [1, 2]}
sweep:
  axes:
    overLength: [drop, truncate-prompt-left]
`;

/** Every third prompt is longer than the context with its responses; the responses are short. */
const rated = (i: number): object => ({
  prompt: `${i % 3 === 0 ? 'Think well. '.repeat(9) : ''}How good is ${i}?`,
  candidates: [1, 2, 5].map((rating) => ({ text: `${'very '.repeat(rating)}good, ${i}.`, rating })),
});

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'harness-over-length-'));
  mkdirSync(path.join(folder, 'code'));
  for (let i = 0; i < 20; i++)
    writeFileSync(path.join(folder, 'code', `${i}.js`), `function f${i}(a) {\n  return a * ${i} + a - ${i};\n}\n`);
  writeFileSync(
    path.join(folder, 'rated.jsonl'),
    Array.from({ length: 60 }, (_, i) => `${JSON.stringify(rated(i))}\n`).join(''),
  );
  writeFileSync(path.join(folder, 'long.yaml'), spec);
  first = await sweep();
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sweep = (...more: readonly string[]): Promise<CapturedRun> =>
  captured(['sweep', path.join(folder, 'long.yaml'), '-j', '1', '--json', ...more], {
    HARNESS_RESULTS: path.join(folder, 'results'),
  });

interface TaskFolder {
  readonly policy: string | null;
  readonly path: string;
}

const taskFolders = (): readonly TaskFolder[] => {
  const store = path.join(folder, 'results/store');
  return readdirSync(store)
    .filter((name) => name.startsWith('task-'))
    .map((name) => {
      const at = path.join(store, name);
      const { config } = JSON.parse(readFileSync(path.join(at, 'stage.json'), 'utf8')) as {
        config: { overLength?: string | null };
      };
      return { policy: config.overLength ?? null, path: at };
    });
};
const taskOf = (policy: string | null): string => taskFolders().find((one) => one.policy === policy)?.path ?? '';
const pool = (policy: string | null): number => readEncodedQuestions(path.join(taskOf(policy), 'pool.arrow')).length;

describe('a sweep over what becomes of long rows', () => {
  it('completes under each policy, and drop stands in no identity', () => {
    expect(first.stderr).not.toContain('failed');
    expect(documentOf(first)).toMatchObject({ trials: { ran: 2 }, counts: { failed: 0, blocked: 0 } });
    expect(new Set(taskFolders().map(({ policy }) => policy))).toEqual(new Set([null, 'truncate-prompt-left']));
  });

  it('drop loses pairs and whole questions that truncating the prompt keeps, within the context', () => {
    expect(pool('truncate-prompt-left')).toBeGreaterThan(pool(null));
    const test = (policy: string | null) => readEncodedPairs(path.join(taskOf(policy), 'test.arrow'));
    expect(test('truncate-prompt-left').length).toBeGreaterThan(test(null).length);
    const lengths = test('truncate-prompt-left').map(
      ({ prompt, chosen, rejected }) => prompt.length + Math.max(chosen.length, rejected.length),
    );
    expect(Math.max(...lengths)).toBe(contextLength);
  });

  it('the counts are metrics of each trial, and captions and notes tell them', async () => {
    const report = await captured(['report', 'long', '--json'], { HARNESS_RESULTS: path.join(folder, 'results') });
    expect(report.exitCode).toBe(0);
    const results = readFileSync(path.join(folder, 'results/reports/long/results.md'), 'utf8');
    expect(results).toMatch(/Test pairs: .* with the prompt cut to the context/);
    expect(results).toMatch(/Test pairs: .* dropped \(longer than the context\)/);
    expect(results).toMatch(/Pool questions: .* dropped \(/);
  });

  it('refuse fails with the row, its length and what to do', async () => {
    const run = await sweep('-s', 'sweep.axes={}', '-s', 'overLength=refuse');
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(
      /pair \S+ has \d+ tokens \(prompt \d+, longest response \d+\), more than the context of 96/,
    );
  });
});
