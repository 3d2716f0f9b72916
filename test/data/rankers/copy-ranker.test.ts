/** The ranker that copies: it must find what copying finds, and nothing else. */
import { describe, expect, test } from 'vitest';
import { fitCopyRanker, fitLinearRanker, generateTask, type GeneratedFamily } from '../../../harness/data/index.ts';
import { copyDifference } from '../../../harness/data/rankers/copy-differences.ts';
import type { PreferencePair, TaskData } from '../../../harness/data/preference-pair.ts';
import { barePair as pair } from '../bare-pair.ts';

const sizes = { devPairs: 2, testPairs: 500, testQuestions: 1, candidates: 2, seed: 0 };
const task = (family: GeneratedFamily, difficulty: number, trainPairs: number): TaskData =>
  generateTask({ name: 'copy', family, difficulty, trainPairs, ...sizes });

describe('the copy ranker', () => {
  const algebra = task('algebra', 1, 1024);
  const ranker = fitCopyRanker(algebra.train);

  test('solves the simplest algebra, nearly so after 256 pairs, where the responses alone tell nothing', () => {
    expect(ranker.accuracy(algebra.test)).toBe(1);
    expect(fitCopyRanker(algebra.train.slice(0, 256)).accuracy(algebra.test)).toBeGreaterThan(0.95);
    expect(fitLinearRanker(algebra.train).accuracy(algebra.test)).toBe(0.5);
  });

  test('solves lookup, and cannot trace a program whose working is left out', () => {
    const lookup = task('lookup', 3, 256);
    expect(fitCopyRanker(lookup.train).accuracy(lookup.test)).toBe(1);
    const program = task('program', 5, 256);
    // 250 twins: standard error below 0.032.
    expect(Math.abs(fitCopyRanker(program.train).accuracy(program.test) - 0.5)).toBeLessThan(0.1);
  });

  test('is at chance on the very same pairs once prompt and responses do not belong together', () => {
    const { train, test: held } = algebra;
    const torn = held.map((one, index) => ({ ...one, prompt: held[(index + 250) % held.length]?.prompt ?? '' }));
    expect(Math.abs(fitCopyRanker(train).accuracy(torn) - 0.5)).toBeLessThan(0.12);
  });

  test('is a function of its pairs and its seed, and mirrors its score when the sides change places', () => {
    const [one] = algebra.test as [PreferencePair];
    expect(fitCopyRanker(algebra.train).score(one)).toBe(ranker.score(one));
    expect(fitCopyRanker(algebra.train, { seed: 1 }).score(one)).not.toBe(ranker.score(one));
    expect(ranker.score({ ...one, chosen: one.rejected, rejected: one.chosen })).toBeCloseTo(-ranker.score(one), 12);
  });

  test('has a score for a prompt without words and for responses far longer than it compares', () => {
    const long = 'a*b+'.repeat(5000);
    expect(Number.isFinite(ranker.score(pair('', long, 'b')))).toBe(true);
    expect(ranker.score(pair('a*(b-c)', '', ''))).toBe(0);
  });
});

describe('what it sees of a pair', () => {
  const seen = (one: PreferencePair): [number, number][] => {
    const { indices, values } = copyDifference(one);
    return Array.from(indices, (index, i): [number, number] => [index, values[i] as number]).toSorted(
      (a, b) => a[0] - b[0],
    );
  };

  test('is nothing where both sides are the same text', () => {
    expect(seen(pair('a*(b-c)', 'a*b-a*c', 'a*b-a*c'))).toEqual([]);
  });

  test('shares what is spelled by places between prompts that differ in their names', () => {
    const ours = seen(pair('a*(b-c)', 'a*b-a*c', 'b*a-b*c'));
    const renamed = new Map(seen(pair('x*(y-z)', 'x*y-x*z', 'y*x-y*z')));
    const words = seen(pair('', 'a*b-a*c', 'b*a-b*c'));
    const shared = ours.filter(([index, value]) => renamed.get(index) === value);
    expect(shared.length).toBeGreaterThan(10);
    // Without the prompt only the words are seen, and those differ.
    expect(words.filter(([index, value]) => renamed.get(index) === value).length).toBeLessThan(3);
  });

  test('has the common subsequence: more of the prompt in its order counts for the chosen side', () => {
    // The same words on both sides, so that counts of words say nothing; 7 against 4 characters in order.
    const [last] = seen(pair('abc def ghi', 'abc def ghi', 'ghi def abc')).slice(-1);
    expect(last?.[1]).toBeCloseTo(Math.log1p(11 - 5), 5);
  });
});
