/**
 * One sweep with an end token behind each response and without one: what is trained on, what the saved models say of
 * themselves, and that they are scored as they were evaluated.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  readEncodedPairs,
  readEncodedQuestions,
  readPairs,
  readQuestions,
  storedPairShards,
} from '../../harness/data/index.ts';
import { readItems } from '../../harness/eval/index.ts';
import { readTokenizer } from '../../harness/stages/index.ts';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { toyAlgebra, toyFinetune, toyModel, toyPretrain } from './toy-sections.ts';

type End = 'none' | null;
const ends = [null, 'none'] as const;
let folder: string;
let first: CapturedRun;

const spec = `formatVersion: 1
name: ends
question: What does the end token behind a response change?
seeds: [1]
corpus: {kind: folder, path: code, minCharacters: 30, maxSimilarity: null, heldOutFunctions: 2}
tokenizer: {kind: bpe, vocabSize: 270}
pairs: {kind: mutate}
${toyModel(192)}
${toyPretrain}
${toyAlgebra}
${toyFinetune}
evaluate: {bestOf: [1, 2]}
sweep:
  axes:
    model.responseEnd: [null, none]
`;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'harness-response-end-'));
  mkdirSync(path.join(folder, 'code'));
  for (let i = 0; i < 40; i++)
    writeFileSync(
      path.join(folder, 'code', `${i}.js`),
      `function f${i}(a) {\n${'  if (a > 1) a -= 3;\n'.repeat(1 + (i % 6))}  return a * ${i};\n}\n`,
    );
  writeFileSync(path.join(folder, 'ends.yaml'), spec);
  first = await run('sweep', path.join(folder, 'ends.yaml'), '-j', '1', '--json');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: readonly string[]): Promise<CapturedRun> =>
  captured(argv, { HARNESS_RESULTS: path.join(folder, 'results') });

interface Described {
  readonly config: { readonly responseEnd?: End; readonly model?: { readonly responseEnd?: End } };
  readonly inputs: Readonly<Record<string, string>>;
}

const store = (): string => path.join(folder, 'results/store');
const describedIn = (id: string): Described =>
  JSON.parse(readFileSync(path.join(store(), id, 'stage.json'), 'utf8')) as Described;

/** Ids of the stages of a kind whose config says this of the end. */
function stages(kind: string, end: End): readonly string[] {
  return readdirSync(store()).filter((id) => {
    if (!id.startsWith(`${kind}-`)) return false;
    const { config } = describedIn(id);
    return (config.responseEnd ?? config.model?.responseEnd ?? null) === end;
  });
}

function only(kind: string, end: End): string {
  const found = stages(kind, end);
  expect(found, `${kind} of ${String(end)}`).toHaveLength(1);
  return path.join(store(), found[0] as string);
}

const evaluateOf = (model: string): string => {
  const id = readdirSync(store()).find(
    (one) => one.startsWith('evaluate-') && describedIn(one).inputs['model'] === path.basename(model),
  );
  return path.join(store(), id as string);
};

/** Rewards by split, item and place in the row. */
const evaluated = (model: string): ReadonlyMap<string, number> =>
  new Map(
    readItems(path.join(evaluateOf(model), 'items.arrow')).map(({ set, itemId, candidate, reward }) => [
      `${set} ${itemId} ${candidate}`,
      reward,
    ]),
  );

async function scored(model: string, rows: readonly object[]): Promise<readonly Record<string, number>[]> {
  const file = path.join(folder, 'rows.jsonl');
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const done = documentOf(await run('score', model, file, '--json'));
  return done['rows'] as readonly Record<string, number>[];
}

