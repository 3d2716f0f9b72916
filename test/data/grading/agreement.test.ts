/**
 * The grader against the labels of the public pools. Every response that they judge differently is in
 * `disagreements.json`, with who is right: a change of the grader that adds or takes away one shows here, and is judged
 * by hand before it is committed. docs/grader-agreement.md is that list, for people (UPDATE_GOLDEN=1 writes it).
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MathAnswers } from '../../../harness/data/index.ts';
import { agreementOn, gsm8kCandidates, gsm8kExamples, mathCandidates, type Disagreement } from './labelled-pools.ts';

interface Judged extends Disagreement {
  readonly right: 'grader' | 'label';
  readonly why: string;
}

const root = path.resolve(import.meta.dirname, '../../..');
const judged = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'disagreements.json'), 'utf8'),
) as readonly Judged[];

/** Responses of the pools in which the disagreements are found. */
const sizes = { 'GSM8K, 14 models': 17_860, 'GSM8K, example solutions': 5_276, 'MATH-500, 4 models': 2_000 } as const;
type Pool = keyof typeof sizes;

function judgedIn(pool: Pool): readonly Judged[] {
  if (pool === 'MATH-500, 4 models') return judged.filter((one) => one.pool === 'math');
  const isExample = pool === 'GSM8K, example solutions';
  return judged.filter((one) => one.pool === 'gsm8k' && one.source.startsWith('example-solutions/') === isExample);
}

const mirrorFolder = process.env['HARNESS_DATA_MIRROR'] ?? path.resolve(root, '../shared/datasets');
const hasMirror = ['gsm8k', 'gsm8k_candidates', 'math', 'math_candidates'].every((folder) =>
  existsSync(path.join(mirrorFolder, folder)),
);
if (!hasMirror)
  console.warn(`skipped: agreement of graders needs a data mirror; ${mirrorFolder} is none (set HARNESS_DATA_MIRROR)`);

const cacheFolder = mkdtempSync(path.join(tmpdir(), 'harness-agreement-'));
const answers = new MathAnswers();
afterAll(async () => {
  rmSync(cacheFolder, { recursive: true, force: true });
  await answers.close();
});

describe.skipIf(!hasMirror)('the grader math on labelled pools', () => {
  const options = { cacheFolder, mirrorFolder, download: false };
  const pools = {
    'GSM8K, 14 models': { least: 0.995, leastJudged: 0.999, read: () => gsm8kCandidates(options) },
    'GSM8K, example solutions': { least: 0.995, leastJudged: 0.999, read: () => gsm8kExamples(options) },
    // The labels themselves are wrong for 1.5 % of the responses.
    'MATH-500, 4 models': { least: 0.98, leastJudged: 0.995, read: () => mathCandidates(answers, options) },
  } as const;

  it.each(Object.keys(pools) as Pool[])('%s: every disagreement is known and judged', async (name) => {
    const { least, leastJudged, read } = pools[name];
    // Its process starts before the clock does.
    await answers.isCorrect('x+1', '1+x');
    const { responses, disagreements, times } = await agreementOn(await read(), answers);
    const { p50, p99, max } = times;
    console.log(`${name}: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, max ${max.toFixed(0)} ms`);
    expect(responses).toBe(sizes[name]);
    expect(disagreements).toEqual(judgedIn(name).map(({ right: _right, why: _why, ...one }) => one));
    expect(1 - disagreements.length / responses).toBeGreaterThan(least);
    const wrong = judgedIn(name).filter(({ right }) => right === 'label').length;
    expect(1 - wrong / responses).toBeGreaterThan(leastJudged);
    expect(answers.counts).toMatchObject({ timedOut: 0, crashed: 0 });
  });
});

it('docs/grader-agreement.md is the list (write it with UPDATE_GOLDEN=1)', () => {
  const file = path.join(root, 'docs/grader-agreement.md');
  const text = page();
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

function page(): string {
  return [
    '# Where the grader and the labels differ',
    '',
    'The grader `math` (version 1, [graders.md](graders.md)) was run on three public pools of labelled responses.',
    'Every response that it judges otherwise than its label was read, and here is who is right.',
    '`test/data/grading/agreement.test.ts` finds them again and holds the list; this page is written by it.',
    '',
    '| pool | responses | disagreements | agreement | label right | not graded | agreement, labels judged |',
    '|---|---|---|---|---|---|---|',
    ...(Object.keys(sizes) as Pool[]).map(summaryRow),
    '',
    'A response that is not graded counts as a disagreement.',
    ...(Object.keys(sizes) as Pool[]).flatMap(listOf),
    '',
  ].join('\n');
}

function summaryRow(pool: Pool): string {
  const all = judgedIn(pool);
  const wrong = all.filter(({ right }) => right === 'label');
  const cells = [
    pool,
    sizes[pool].toLocaleString('en-US'),
    all.length,
    percent(1 - all.length / sizes[pool]),
    wrong.length,
    all.filter(({ grader }) => grader === null).length,
    percent(1 - wrong.length / sizes[pool]),
  ];
  return `| ${cells.join(' | ')} |`;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function listOf(pool: Pool): readonly string[] {
  return [
    '',
    `## ${pool}`,
    '',
    'The question is its line in the test file, from 0.',
    '',
    '| question | source | answer | reference | label | grader | right | why |',
    '|---|---|---|---|---|---|---|---|',
    ...judgedIn(pool).map(
      ({ question, source, answer, reference, label, grader, right, why }) =>
        `| ${[question, source, code(answer), code(reference), said(label), said(grader), right, why].join(' | ')} |`,
    ),
  ];
}

const said = (verdict: boolean | null): string => (verdict === null ? 'not graded' : verdict ? 'right' : 'wrong');
const code = (answer: string | null): string => (answer === null ? 'none' : `\`${answer.replaceAll('|', '\\|')}\``);
