import { describe, expect, test } from 'vitest';
import { fitLinearRanker, type RankedPair } from '../../../harness/data/index.ts';
import { pairDifference, wordsOf } from '../../../harness/data/rankers/word-differences.ts';
import { randomStream } from '../../../harness/random/index.ts';

/** Pairs of two random rows of words, of which `mark` changes one side. */
function pairsWith(count: number, seed: number, mark: (chosen: string[], rejected: string[]) => void): RankedPair[] {
  const random = randomStream(seed, 'test');
  return Array.from({ length: count }, () => {
    const row = (): string[] => Array.from({ length: 8 }, () => random.pick(['a', 'b', 'c', 'd', 'e', 'f']));
    const [chosen, rejected] = [row(), row()];
    mark(chosen, rejected);
    return { chosen: chosen.join(' '), rejected: rejected.join(' ') };
  });
}

describe('the linear ranker', () => {
  test('finds a word that tells, a pair of neighbours that tells, and a length that tells', () => {
    const marks: readonly ((chosen: string[], rejected: string[]) => void)[] = [
      (_, rejected) => void rejected.splice(3, 1, 'x'),
      (chosen, rejected) => (chosen.splice(2, 2, 'x', 'y'), rejected.splice(2, 2, 'y', 'x')),
      (chosen) => void chosen.push('a', 'b', 'c', 'd'),
    ];
    for (const mark of marks) {
      const ranker = fitLinearRanker(pairsWith(400, 1, mark));
      expect(ranker.accuracy(pairsWith(200, 2, mark))).toBeGreaterThan(0.95);
    }
  });

  test('is at chance where nothing tells, and counts a tie one half', () => {
    const ranker = fitLinearRanker(pairsWith(2000, 1, () => undefined));
    // Standard error of 2,000 held-out pairs: 0.011.
    expect(Math.abs(ranker.accuracy(pairsWith(2000, 2, () => undefined)) - 0.5)).toBeLessThan(0.04);
    expect(ranker.accuracy([{ chosen: 'a b', rejected: 'a b' }])).toBe(0.5);
    expect(ranker.accuracy([])).toBeNaN();
  });

  test('mirrors its score when the sides change places, and is the same again', () => {
    const train = pairsWith(100, 3, (chosen) => void chosen.push('x'));
    const [pair] = pairsWith(1, 4, () => undefined) as [RankedPair];
    const score = fitLinearRanker(train).score(pair);
    expect(fitLinearRanker(train).score({ chosen: pair.rejected, rejected: pair.chosen })).toBeCloseTo(-score, 12);
    expect(fitLinearRanker(train).score(pair)).toBe(score);
  });

  test('reads words, numbers and signs, also where nothing parses', () => {
    expect(wordsOf("a_1 !== b.c3 ?? 'x y' }} 1.5e3 //= é")).toEqual([
      'a_1',
      '!==',
      'b',
      '.',
      'c3',
      '??',
      "'",
      'x',
      'y',
      "'",
      '}',
      '}',
      '1.5e3',
      '//=',
      'é',
    ]);
    expect(pairDifference('a b', 'b a').indices.length).toBeGreaterThan(0);
    expect(pairDifference('a b', 'a b').indices).toHaveLength(0);
  });
});
