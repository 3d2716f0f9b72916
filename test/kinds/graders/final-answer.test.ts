import { expect, test } from 'vitest';
import { finalAnswer } from '../../../harness/kinds/graders/final-answer.ts';

test.each([
  ['9 * 2 = $18\nA: 18', '18'],
  ['so\n#### 1,200', '1200'],
  ['makes $\\boxed{18.00}$ dollars', '18'],
  ['first \\boxed{3}, then \\boxed{\\frac{1}{2}}', 'frac{1}{2}'],
  ['The answer is 40,000.', '40000'],
  ['no idea', null],
])('the answer of %j is %j', (response, answer) => {
  expect(finalAnswer.answerOf(response)).toBe(answer);
});

test.each([
  ['\\$64', '64'],
  ['80 \\, \\text{minutes}', '80'],
  ['60\\%', '60'],
  ['1,500,000dollars', '1500000'],
  ['0018', '18'],
  ['-.5', '-0.5'],
  ['  ', null],
])('%j is spelled %j', (raw, answer) => {
  expect(finalAnswer.normalize(raw)).toBe(answer);
});

test('an answer is correct when it is the reference in any spelling, and a response without one never is', () => {
  expect(finalAnswer.isCorrect('1200', '$1,200.00')).toBe(true);
  expect(finalAnswer.isCorrect('1201', '$1,200.00')).toBe(false);
  expect(finalAnswer.isCorrect(null, '18')).toBe(false);
  expect(finalAnswer.isCorrect(null, '  ')).toBe(false);
});
