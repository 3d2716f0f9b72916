/** A task without the training questions that its own evaluation asks too. */
import { describe, expect, it } from 'vitest';
import { findContamination, unaccepted, withoutOverlaps } from '../../../harness/data/index.ts';
import type { PreferencePair, TaskData } from '../../../harness/data/preference-pair.ts';

const reason = 'train: words shared with a question of dev or test';

/** Fourteen words of their own for each number. */
const words = (n: number): string => Array.from({ length: 14 }, (_, w) => `w${n}x${w}`).join(' ');

function pair(id: string, prompt: string, more: Partial<PreferencePair> = {}): PreferencePair {
  return { id, group: id, prompt, chosen: `yes ${id}`, rejected: `no ${id}`, source: 'test', edits: [], ...more };
}

function task(train: readonly PreferencePair[], evaluation: Partial<TaskData> = {}): TaskData {
  const pool = [{ id: 'p', group: 'p', prompt: words(300), candidates: [] }];
  return {
    dev: [pair('d', words(100))],
    test: [pair('t', words(200))],
    pool,
    counts: { before: 1 },
    ...evaluation,
    train,
  };
}

const kept = (train: readonly PreferencePair[], evaluation: Partial<TaskData> = {}): string[] =>
  withoutOverlaps(task(train, evaluation)).train.map(({ id }) => id);

describe('training questions', () => {
  it.each([
    ['dev', words(100)],
    ['test', words(200)],
    ['the pool', words(300)],
  ])('go where they equal one of %s, whatever their marks', (_, question) => {
    expect(kept([pair('a', words(1)), pair('b', `  ${question.toUpperCase()}!`), pair('c', words(3))])).toEqual([
      'a',
      'c',
    ]);
  });

  it('go where they share thirteen words in a row, and stay where they share twelve', () => {
    const shared = (count: number): string => `before ${words(200).split(' ').slice(0, count).join(' ')} after`;
    expect(kept([pair('twelve', shared(12)), pair('thirteen', shared(13))])).toEqual(['twelve']);
  });

  it('go for what their responses say, with all pairs of their group', () => {
    const rows = [
      pair('a', words(1), { group: 'g' }),
      pair('b', words(1), { group: 'g', rejected: words(200) }),
      pair('c', words(3)),
    ];
    expect(kept(rows)).toEqual(['c']);
  });

  it('stay for words that many of them have: the wording of an exam', () => {
    const rows = Array.from({ length: 8 }, (_, n) => pair(`${n}`, `${words(n)} ${words(200)}`));
    expect(kept(rows)).toHaveLength(8);
    // Of three, the words tell questions apart.
    expect(kept(rows.slice(0, 3))).toEqual([]);
  });

  it('go until nothing is left that the check would find', async () => {
    // Words 200 are common until three of their questions have gone for words 100.
    const rows = [
      ...Array.from({ length: 3 }, (_, n) => pair(`a${n}`, `${words(n)} ${words(100)} ${words(200)}`)),
      pair('b', `${words(10)} ${words(200)}`),
      pair('c', words(11)),
    ];
    const settled = withoutOverlaps(task(rows));
    expect(settled.train.map(({ id }) => id)).toEqual(['c']);
    expect(settled.counts).toEqual({ before: 1, [reason]: 4 });
    const { dev, test } = settled;
    const found = await findContamination({
      evaluation: [...dev, ...test].map(({ id, group, prompt }) => ({ set: 'test', id, group, question: prompt })),
      training: [{ name: 'train', rows: textsOf(settled.train) }],
      sameness: 'words',
      accept: [],
    });
    expect(unaccepted(found)).toEqual([]);
  });

  it('keep their order, and dev, test and pool are as before', () => {
    const rows = [pair('b', words(1)), pair('t2', words(200)), pair('a', words(2))];
    const before = task(rows);
    const after = withoutOverlaps(before);
    expect(after.train.map(({ id }) => id)).toEqual(['b', 'a']);
    expect({ ...after, train: [], counts: {} }).toEqual({ ...before, train: [], counts: {} });
  });
});

async function* textsOf(pairs: readonly PreferencePair[]) {
  for (const { id, group, prompt, chosen, rejected } of pairs)
    yield { id, group, question: prompt, others: [chosen, rejected] };
}
