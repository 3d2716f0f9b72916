import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readCandidateFiles, readHumanEval, verifiedPairs } from '../../../harness/data/index.ts';
import type { TestedCandidate, TestedProblem } from '../../../harness/data/verified/candidate.ts';
import type { VerifiedOptions } from '../../../harness/data/verified/verified-pairs.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-verified-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options: VerifiedOptions = {
  heldOut: 0.2,
  maxPairsPerProblem: 100,
  pairing: 'any',
  failures: null,
  language: 'python',
  seed: 0,
};

const candidate = (completion: string, status: string, model = 'm'): TestedCandidate => ({
  completion,
  status,
  passed: status === 'pass',
  model,
});
const problem = (id: string, candidates: readonly TestedCandidate[]): TestedProblem => ({
  id,
  prompt: `def ${id}():\n`,
  candidates,
});
/** With a problem that is held out: one always is. */
const pairsOf = (candidates: readonly TestedCandidate[], changes: Partial<VerifiedOptions> = {}) => {
  const same = ['a', 'b'].map((id) => problem(id, candidates));
  const made = verifiedPairs(same, { ...options, ...changes });
  return { ...made, pairs: made.pairs.map(({ chosen, rejected }) => `${chosen} > ${rejected}`).sort() };
};

describe('pairs that tests decide', () => {
  it('are every program that passed over every one that failed', () => {
    const { pairs } = pairsOf([
      candidate('p1', 'pass'),
      candidate('p2', 'pass'),
      candidate('f1', 'wrong'),
      candidate('f2', 'error'),
    ]);
    expect(pairs).toEqual(['p1 > f1', 'p1 > f2', 'p2 > f1', 'p2 > f2']);
  });

  it('say where they come from and what tests said', () => {
    const made = verifiedPairs(
      ['a', 'b'].map((id) => problem(id, [candidate('p', 'pass', 'large'), candidate('f', 'timeout', 'small')])),
      options,
    );
    const [pair] = made.pairs;
    expect(pair).toEqual({
      id: `${pair?.group}:0>1`,
      group: pair?.group,
      prompt: `def ${pair?.group}():\n`,
      chosen: 'p',
      rejected: 'f',
      source: 'large vs small',
      edits: ['tests: pass, not timeout'],
      language: 'python',
      isDescribed: true,
    });
  });

  it('are of one model, where that is asked for', () => {
    const candidates = [candidate('p', 'pass', 'x'), candidate('f', 'wrong', 'x'), candidate('g', 'wrong', 'y')];
    expect(pairsOf(candidates, { pairing: 'same-model' }).pairs).toEqual(['p > f']);
  });

  it('count failures of the sorts asked for', () => {
    const made = pairsOf([candidate('p', 'pass'), candidate('f', 'wrong'), candidate('g', 'syntax')], {
      failures: ['wrong'],
    });
    expect(made.pairs).toEqual(['p > f']);
    expect(made.counts).toEqual({ 'candidate: syntax does not count': 1 });
  });

  it('leave out equal texts, and a text that both passed and failed', () => {
    const made = pairsOf([
      candidate('p', 'pass'),
      candidate('p\n', 'pass'),
      candidate('flaky', 'pass'),
      candidate('flaky', 'timeout'),
      candidate('f', 'wrong'),
    ]);
    expect(made.pairs).toEqual(['p > f']);
    expect(made.counts).toEqual({ 'candidate: same text again': 1, 'candidate: same text passed and failed': 2 });
  });

  it('are drawn by the seed where a problem has too many', () => {
    const many = Array.from({ length: 6 }, (_, i) => [candidate(`p${i}`, 'pass'), candidate(`f${i}`, 'wrong')]).flat();
    const [first, again, other] = [0, 0, 1].map((seed) => pairsOf(many, { maxPairsPerProblem: 4, seed }));
    expect(first?.pairs).toHaveLength(4);
    expect(first?.pairs).toEqual(again?.pairs);
    expect(first?.pairs).not.toEqual(other?.pairs);
    expect(first?.counts).toEqual({ 'pair: beyond those of its problem': 32 });
  });

  it('are split by problem', () => {
    const problems = Array.from({ length: 10 }, (_, i) =>
      problem(`p${i}`, [candidate('p', 'pass'), candidate('f', 'wrong')]),
    );
    const { pairs, heldOut } = verifiedPairs(problems, options);
    expect([pairs.length, heldOut.length]).toEqual([8, 2]);
    const trained = new Set(pairs.map(({ group }) => group));
    expect(heldOut.filter(({ group }) => trained.has(group))).toEqual([]);
  });

  it('of which none is left are told with the reasons', () => {
    expect(() => pairsOf([candidate('p', 'pass')])).toThrow(
      'none of 2 problems gives a pair to train on; 1 problem: no pair',
    );
  });
});

