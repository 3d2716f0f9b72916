/**
 * No shortcut: what understands nothing scores one half. By the twin and exchange laws exactly, whatever the number of
 * pairs; the pool in expectation.
 */
import { describe, expect, it } from 'vitest';
import {
  generatedFamilies,
  generateTask,
  lastingRankers,
  rankerAccuracy,
  rankerKey,
  rankerResults,
  trivialRankers,
  type GeneratedFamily,
} from '../../harness/data/index.ts';
import type { PreferencePair, TaskData } from '../../harness/data/preference-pair.ts';
import { barePair as pair } from './bare-pair.ts';

const combinations = generatedFamilies.flatMap((family) =>
  [1, 2, 3, 4, 5].map((difficulty) => ({ family, difficulty })),
);

function generate(family: GeneratedFamily, difficulty: number, testQuestions = 1): TaskData {
  return generateTask({
    name: 'shortcuts',
    family,
    difficulty,
    trainPairs: 200,
    devPairs: 2,
    testPairs: 2,
    testQuestions,
    candidates: 16,
    seed: 5,
  });
}

const sorted = (text: string): string => [...text].toSorted().join('');

describe.each(combinations)('$family at difficulty $difficulty', ({ family, difficulty }) => {
  const { train } = generate(family, difficulty);
  const twins = Array.from(
    { length: train.length / 2 },
    (_, t) => [train[2 * t], train[2 * t + 1]] as [PreferencePair, PreferencePair],
  );

  it('twin law: neighbours exchange their responses, share a group, and ask different questions', () => {
    expect(twins.map(([, b]) => [b.chosen, b.rejected, b.group])).toEqual(
      twins.map(([a]) => [a.rejected, a.chosen, a.group]),
    );
    expect(twins.filter(([a, b]) => a.prompt === b.prompt)).toEqual([]);
  });

  it('exchange law: twin prompts are made of the same characters and the same words', () => {
    const words = (text: string): string[] => (text.match(/\w+/g) ?? []).toSorted();
    for (const spell of [sorted, words])
      expect(twins.map(([, b]) => spell(b.prompt))).toEqual(twins.map(([a]) => spell(a.prompt)));
  });

  it('every trivial ranker scores exactly one half, and the two responses are equally long', () => {
    const rankers = trivialRankers.filter(({ reads }) => reads !== 'prompt order');
    expect(rankers.map((ranker) => [ranker.name, rankerAccuracy(ranker, train)])).toEqual(
      rankers.map(({ name }) => [name, 0.5]),
    );
    expect(train.map(({ rejected }) => rejected.length)).toEqual(train.map(({ chosen }) => chosen.length));
  });
});

describe('the rankers themselves', () => {
  const score = (name: string, pairs: readonly PreferencePair[]): number => {
    const ranker = trivialRankers.find((candidate) => candidate.name === name);
    if (ranker === undefined) throw new Error(`no ranker ${name}`);
    return rankerAccuracy(ranker, pairs);
  };

  it('find the shortcut where there is one', () => {
    expect(score('longest', [pair('', 'aaa', 'a'), pair('', 'b', 'b')])).toBe(0.75);
    expect(score('most distinct pieces', [pair('', 'a-b', 'a-a')])).toBe(1);
    expect(score('shared pieces', [pair('a 7 c', '7+c', '8+c')])).toBe(1);
    expect(score('final number', [pair('', '3=4', '9=1')])).toBe(1);
    expect(score('lexicographic: first response', [pair('', 'ab', 'ac'), pair('', 'b', 'a')])).toBe(0.5);
    expect(score('longest common subsequence', [pair('abcd', 'a-c-d', 'd-c-a')])).toBe(1);
  });
});

