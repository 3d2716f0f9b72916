/** Forms of questions up to renaming, and how many test prompts of each family are new. */
import { describe, expect, it, test } from 'vitest';
import { formOf, generatedFamilies, generateTask, mostRenamed, noveltyOf } from '../../harness/data/index.ts';
import { families } from '../../harness/data/tasks/families.ts';
import type { PreferencePair, TaskData } from '../../harness/data/preference-pair.ts';

const generate = (family: (typeof generatedFamilies)[number], difficulty: number, seed = 0): TaskData =>
  generateTask({
    name: 'novelty',
    family,
    difficulty,
    trainPairs: 400,
    devPairs: 100,
    testPairs: 200,
    testQuestions: 60,
    candidates: 3,
    seed,
  });

describe('formOf', () => {
  it.each([
    ['other letters in a formula', 'd-(a-b)*c\n', 'x-(y-z)*k\n'],
    ['other numbers and variables of a program', 'a=3;b=5;a=a+b', 'q=7;r=1;q=q+r'],
    ['other keys of an object', '{top:4,id:7}', '{len:9,row:0}'],
    ['another person, thing and count', 'Ann has 5 figs, finds 3, eats 2.', 'Bob has 7 pens, finds 1, eats 4.'],
    ['other white space', 'a + b\n', 'x  +\ty\n'],
  ])('is the same for %s', (_, one, other) => {
    expect(formOf(one)).toBe(formOf(other));
  });

  it.each([
    ['another sign', 'a-(b+c)', 'a-(b-c)'],
    ['the same variable twice', 'a*(b-c)', 'a*(a-c)'],
    ['a number that comes again', 'a=3;b=3;a=a+b', 'a=3;b=5;a=a+b'],
    ['another verb of a story', 'Ann has 5 figs, finds 3.', 'Ann has 5 figs, loses 3.'],
    ['another person at the end', 'Ann has 5 figs, Bob 3. Ann?', 'Ann has 5 figs, Bob 3. Bob?'],
    ['a name where a number was', 'a=b+c', 'a=b+3'],
  ])('differs for %s', (_, one, other) => {
    expect(formOf(one)).not.toBe(formOf(other));
  });

  it('numbers names and numbers apart, in the order of their first occurrence', () => {
    expect(formOf('Ann has 5 figs, Bob 3. Bob gives Ann 3?\n')).toBe('@0 has #0 @1, @2 #1. @2 gives @0 #1? ');
    expect(formOf('p&&!q||p')).toBe('@0&&!@1||@0');
  });
});

test('noveltyOf counts forms, and the shares of test and pool prompts whose form is trained on', () => {
  const pair = (prompt: string): PreferencePair => ({
    id: prompt,
    group: prompt,
    prompt,
    chosen: '',
    rejected: '',
    source: '',
    edits: [],
  });
  const train = ['a+b', 'c+d', 'a-b'].map(pair);
  const pool = [{ id: 'q', group: 'q', prompt: 'x-y', candidates: [] }];
  expect(noveltyOf({ train, test: ['k+m', 'k*m', 'm*k', 'k/m'].map(pair), pool })).toEqual({
    trainForms: 2,
    testForms: 3,
    renamedTest: 0.25,
    renamedPool: 1,
  });
  expect(noveltyOf({ train, test: [], pool: [] })).toMatchObject({
    testForms: 0,
    renamedTest: null,
    renamedPool: null,
  });
});

describe.each(generatedFamilies.flatMap((family) => [1, 2, 3, 4, 5].map((difficulty) => ({ family, difficulty }))))(
  '$family at difficulty $difficulty',
  ({ family, difficulty }) => {
    const from = families[family].formsApartFrom;
    const isApart = from !== null && difficulty >= from;
    const novelty = noveltyOf(generate(family, difficulty));

    it(
      isApart ? 'asks no test question in a form of the training' : 'is a control: nearly all forms are trained on',
      () => {
        const { renamedTest, renamedPool } = novelty;
        if (isApart) expect({ renamedTest, renamedPool }).toEqual({ renamedTest: 0, renamedPool: 0 });
        else expect(renamedTest).toBeGreaterThan(mostRenamed);
      },
    );

    it('has forms enough for its part', () => {
      // Apart: dozens on both sides, so that a test is more than a handful of forms. A control: 6 to 32.
      const least = Math.min(novelty.trainForms, novelty.testForms);
      if (isApart) expect(least).toBeGreaterThan(20);
      else expect(least).toBeLessThanOrEqual(32);
    });
  },
);

it('the forms of the training are others for another seed', () => {
  const formsOf = (seed: number): ReadonlySet<string> =>
    new Set(generate('boolean', 1, seed).train.map(({ prompt }) => formOf(prompt)));
  const [one, other] = [formsOf(0), formsOf(1)];
  const shared = [...one].filter((form) => other.has(form)).length;
  // Each form is in either half by a coin of its own.
  expect(shared).toBeGreaterThan(0.25 * one.size);
  expect(shared).toBeLessThan(0.75 * one.size);
});

it('keeping forms apart leaves the kinds of mistakes as frequent as they were', () => {
  // Without a correction numbers, whose exchange keeps the form, were 88 of 100 mistakes in program 2, not 74.
  const { train } = generateTask({
    name: 'mistakes',
    family: 'program',
    difficulty: 2,
    trainPairs: 1600,
    devPairs: 2,
    testPairs: 2,
    testQuestions: 1,
    candidates: 2,
    seed: 3,
  });
  const share = train.filter(({ edits }) => edits[0]?.startsWith('number')).length / train.length;
  // 800 twins: standard error 0.016.
  expect(Math.abs(share - 0.74)).toBeLessThan(0.06);
});