describe('own programs', () => {
  const read = (rows: readonly object[], fields = {}) => {
    const file = path.join(folder, 'own.jsonl');
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return readCandidateFiles(file, { ...noNames, ...fields });
  };
  const noNames = { problem: null, prompt: null, completion: null, passed: null, model: null, status: null };
  const row = { problem: 'a', prompt: 'def a():', completion: ' return 1', passed: true };

  it('are put together by problem', async () => {
    const { problems, counts } = await read([
      row,
      { ...row, passed: 0, completion: ' return 2', model: 'm' },
      { ...row, problem: 7 },
    ]);
    expect(problems).toEqual([
      {
        id: 'a',
        prompt: 'def a():',
        candidates: [
          { completion: ' return 1', passed: true, status: 'pass', model: 'unknown' },
          { completion: ' return 2', passed: false, status: 'failed', model: 'm' },
        ],
      },
      {
        id: '7',
        prompt: 'def a():',
        candidates: [{ completion: ' return 1', passed: true, status: 'pass', model: 'unknown' }],
      },
    ]);
    expect(counts).toEqual({});
  });

  it('have columns of other names, and rows that cannot be used are counted', async () => {
    const rows = [
      { task: 'a', prompt: 'p', code: 'c', ok: true },
      { task: 'a', prompt: 'another', code: 'c', ok: true },
      { task: 'a', prompt: 'p', code: 'c', ok: 'yes' },
      { task: 'a', prompt: 'p', code: '', ok: false },
      { prompt: 'p', code: 'c', ok: true },
      { task: 'a', code: 'c', ok: true },
    ];
    const { problems, counts } = await read(rows, { problem: 'task', passed: 'ok' });
    expect(problems).toHaveLength(1);
    expect(counts).toEqual({
      'row: prompt is not that of its problem': 1,
      'row: passed is not true or false': 1,
      'row: completion missing': 1,
      'row: problem missing': 1,
      'row: prompt missing': 1,
    });
  });

  it('are left out where what is read of them is unclear, and problems keep all their digits', async () => {
    const file = path.join(folder, 'unclear.jsonl');
    const row = (problem: string, code: string): string =>
      `{"problem": ${problem}, "prompt": "p", "code": "${code}", "passed": true, "loss": NaN}\n`;
    writeFileSync(
      file,
      row('1234567890123456788', 'a') + row('1234567890123456789', 'b') + row('NaN', 'c') + row('1', '\\ud83d'),
    );
    const { problems, counts } = await readCandidateFiles(file, noNames);
    expect(problems.map(({ id }) => id)).toEqual(['1234567890123456788', '1234567890123456789']);
    expect(counts).toEqual({ 'row: problem is NaN': 1, 'row: code holds half of a surrogate pair': 1 });
  });

  it('none of which can be used are refused with the columns', async () => {
    await expect(read([{ x: 1 }])).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('no row can be used: 1 row: problem missing (first in row 1)') as string,
      hint: expect.stringContaining('the columns are: x') as string,
    });
  });
});

const mirror =
  process.env['HARNESS_DATA_MIRROR'] ?? fileURLToPath(new URL('../../../../shared/datasets', import.meta.url));
const hasData = existsSync(path.join(mirror, 'humaneval_code_samples'));
if (!hasData)
  console.warn(`skipped: HumanEval's programs need a data mirror; ${mirror} has none (set HARNESS_DATA_MIRROR)`);

describe.skipIf(!hasData)('HumanEval', () => {
  it('gives the pairs of its programs, all but 73 of which go on from the prompt', async () => {
    const counts: Record<string, number> = {};
    const fetching = { cacheFolder: path.join(folder, 'cache'), mirrorFolder: mirror, download: false };
    const problems = await readHumanEval(['codegen', 'llm-runs'], fetching, counts);
    expect(problems).toHaveLength(164);
    expect(counts).toEqual({ 'candidate: does not go on from the prompt': 73 });
    expect(problems.reduce((sum, { candidates }) => sum + candidates.length, 0)).toBe(7757 + 3280 - 73);
    const { pairs, heldOut } = verifiedPairs(problems, { ...options, heldOut: 0.1, maxPairsPerProblem: 32 });
    expect([pairs.length, heldOut.length]).toEqual([4208, 512]);
    expect(pairs.every(({ chosen, rejected }) => chosen.trim() !== '' || rejected.trim() !== '')).toBe(true);
  });
});
