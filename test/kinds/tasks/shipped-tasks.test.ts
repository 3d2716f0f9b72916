/** The tasks whose files have a manifest, on the real files: how much they give, and what every task has to keep. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findContamination, isWithinSource, unaccepted, type TaskData } from '../../../harness/data/index.ts';
import { hasMirror, mirrorFolder, readTask, taskOf } from './read-task.ts';

if (!hasMirror)
  console.warn(`skipped: tasks of datasets need a data mirror; ${mirrorFolder} is none (set HARNESS_DATA_MIRROR)`);

const cacheFolder = mkdtempSync(path.join(tmpdir(), 'harness-shipped-'));
afterAll(() => rmSync(cacheFolder, { recursive: true, force: true }));

const overlapReason = 'train: words shared with a question of dev or test';

/** Pairs of train, dev and test, pool questions, candidates at least and at most, pairs of train left out. */
const tasks = [
  [{ kind: 'math' }, [382, 172, 366], 200, [4, 4], 10],
  [{ kind: 'humaneval' }, [520, 176, 448], 60, [20, 70], 40],
  [{ kind: 'humaneval', pools: ['codegen'] }, [408, 152, 296], 58, [12, 50], 40],
  [{ kind: 'logiqa2' }, [3302, 918, 4701], 1568, [4, 4], 345],
  [{ kind: 'logiqa2', test: 'ood_test' }, [3333, 879, 1716], 573, [4, 4], 165],
  [{ kind: 'ar-lsat' }, [5913, 924, 920], 230, [5, 5], 562],
] as const;

const candidatesOf = ({ pool }: TaskData): number[] => pool.map(({ candidates }) => candidates.length);

describe.skipIf(!hasMirror).each(tasks)('%o', (section, pairs, questions, candidates, left) => {
  const { kind, spec } = taskOf(section);
  let known: Promise<TaskData> | null = null;
  const first = (): Promise<TaskData> => (known ??= readTask(section, cacheFolder));

  it('gives as many pairs and candidates as its sizes say, and counts what it leaves out', async () => {
    const task = await first();
    const { train, dev, test, pool, counts } = task;
    expect([train.length, dev.length, test.length]).toEqual(pairs);
    expect(pool.length).toBe(questions);
    expect([Math.min(...candidatesOf(task)), Math.max(...candidatesOf(task))]).toEqual(candidates);
    expect(counts[overlapReason]).toBe(left);
    const sizes = kind.sizes(spec);
    expect(sizes.candidates).toBe(candidates[1]);
    expect(sizes.leastCandidates).toBeLessThanOrEqual(candidates[0]);
    for (const [said, found] of [
      [sizes.devPairs, dev.length],
      [sizes.testPairs, test.length],
      [sizes.questions, pool.length],
    ] as const)
      expect(Math.abs(said / found - 1)).toBeLessThan(0.25);
  });

  it('keeps splits apart, ids unique, and is the same when it is read again', async () => {
    const task = await first();
    const { train, dev, test, pool } = task;
    const groups = [train, dev, test].map((split) => new Set(split.map(({ group }) => group)));
    expect(new Set(groups.flatMap((set) => [...set])).size).toBe(groups.reduce((sum, { size }) => sum + size, 0));
    for (const split of [train, dev, test, pool]) expect(new Set(split.map(({ id }) => id)).size).toBe(split.length);
    for (const { chosen, rejected } of [...train, ...dev, ...test]) expect(chosen).not.toBe(rejected);
    expect(await readTask(section, cacheFolder)).toEqual(task);
  });

  it('passes the contamination check as it is', async () => {
    const { train, dev, test, pool } = await first();
    const asked = [
      ['dev', dev],
      ['test', test],
      ['pool', pool],
    ] as const;
    const found = await findContamination({
      evaluation: asked.flatMap(([set, rows]) =>
        rows.map(({ id, group, prompt }) => ({ set, id, group, question: prompt })),
      ),
      training: [{ name: 'train', rows: textsOf(train) }],
      sameness: kind.sameness ?? 'words',
      accept: [],
    });
    expect(unaccepted(found)).toEqual([]);
  });
});

async function* textsOf(
  pairs: TaskData['train'],
): AsyncGenerator<{ id: string; group: string; question: string; others: string[] }> {
  for (const { id, group, prompt, chosen, rejected } of pairs)
    yield { id, group, question: prompt, others: [chosen, rejected] };
}

describe.skipIf(!hasMirror)('on the real files', () => {
  it('MATH is divided by subject or by level', async () => {
    const subsets = async (section: object): Promise<(string | undefined)[]> =>
      [
        ...new Set((await readTask({ kind: 'math', ...section }, cacheFolder)).pool.map(({ subset }) => subset)),
      ].toSorted();
    expect(await subsets({ sections: 'level' })).toEqual([1, 2, 3, 4, 5].map((level) => `Level ${level}`));
    expect(await subsets({})).toHaveLength(7);
  });

  it('MATH: nearly every solution has an answer to vote with', async () => {
    const { pool } = await readTask({ kind: 'math' }, cacheFolder);
    const all = pool.flatMap(({ candidates }) => candidates);
    expect(all.filter(({ answer }) => answer === null).length).toBeLessThan(0.01 * all.length);
  });

  it('HumanEval: pairs of one model are within its source, of two models not', async () => {
    const { train, dev, test } = await readTask({ kind: 'humaneval', pools: ['codegen'] }, cacheFolder);
    expect([...train, ...dev, ...test].filter((pair) => !isWithinSource(pair))).toEqual([]);
    const mixed = await readTask({ kind: 'humaneval', pools: ['llm-runs'] }, cacheFolder);
    expect(mixed.test.filter(isWithinSource)).toEqual([]);
    expect(mixed.test.every(({ language }) => language === 'python')).toBe(true);
  });

  it('overlaps stay where an experiment keeps them', async () => {
    const kept = await readTask({ kind: 'ar-lsat', overlaps: 'keep' }, cacheFolder);
    expect(kept.train.length).toBe(5913 + 562);
    expect(kept.counts).not.toHaveProperty([overlapReason]);
  });

  it('LogiQA 2.0: no option of the out-of-domain test says its place', async () => {
    const { pool } = await readTask({ kind: 'logiqa2', test: 'ood_test' }, cacheFolder);
    const texts = pool.flatMap(({ candidates }) => candidates.map(({ text }) => text));
    expect(texts.filter((text) => /^[A-D]\./.test(text))).toEqual([]);
  });
});
