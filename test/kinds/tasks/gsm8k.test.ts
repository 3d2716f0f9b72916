import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isWithinSource, type Gsm8kPool } from '../../../harness/data/index.ts';
import type { TaskData } from '../../../harness/data/preference-pair.ts';
import { pairsPerQuestion } from '../../../harness/data/tasks/solved-task.ts';
import { withoutAnnotations } from '../../../harness/data/tasks/gsm8k-rows.ts';
import { builtInKinds } from '../../../harness/kinds/index.ts';
import { kindOf, type TaskSpec } from '../../../harness/spec/index.ts';
import { hasMirror, mirrorFolder, readTask } from './read-task.ts';

if (!hasMirror)
  console.warn(`skipped: GSM8K tests need a data mirror; ${mirrorFolder} is none (set HARNESS_DATA_MIRROR)`);

const cacheFolder = mkdtempSync(path.join(tmpdir(), 'gsm8k-test-'));
afterAll(async () => {
  rmSync(cacheFolder, { recursive: true, force: true });
  for (const grader of builtInKinds.graders) await grader.close?.();
});

const spec = {
  kind: 'gsm8k',
  name: 'gsm8k',
  pool: 'example-solutions',
  devQuestions: 200,
  testQuestions: 319,
  seed: 0,
} as const;
const kind = kindOf(builtInKinds.tasks, spec);
const digestOf = (task: TaskSpec): string | null => kind.digest?.(task) ?? null;
const read = (task: TaskSpec): Promise<TaskData> => readTask(task, cacheFolder);
const load = (pool: Gsm8kPool): Promise<TaskData> => read({ ...spec, pool } as TaskSpec);
const allPairs = ({ train, dev, test }: TaskData): TaskData['train'] => [...train, ...dev, ...test];

describe.skipIf(!hasMirror)('GSM8K from a mirror', () => {
  it('example solutions: 2,426 pairs, correct and incorrect, 792 of them by one model size', async () => {
    const data = await load('example-solutions');
    expect(allPairs(data).length).toBe(2426);
    expect(allPairs(data).filter(isWithinSource).length).toBe(792);
    // 4 x 1,319 solutions, of which 8 are given twice for a question.
    expect(data.counts['same solution twice']).toBe(8);
    expect(data.pool.map(({ candidates }) => candidates.length)).toEqual(Array.from({ length: 319 }).fill(4));
  });

  it('candidates: at most eight of 39,807 pairs a question, and some wherever solutions differ', async () => {
    const data = await load('candidates');
    const pairs = allPairs(data);
    const perQuestion = new Map<string, number>();
    for (const { group } of pairs) perQuestion.set(group, (perQuestion.get(group) ?? 0) + 1);
    expect(perQuestion.size).toBe(1180);
    expect(Math.max(...perQuestion.values())).toBe(pairsPerQuestion);
    expect(pairs.length + (data.counts['beyond the pairs of a question'] ?? 0)).toBe(39_807);
    for (const { candidates } of data.pool)
      expect(new Set(candidates.map(({ source }) => source)).size).toBe(candidates.length);
    const all = data.pool.flatMap(({ candidates }) => candidates);
    expect(all.filter(({ answer }) => answer === null).length).toBeLessThan(0.01 * all.length);
  });

  it('splits by question, keeps order and ids stable, and strips the calculator annotations', async () => {
    const data = await load('example-solutions');
    expect(await load('example-solutions')).toEqual(data);
    const groups = [data.train, data.dev, data.test].map((pairs) => new Set(pairs.map(({ group }) => group)));
    const prompts = [data.train, data.dev, data.test].map((pairs) => new Set(pairs.map(({ prompt }) => prompt)));
    for (const sets of [groups, prompts])
      expect(new Set(sets.flatMap((set) => [...set])).size).toBe(sets.reduce((sum, set) => sum + set.size, 0));
    const poolIds = new Set(data.pool.map(({ id }) => id));
    expect(data.test.filter(({ group }) => !poolIds.has(group))).toEqual([]);
    expect(
      allPairs(data).filter(
        ({ id, group, chosen, rejected }) => !id.startsWith(`${group}:`) || `${chosen}${rejected}`.includes('<<'),
      ),
    ).toEqual([]);
    expect(new Set(allPairs(data).map(({ id }) => id)).size).toBe(2426);
  });

  it('labels agree with the final answers: one correct answer a question', async () => {
    const { pool } = await load('example-solutions');
    for (const { candidates } of pool) {
      const right = new Set(candidates.filter(({ isCorrect }) => isCorrect).map(({ answer }) => answer));
      expect(right.size).toBeLessThanOrEqual(1);
      expect(candidates.filter(({ isCorrect, answer }) => !isCorrect && right.has(answer))).toEqual([]);
    }
  });

  it('grader: math labels anew, and gives equal answers one vote', async () => {
    const [given, graded] = [
      await load('candidates'),
      await read({ ...spec, pool: 'candidates', grader: 'math' } as TaskSpec),
    ];
    const labels = ({ pool }: TaskData): readonly (boolean | null)[] =>
      pool.flatMap(({ candidates }) => candidates.map(({ isCorrect }) => isCorrect));
    const [before, after] = [labels(given), labels(graded)];
    const changed = before.filter((label, c) => label !== after[c]).length;
    expect(after.length).toBe(before.length);
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThan(0.005 * before.length);
    expect(graded.counts['candidate: not graded']).toBeLessThan(5);
    for (const { candidates } of graded.pool)
      expect(new Set(candidates.filter(({ isCorrect }) => isCorrect).map(({ answer }) => answer)).size).toBeLessThan(2);
  });

  it('refuses splits that leave nothing to train on', async () => {
    await expect(read({ ...spec, testQuestions: 1119 } as TaskSpec)).rejects.toThrow(
      '1119 test + 200 dev questions leave none of 1319 for training',
    );
  });
});

describe('without data', () => {
  it('the digest of a task comes from the manifests and tells the pools apart', () => {
    const digests = [digestOf(spec), digestOf({ ...spec, pool: 'candidates' } as TaskSpec)];
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(digests).size).toBe(2);
    expect(digestOf({ ...spec, seed: 3 } as TaskSpec)).toBe(digests[0]);
  });

  it('annotations go, also one that a cut left open', () => {
    expect(withoutAnnotations('16 - 3 = <<16-3=13>>13, 41+8 = $<<41.4')).toBe('16 - 3 = 13, 41+8 = $');
  });

  it('a pair is within its source when both models have one origin', () => {
    expect(
      [
        '6b/verification vs 6b/finetuning',
        '6b/verification vs 175b/verification',
        'microsoft-rho/a vs microsoft-rho/b',
      ].map((source) => isWithinSource({ source })),
    ).toEqual([true, false, true]);
  });
});
