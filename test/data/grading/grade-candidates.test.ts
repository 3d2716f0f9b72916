import { afterAll, expect, it } from 'vitest';
import { gradeCandidates, MathAnswers, voteAnswers, type AnswerGrader } from '../../../harness/data/index.ts';
import type { Candidate } from '../../../harness/data/preference-pair.ts';

const math = new MathAnswers();
afterAll(() => math.close());

const candidate = (text: string): Candidate => ({ text, answer: 'as recorded', isCorrect: false, source: 'a/model' });

it('labels candidates, and gives equivalent answers one vote', async () => {
  const texts = [
    '\\boxed{\\frac{1}{2}}',
    'The answer is 0.5.',
    '\\boxed{2}',
    'no idea',
    '\\boxed{\\frac{2}{4}}',
    '\\boxed{\\frac{1}{}}',
  ];
  const graded = await gradeCandidates(texts.map(candidate), '\\frac12', math);
  expect(graded.map(({ isCorrect }) => isCorrect)).toEqual([true, true, false, false, true, null]);
  expect(graded.map(({ answer }) => answer)).toEqual(['0.5', '0.5', '2', null, '0.5', '\\frac{1}{}']);
  expect(graded.map(({ text }) => text)).toEqual(texts);
});

it('forms the same classes whatever the order of the answers', async () => {
  const answers = ['x+1', '1+x', '2', '\\frac{4}{2}', '\\{1,2\\}', '2,1', '1,2', null, '2'];
  const forwards = await voteAnswers(answers, math);
  const backwards = await voteAnswers(answers.toReversed(), math);
  expect(new Map([...backwards].toSorted())).toEqual(new Map([...forwards].toSorted()));
  expect(new Set(forwards.values())).toEqual(new Set(['1+x', '2', '1,2']));
  for (const standing of forwards.values()) expect(forwards.get(standing)).toBe(standing);
});

it('forms classes even where a grader is not transitive', async () => {
  const near: Pick<AnswerGrader, 'isCorrect'> = {
    isCorrect: (answer, reference) => Math.abs(Number(answer) - Number(reference)) <= 1,
  };
  const votes = await voteAnswers(['3', '1', '2'], near);
  expect(Object.fromEntries(votes)).toEqual({ '1': '1', '2': '1', '3': '3' });
});

it('waits for a grader that answers later, and asks it once for each answer', async () => {
  const asked: (string | null)[] = [];
  const later: AnswerGrader = {
    answerOf: (response) => response.trim(),
    normalize: (answer) => answer,
    isCorrect: async (answer, reference) => {
      await new Promise((done) => setTimeout(done, 1));
      if (reference === 'right') asked.push(answer);
      return answer === 'unsure' ? null : answer === reference;
    },
  };
  const graded = await gradeCandidates(['right', 'wrong', ' right ', 'unsure'].map(candidate), 'right', later);
  expect(graded.map(({ isCorrect }) => isCorrect)).toEqual([true, false, true, null]);
  expect(asked.filter((answer) => answer === 'right').length).toBe(1);
});
