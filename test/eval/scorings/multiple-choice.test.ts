import { expect, test } from 'vitest';
import { question, scoresOf } from './items.ts';

const scored = (...questions: (readonly (readonly [number, boolean | null])[])[]) =>
  scoresOf(
    'multiple_choice',
    questions.flatMap((options, index) => question({ id: `${index}`, subset: 'all' }, options)),
  );

test('the option with the highest reward is the answer', () => {
  const right = [
    [-1, false],
    [3, true],
    [2, false],
    [0, false],
  ] as const;
  const wrong = [
    [4, false],
    [3, true],
  ] as const;
  expect(scored(right)).toEqual({ accuracy: 1, questions: 1, tied_questions: 0 });
  expect(scored(right, wrong, wrong)).toEqual({ accuracy: 1 / 3, questions: 3, tied_questions: 0 });
});

test('each of k options that share the highest reward counts 1/k, whatever their order', () => {
  const tied = [
    [2, false],
    [2, true],
    [2, false],
    [1, true],
  ] as const;
  for (const options of [tied, tied.toReversed()])
    expect(scored(options)).toEqual({ accuracy: 1 / 3, questions: 1, tied_questions: 1 });
});

test('what is equal as it is stored is a tie', () => {
  expect(
    scored([
      [1, false],
      [1 + 1e-9, true],
    ]),
  ).toMatchObject({ accuracy: 0.5, tied_questions: 1 });
  expect(
    scored([
      [1, false],
      [1 + 1e-6, true],
    ]),
  ).toMatchObject({ accuracy: 1, tied_questions: 0 });
});

test('an option that nobody could grade is no right answer', () => {
  expect(
    scored([
      [1, null],
      [0, true],
    ]),
  ).toMatchObject({ accuracy: 0 });
});

test('without questions there is nothing to say', () => {
  expect(scored()).toEqual({});
});
