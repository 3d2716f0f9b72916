import { expect, it } from 'vitest';
import { extractAnswer } from '../../../harness/data/grading/extract-answer.ts';

it.each([
  ['the last box counts', 'first \\boxed{3}, then \\boxed{\\frac{1}{2}}.', '\\frac{1}{2}'],
  [
    'braces in a box',
    'so \\boxed{\\left\\{ \\frac{1}{\\sqrt{2}} \\right\\}}',
    '\\left\\{ \\frac{1}{\\sqrt{2}} \\right\\}',
  ],
  ['a box without braces', 'hence \\boxed 5', '5'],
  ['two boxes of one sentence', 'the roots are $\\boxed{-2}$ and $\\boxed{1}$.', '-2, 1'],
  ['an empty box', 'put it in \\boxed{}: \\boxed{7}. Then \\boxed{ }', '7'],
  ['a box that never closes', 'first \\boxed{4}, then \\boxed{5', '4'],
  ['GSM8K', '16-3=13\n#### 1,200', '1,200'],
  ['the last line of the example solutions', 'He has 2 * 9 = 18\nA: 18', '18'],
  ['A: before the end is no answer', 'A: apples\nB: pears\nThe answer is B.', 'B'],
  ['Minerva', 'Final Answer: The final answer is $\\frac{1}{3}$. I hope it is correct.', '\\frac{1}{3}'],
  ['Minerva, in words', 'The final answer is east. I hope it is correct.', 'east'],
  ['a statement after a box', '\\boxed{4} ... The final answer is $5$.', '5'],
  ['words about a box', '\\boxed{\\$975}\nMy apologies, the final answer is accurate.', '\\$975'],
  ['a sentence', 'So 2 + 2 = 4. The answer is 40,000.', '40,000'],
  ['a sentence with a unit', 'The answer is $5 dollars.', '$5 dollars'],
  ['the first sentence after it', 'The answer is 12. This makes sense.', '12'],
  ['what a program printed', '```output\n34.0\n```\nReach max function call limit.', '34.0'],
  ['an error is no output', "```output\nNameError: name 'x_4' is not defined\n```", null],
  ['the last formula of the last line', 'We add.\nTherefore $x = 3$ and the sum is $x + 4 = 7$.', '7'],
  ['the last number of the last line', 'He pays 30000 + 1800 = 31,800 dollars in total.', '31,800'],
  ['amounts of money are no formulas', 'They are $21 - $20 = $1 more expensive on eBay.', '$1'],
  ['a response that was cut off', 'She paid $2 for a pack of grape', null],
  ['no idea', 'no idea', null],
  ['nothing', '', null],
])('%s', (_, response, answer) => {
  expect(extractAnswer(response)).toBe(answer);
});

it('takes linear time on responses that repeat themselves', () => {
  const long = '\\boxed{'.repeat(2000) + 'the answer is '.repeat(5000) + '$'.repeat(3000) + '{'.repeat(5000);
  const start = performance.now();
  extractAnswer(long);
  expect(performance.now() - start).toBeLessThan(1500);
});