describe('a sweep with and without an end token', () => {
  it('completes on both sides', () => {
    expect(first.stderr).not.toContain('failed');
    expect(documentOf(first)).toMatchObject({ trials: { ran: 2 }, counts: { failed: 0, blocked: 0 } });
  });

  it.each(ends)('%s: pairs and tasks are the tokens of their texts, and what stands behind them', async (end) => {
    const task = only('task', end);
    const { encode, endToken } = readTokenizer(task);
    const tokensOf = (text: string): readonly number[] => [...encode(text), ...(end === null ? [endToken] : [])];
    const pairs = only('pairs', end);
    const texts = [];
    for await (const one of storedPairShards(pairs, 'pairs')) texts.push(one);
    const tokens = new Map(readEncodedPairs(path.join(pairs, 'pairs-00000.arrow')).map((one) => [one.id, one]));
    expect(texts.length).toBeGreaterThan(10);
    for (const [id, one] of tokens) {
      const text = texts.find((each) => each.id === id);
      expect([[...one.chosen], [...one.rejected]]).toEqual(
        [text?.chosen, text?.rejected].map((t) => tokensOf(t ?? '')),
      );
    }
    const questions = readQuestions(path.join(task, 'pool.jsonl'));
    const pool = readEncodedQuestions(path.join(task, 'pool.arrow'));
    expect(pool.map(({ candidates }) => candidates.map((one) => [...one]))).toEqual(
      questions.map(({ candidates }) => candidates.map(({ text }) => tokensOf(text))),
    );
    for (const split of ['train', 'dev', 'test']) {
      const rows = readPairs(path.join(task, `${split}.jsonl`));
      const ids = readEncodedPairs(path.join(task, `${split}.arrow`)).map(({ chosen }) => [...chosen]);
      expect(ids).toEqual(rows.map(({ chosen }) => tokensOf(chosen)));
    }
  });

  it.each(ends)('%s: a saved model says how it was trained, and is scored as it was evaluated', async (end) => {
    const model = only('finetune', end);
    const { harness } = JSON.parse(readFileSync(path.join(model, 'config.json'), 'utf8')) as { harness: object };
    expect('responseEnd' in harness).toBe(end === 'none');
    const task = only('task', end);
    const rewards = evaluated(model);
    const pairs = readPairs(path.join(task, 'test.jsonl'));
    const byText = await scored(model, pairs);
    expect(byText.map(({ rewardChosen, rewardRejected }) => [rewardChosen, rewardRejected])).toEqual(
      pairs.map(({ id }) => [rewards.get(`pairs ${id} 0`), rewards.get(`pairs ${id} 1`)]),
    );
    // The very tokens of the task: the last one is where the reward is read.
    const ids = readEncodedPairs(path.join(task, 'test.arrow'));
    const rows = ids.map(({ prompt, chosen, rejected }) => ({
      prompt: [...prompt],
      chosen: [...chosen],
      rejected: [...rejected],
    }));
    const byTokens = await scored(model, rows);
    expect(byTokens.map(({ rewardChosen }) => rewardChosen)).toEqual(byText.map(({ rewardChosen }) => rewardChosen));
  });

  it('the two ends give other rewards', () => {
    const [withEnd, without] = ends.map((end) => [...evaluated(only('finetune', end)).values()]);
    expect(withEnd).not.toEqual(without);
  });

  it('a model scores a task that was made for the other end as it was trained itself', async () => {
    const model = only('finetune', 'none');
    const [same, other] = await Promise.all(
      (['none', null] as const).map(async (end) =>
        documentOf(await run('score', model, '--task', path.basename(only('task', end)), '--no-keep', '--json')),
      ),
    );
    expect(other).toMatchObject({ counts: { pairs: 8, questions: 4 } });
    expect(other?.['metrics']).toEqual(same?.['metrics']);
  });

  it('a model that never saw an end is said to go on to the limit', async () => {
    const file = path.join(folder, 'prompts.jsonl');
    writeFileSync(file, `${JSON.stringify({ prompt: 'f(' })}\n`);
    const said = async (end: End): Promise<string> =>
      (await run('generate', only('decay', end), file, '--max-tokens', '2')).stderr;
    expect(await said('none')).toContain('without an end token behind a response');
    expect(await said(null)).not.toContain('without an end token');
  });
});
