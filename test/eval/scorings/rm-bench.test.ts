import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { question, scoresOf } from './items.ts';

const row = (
  id: string,
  subset: string,
  right: readonly number[],
  wrong: readonly number[],
): ReturnType<typeof question> =>
  question({ id, subset }, [
    ...right.map((reward) => [reward, true] as const),
    ...wrong.map((reward) => [reward, false] as const),
  ]);

/** As the authors describe it: a matrix of all rows, its diagonal and its two triangles. */
function byMatrix(
  rows: readonly (readonly [readonly number[], readonly number[]])[],
): readonly [number, number, number] {
  const won = (i: number, j: number): number =>
    rows.filter(([right, wrong]) => (right[i] as number) > (wrong[j] as number)).length / rows.length;
  const hard = (won(0, 1) + won(0, 2) + won(1, 2)) / 3;
  const normal = (won(0, 0) + won(1, 1) + won(2, 2)) / 3;
  const easy = (won(1, 0) + won(2, 0) + won(2, 1)) / 3;
  return [easy, normal, hard];
}

describe('RM-Bench', () => {
  test('is easy for a ranker by style where the right response has more of it, and hard where it has less', () => {
    const scores = scoresOf('rm_bench', row('1', 'math', [1, 2, 3], [1, 2, 3]));
    expect(scores).toMatchObject({ easy: 1, normal: 0, hard: 0, math_easy: 1, math: 1 / 3, score: 1 / 3, domains: 1 });
  });

  test('is the matrix of the authors for any rewards, ties being losses', () => {
    const three = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(fc.tuple(three, three), { minLength: 1, maxLength: 6 }), (rows) => {
        const items = rows.flatMap(([right, wrong], index) => row(`${index}`, 'code', right, wrong));
        const { easy, normal, hard } = scoresOf('rm_bench', items);
        for (const [index, value] of byMatrix(rows).entries())
          expect([easy, normal, hard][index]).toBeCloseTo(value, 12);
      }),
    );
  });

  test('is the mean of the domains, the two parts of safety being one', () => {
    const scores = scoresOf('rm_bench', [
      ...row('1', 'chat', [9, 9, 9], [0, 0, 0]),
      ...row('2', 'safety-refuse', [9, 9, 9], [0, 0, 0]),
      ...row('3', 'safety-response', [0, 0, 0], [9, 9, 9]),
      ...row('4', 'safety-response', [0, 0, 0], [9, 9, 9]),
    ]);
    expect(scores).toMatchObject({
      chat: 1,
      safety: 0.5,
      safety_refuse: 1,
      safety_response: 0,
      score: 0.75,
      domains: 2,
    });
  });
});
