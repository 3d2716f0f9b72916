import { describe, expect, it } from 'vitest';
import { generatedFamilies, generateTask, type GeneratedTaskOptions } from '../../harness/data/index.ts';
import type { TaskData } from '../../harness/data/preference-pair.ts';

const base: GeneratedTaskOptions = {
  name: 'splits',
  family: 'algebra',
  difficulty: 2,
  trainPairs: 200,
  devPairs: 60,
  testPairs: 60,
  testQuestions: 30,
  candidates: 16,
  seed: 0,
};

const bag = (prompt: string): string => [...prompt].toSorted().join('');
const promptsBySplit = ({ train, dev, test, pool }: TaskData): string[][] =>
  [train, dev, test, pool].map((rows) => rows.map(({ prompt }) => prompt));

describe('splits of a generated task', () => {
  // The default sizes at the two smallest difficulties, where a family has the fewest questions.
  it.each(generatedFamilies.flatMap((family) => [1, 2].map((difficulty) => ({ family, difficulty }))))(
    '$family $difficulty: 2048 + 500 + 500 + 200 different questions, no rearrangement across splits',
    ({ family, difficulty }) => {
      const data = generateTask({
        ...base,
        family,
        difficulty,
        trainPairs: 2048,
        devPairs: 500,
        testPairs: 500,
        testQuestions: 200,
      });
      const splits = promptsBySplit(data);
      expect(splits.map((prompts) => prompts.length)).toEqual([2048, 500, 500, 200]);
      expect(new Set(splits.flat()).size).toBe(3248);
      const bags = splits.map((prompts) => new Set(prompts.map(bag)));
      expect(new Set(bags.flatMap((set) => [...set])).size).toBe(bags.reduce((sum, set) => sum + set.size, 0));
      const groups = [data.train, data.dev, data.test, data.pool].map(
        (rows) => new Set(rows.map(({ group }) => group)),
      );
      expect(new Set(groups.flatMap((set) => [...set])).size).toBe(groups.reduce((sum, set) => sum + set.size, 0));
    },
  );

  it('texts at difficulty 2 stay short enough for a small model', () => {
    for (const family of generatedFamilies) {
      for (const { prompt, chosen } of generateTask({ ...base, family }).train) {
        expect(prompt.length).toBeLessThanOrEqual(41);
        expect(chosen.length).toBeLessThanOrEqual(60);
      }
    }
  });

  it('a larger training set begins with the smaller one and leaves the other splits alone', () => {
    const small = generateTask(base);
    const large = generateTask({ ...base, trainPairs: 400 });
    expect(large.train.slice(0, 200)).toEqual(small.train);
    expect([large.dev, large.test, large.pool]).toEqual([small.dev, small.test, small.pool]);
  });

  it('equal specs give equal data, another seed other questions', () => {
    expect(generateTask({ ...base })).toEqual(generateTask(base));
    const other = new Set(promptsBySplit(generateTask({ ...base, seed: 1 })).flat());
    expect(
      promptsBySplit(generateTask(base))
        .flat()
        .filter((prompt) => other.has(prompt)).length,
    ).toBeLessThan(10);
  });

  it('an odd number of pairs is cut within a twin', () => {
    expect(generateTask({ ...base, trainPairs: 7 }).train).toEqual(
      generateTask({ ...base, trainPairs: 8 }).train.slice(0, 7),
    );
  });

  it('refuses more questions than the family has', () => {
    // Impatient on purpose: three draws in a row that are unusable or known come long before the last question.
    expect(() => generateTask({ ...base, difficulty: 1, trainPairs: 200_000 }, 3)).toThrow(
      /family algebra at difficulty 1 gave no new question in 3 draws/,
    );
  });
});

describe.each(generatedFamilies)('pool of %s', (family) => {
  const { pool } = generateTask({ ...base, family, testQuestions: 150 });

  it('a candidate is correct exactly if its answer is that of the correct ones', () => {
    for (const { candidates } of pool) {
      const right = new Set(candidates.filter(({ isCorrect }) => isCorrect).map(({ answer }) => answer));
      const wrong = candidates.filter(({ isCorrect }) => !isCorrect).map(({ answer }) => answer);
      expect(right.size).toBeLessThanOrEqual(1);
      expect(wrong.filter((answer) => right.has(answer))).toEqual([]);
    }
  });

  it('shares of correct candidates lie around 0.2 to 0.7, nearly all questions are mixed, wrong answers differ', () => {
    const shares = pool.map(
      ({ candidates }) => candidates.filter(({ isCorrect }) => isCorrect).length / candidates.length,
    );
    // Mean of U(0.2, 0.7) is 0.45; one question's share has variance 0.5^2/12 + 0.24/16 = 0.036, so 150 questions have
    // a standard error of 0.0155.
    expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) / shares.length - 0.45)).toBeLessThan(0.06);
    expect(shares.filter((share) => share > 0 && share < 1).length).toBeGreaterThan(0.95 * pool.length);
    expect(
      pool.filter(
        ({ candidates }) =>
          new Set(candidates.filter(({ isCorrect }) => !isCorrect).map(({ answer }) => answer)).size >= 2,
      ).length,
    ).toBeGreaterThan(0.8 * pool.length);
  });
});
