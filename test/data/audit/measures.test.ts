/** The parts of an audit, each on numbers that can be checked by hand. */
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../harness/random/index.ts';
import { clusteredShare, wilsonInterval } from '../../../harness/stats/index.ts';
import type { PreferencePair } from '../../../harness/data/index.ts';
import { normalizedDistance } from '../../../harness/data/audit/edit-distance.ts';
import { TrigramModel } from '../../../harness/data/audit/language-model.ts';
import { auditRankers } from '../../../harness/data/audit/rankers.ts';
import { SampledRows } from '../../../harness/data/audit/sample.ts';
import { SplitOverlap } from '../../../harness/data/audit/split-overlap.ts';
import { pair } from './pair.ts';

describe('edit distance', () => {
  test.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abcd', 'abXd', 1 / 4],
    ['kitten', 'sitting', 3 / 7],
    ['', 'abc', 1],
    ['abc', 'xyz', 1],
  ])('of %j and %j', (a, b, distance) => {
    expect(normalizedDistance([...a], [...b])).toBeCloseTo(distance, 12);
    expect(normalizedDistance([...b], [...a])).toBeCloseTo(distance, 12);
  });

  test('equals the plain table on random texts, whatever band it needs', () => {
    const random = randomStream(1, 'edit distance');
    const text = (): string[] => Array.from({ length: random.integer(60) }, () => 'abcd'[random.integer(4)] as string);
    for (let i = 0; i < 100; i++) {
      const [a, b] = [text(), text()];
      const longer = Math.max(a.length, b.length, 1);
      expect(normalizedDistance(a, b)).toBeCloseTo(levenshtein(a, b) / longer, 12);
    }
  });

  test('above 256 edits is everything', () => {
    const of = (letter: string, n: number): string[] => Array.from({ length: n }, () => letter);
    expect(normalizedDistance(of('a', 300), of('b', 300))).toBe(1);
    expect(normalizedDistance([...of('a', 300), ...of('b', 20)], [...of('a', 300), ...of('c', 20)])).toBe(20 / 320);
  });
});

function levenshtein(a: readonly string[], b: readonly string[]): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, x] of a.entries()) {
    const row = [i + 1];
    for (const [j, y] of b.entries())
      row.push(
        Math.min((above[j] as number) + (x === y ? 0 : 1), (above[j + 1] as number) + 1, (row[j] as number) + 1),
      );
    above = row;
  }
  return above.at(-1) as number;
}

describe('the trigram model', () => {
  const model = new TrigramModel();
  for (const text of ['a b c', 'a b d', 'b c a']) model.learn(text);

  test('gives every text a chance, of unseen pieces too, and all of them together no more than one', () => {
    // exp(2 m) is the probability of a text of one piece: of the piece, and of the end behind it.
    const pieces = ['a', 'b', 'c', 'd', 'unseen'];
    const endings = pieces.map((piece) => Math.exp(2 * model.meanLogProbability(piece)));
    const empty = Math.exp(model.meanLogProbability(''));
    expect(endings.reduce((sum, p) => sum + p, empty)).toBeLessThan(1);
    expect(Math.min(...endings, empty)).toBeGreaterThan(0);
  });

  test('finds what it has seen likelier than what it has not, and an order likelier than another', () => {
    const of = (text: string): number => model.meanLogProbability(text);
    expect(of('a b c')).toBeGreaterThan(of('c b a'));
    expect(of('a b c')).toBeGreaterThan(of('a b x'));
    expect(of('a b d')).toBeGreaterThan(of('a d b'));
  });
});

describe('a share over groups', () => {
  test('is Wilson where every item is a group of its own', () => {
    const values = [1, 1, 1, 0, 1, 0, 1, 1];
    const { share, interval, effectiveN } = clusteredShare(
      values,
      values.map((_, i) => `g${i}`),
    );
    // Independent items have no design effect that could be estimated: all eight count.
    expect(effectiveN).toBe(8);
    expect(share).toBe(0.75);
    expect(interval).toMatchObject({ low: wilsonInterval(0.75, 8)?.low, high: wilsonInterval(0.75, 8)?.high });
  });

  test('counts items that always agree as one', () => {
    const groups = Array.from({ length: 40 }, (_, i) => `g${Math.floor(i / 4)}`);
    const values = groups.map((group) => (Number(group.slice(1)) < 6 ? 1 : 0));
    // 10 groups of 4: design effect 4 x 10/9, effective n 40 / (40/9) = 9.
    expect(clusteredShare(values, groups).effectiveN).toBeCloseTo(9, 12);
  });

  test('has no interval from one group', () => {
    expect(clusteredShare([1, 0, 1], ['a', 'a', 'a']).interval).toBeNull();
  });
});