describe('results of rankers', () => {
  const pair = (group: string, chosen: string, rejected: string): PreferencePair => ({
    id: chosen,
    group,
    prompt: '',
    chosen,
    rejected,
    source: '',
    edits: [],
  });
  const longest = (pairs: readonly PreferencePair[]) => rankerResults(pairs).find(({ name }) => name === 'longest');

  it('are told in the direction that is right more often', () => {
    const pairs = [pair('1', 'a', 'aa'), pair('2', 'b', 'bb'), pair('3', 'c', 'cc'), pair('4', 'dd', 'd')];
    expect(longest(pairs)).toMatchObject({ isOpposite: true, accuracy: 0.75 });
    expect(longest(pairs.map((one) => ({ ...one, chosen: one.rejected, rejected: one.chosen })))).toMatchObject({
      isOpposite: false,
      accuracy: 0.75,
    });
  });

  it('have an interval that knows of groups: copies of a pair within its group tell nothing new', () => {
    const once = Array.from({ length: 40 }, (_, i) =>
      i % 4 === 0 ? pair(`${i}`, 'a', 'aa') : pair(`${i}`, 'aa', 'a'),
    );
    const copies = once.flatMap((one) => [one, one, one]);
    const [single, cluster] = [longest(once), longest(copies)];
    expect(cluster?.accuracy).toBe(0.75);
    // Three copies of each: the design effect is 3 x 40/39, so the interval is that of 39 pairs, with Student's t on 39
    // degrees in place of the normal quantile.
    expect(Math.abs((cluster?.low ?? 0) - (single?.low ?? 1))).toBeLessThan(0.01);
    expect(Math.abs((cluster?.high ?? 0) - (single?.high ?? 1))).toBeLessThan(0.01);
    // As pairs of groups of their own they would tell three times as much.
    const apart = longest(copies.map((one, i) => ({ ...one, group: `${i}` })));
    expect((apart?.high ?? 0) - (apart?.low ?? 0)).toBeLessThan(0.65 * ((single?.high ?? 0) - (single?.low ?? 0)));
  });

  it('that last are the best of each kind, and the longest common subsequence, each once', () => {
    const pairs = generate('algebra', 1).train;
    const results = rankerResults(pairs);
    const lasting = lastingRankers(results);
    expect(lasting.map(({ reads }) => reads)).toEqual(['response', 'prompt words', 'prompt order']);
    expect(lasting[2]?.name).toBe('longest common subsequence');
    const others = results.map((one) => (one.name === 'longest common subsequence' ? { ...one, accuracy: 0.5 } : one));
    expect(lastingRankers(others).map(({ name }) => name)).toContain('longest common subsequence');
    expect(lastingRankers(others).length).toBe(4);
    expect(rankerResults([])).toEqual([]);
  });

  it('have names of metrics of their own, also those of single signs', () => {
    const results = rankerResults(generate('algebra', 1).train);
    const keys = results.flatMap((one) => [one, { ...one, isOpposite: !one.isOpposite }]).map(rankerKey);
    expect(new Set(keys).size).toBe(2 * trivialRankers.length);
    expect(keys).toContain('response/count_of_+');
  });
});

describe.each(generatedFamilies)('pool of %s', (family) => {
  const { pool } = generate(family, 2, 400);
  // Within a question: how often a correct candidate outranks a wrong one. The standard error of 400 questions is at
  // most 0.02.
  const separation = (score: (prompt: string, text: string) => number): number => {
    const shares = pool.flatMap(({ prompt, candidates }) => {
      const scores = candidates.map(({ text }) => score(prompt, text));
      const right = scores.filter((_, c) => candidates[c]?.isCorrect === true);
      const wrong = scores.filter((_, c) => candidates[c]?.isCorrect === false);
      const wins = right.flatMap((r) => wrong.map((w) => (r > w ? 1 : r === w ? 0.5 : 0)));
      return wins.length === 0 ? [] : [wins.reduce<number>((sum, win) => sum + win, 0) / wins.length];
    });
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  };

  it('trivial rankers cannot tell right from wrong candidates', () => {
    for (const ranker of trivialRankers.filter(
      ({ reads, name }) => reads !== 'prompt order' && !name.startsWith('count of'),
    )) {
      expect(Math.abs(separation(ranker.score) - 0.5), ranker.name).toBeLessThan(0.08);
    }
  });
});
