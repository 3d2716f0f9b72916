import { afterAll, describe, expect, it, test } from 'vitest';
import { MathAnswers } from '../../../harness/data/index.ts';
import { readAnswer } from '../../../harness/data/grading/answer.ts';
import { different, equivalent } from './answer-pairs.ts';

const answers = new MathAnswers({ timeLimitMs: 20_000 });
afterAll(() => answers.close());

const verdict = (answer: string, reference: string): Promise<boolean | null> =>
  answers.isCorrect(answers.normalize(answer), reference);

const casesOf = (table: typeof equivalent): (readonly [group: string, a: string, b: string])[] =>
  Object.entries(table).flatMap(([group, pairs]) => pairs.map(([a, b]) => [group, a, b] as const));

describe('the same answer', () => {
  it.each(casesOf(equivalent))('%s: %s is %s', async (_, a, b) => {
    expect([await verdict(a, b), await verdict(b, a)]).toEqual([true, true]);
  });
});

describe('another answer', () => {
  it.each(casesOf(different))('%s: %s is not %s', async (_, a, b) => {
    expect([await verdict(a, b), await verdict(b, a)]).toEqual([false, false]);
  });
});

test('every answer of both tables is the same as itself, and its spelling stays when it is spelled again', async () => {
  const all = new Set([...casesOf(equivalent), ...casesOf(different)].flatMap(([, a, b]) => [a, b]));
  expect(all.size).toBeGreaterThan(250);
  for (const answer of all) {
    const spelled = answers.normalize(answer);
    expect([answer, spelled === null ? null : answers.normalize(spelled)]).toEqual([answer, spelled]);
    expect([answer, await verdict(answer, answer)]).toEqual([answer, true]);
  }
});

test.each(['\\frac', '\\sqrt', '(', '{', '1,', 'x=', '\\pm', '\\text{', '$', '1 '])(
  'a text that repeats %s is spelled and read at once',
  (part) => {
    const start = performance.now();
    const spelled = answers.normalize(part.repeat(Math.floor(4000 / part.length)));
    if (spelled !== null) readAnswer(spelled);
    expect(performance.now() - start).toBeLessThan(1000);
    expect(answers.normalize(part.repeat(4001))).toBeNull();
  },
);

describe('an answer that is no mathematics', () => {
  it.each([
    ['\\frac{1}{', '5'],
    ['41.472+', '92'],
    ['f(1985,f(1986,1))', '1'],
    ['\\int_0^1 x^x dx', '0.78'],
  ])('%s cannot be graded', async (answer, reference) => {
    expect(await verdict(answer, reference)).toBeNull();
  });

  it('without an answer a response is wrong, and cannot be ungraded', async () => {
    expect(await answers.isCorrect(null, '18')).toBe(false);
    expect(await answers.isCorrect(answers.answerOf('I do not know'), '18')).toBe(false);
  });
});