describe('the sample', () => {
  test('keeps the order, takes each row equally often, and is the same for the same seed', () => {
    const drawn = (seed: number): readonly number[] => {
      const sample = new SampledRows<number>(5, randomStream(seed, 'sample'));
      for (let i = 0; i < 50; i++) sample.see(i);
      return sample.rows();
    };
    expect(drawn(3)).toEqual(drawn(3));
    const counts = Array.from({ length: 50 }, () => 0);
    for (let seed = 0; seed < 1000; seed++) {
      const rows = drawn(seed);
      expect(rows).toEqual(rows.toSorted((a, b) => a - b));
      for (const row of rows) counts[row] = (counts[row] ?? 0) + 1;
    }
    // 1000 draws of 5 of 50: each 100 times, standard deviation 9.5.
    expect(Math.min(...counts)).toBeGreaterThan(60);
    expect(Math.max(...counts)).toBeLessThan(140);
  });
});

describe('rankers', () => {
  const oneSided = (n: number, offset: number): readonly PreferencePair[] =>
    Array.from({ length: n }, (_, i) =>
      pair({ id: `${offset + i}`, chosen: `return good(${i % 7})`, rejected: `return bad(${i % 7}) || none` }),
    );

  test('that learn find a word that gives the side away; by hand, the shorter side', () => {
    const rankers = auditRankers(oneSided(60, 0), oneSided(30, 100));
    const shares = Object.fromEntries(rankers.map(({ name, share }) => [name, share]));
    expect(shares).toMatchObject({ 'token bag': 1, 'bigram logistic': 1, 'lower trigram perplexity': 1 });
    expect(shares).toMatchObject({ shorter: 1, longer: 0, 'more lines': 0.5 });
  });

  test('stay at one half where sides are drawn by a coin', () => {
    const random = randomStream(2, 'coin');
    const coin = (n: number, offset: number): readonly PreferencePair[] =>
      Array.from({ length: n }, (_, i) => {
        const sides = [`return a${random.integer(50)} + b`, `return a${random.integer(50)} - c`];
        const [chosen, rejected] = random.shuffled(sides) as [string, string];
        return pair({ id: `${offset + i}`, chosen, rejected });
      });
    for (const { name, low, high } of auditRankers(coin(400, 0), coin(400, 1000))) {
      expect(low, name).toBeLessThan(0.55);
      expect(high, name).toBeGreaterThan(0.45);
    }
  });

  test('are none without held-out pairs, and only those by hand without trained ones', () => {
    expect(auditRankers(oneSided(5, 0), [])).toEqual([]);
    expect(auditRankers([], oneSided(5, 0)).filter(({ isTrained }) => isTrained)).toEqual([]);
  });
});

describe('the split', () => {
  const long = Array.from({ length: 30 }, (_, i) => `v${i}`).join(' ');

  test('counts what stands on both sides: groups, pairs, prompts, responses, and copies by half', () => {
    const overlap = new SplitOverlap([
      pair({ id: '1', group: 'f', prompt: 'p', chosen: long, rejected: 'x' }),
      pair({ id: '2', group: 'g', prompt: 'q', chosen: 'y', rejected: 'z' }),
    ]);
    overlap.see(pair({ id: '3', group: 'h', prompt: 'q ', chosen: 'z', rejected: `${long} and more` }));
    expect(overlap.counts()).toEqual({
      sameGroup: 0,
      samePair: 0,
      samePrompt: 1,
      sameResponse: 1,
      nearResponses: 2,
      heldOutResponses: 4,
    });
    overlap.see(pair({ id: '4', group: 'f', prompt: 'p', chosen: long, rejected: 'x' }));
    expect(overlap.counts()).toMatchObject({ sameGroup: 1, samePair: 1, samePrompt: 2, sameResponse: 3 });
  });
});
