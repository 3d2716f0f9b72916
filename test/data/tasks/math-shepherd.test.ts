/** Math-Shepherd: rows of its public format, written here. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { shepherdTask, type ShepherdTaskOptions } from '../../../harness/data/index.ts';
import { steppedSolution } from '../../../harness/data/tasks/shepherd-rows.ts';
import { stepPairs } from '../../../harness/data/tasks/step-pairs.ts';
import { finalAnswer } from '../../../harness/kinds/graders/final-answer.ts';
import { shepherdLine } from './shepherd-line.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-shepherd-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const written = (name: string, lines: readonly object[]): string => {
  const file = path.join(folder, name);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
};

describe('a row', () => {
  it('is a question and its steps, each right or wrong', () => {
    const row = shepherdLine('What is 2+3?', [
      ['Step 1: 2+3 = <<2+3=5>>5.', true],
      ['Step 2: Twice it.\nIt is 10. The answer is: 10', false],
    ]);
    expect(row.label).toBe(
      'What is 2+3? Step 1: 2+3 = <<2+3=5>>5. +\nStep 2: Twice it.\nIt is 10. The answer is: 10 -',
    );
    expect(steppedSolution(row)).toEqual({
      question: 'What is 2+3?',
      steps: [
        { text: 'Step 1: 2+3 = <<2+3=5>>5.', isRight: true },
        { text: 'Step 2: Twice it.\nIt is 10. The answer is: 10', isRight: false },
      ],
    });
  });

  it('may have the signs of its marks in its text', () => {
    const row = shepherdLine('1 + 1 - 1?', [['Step 1: + - + is - +', true]]);
    expect(steppedSolution(row)).toMatchObject({ steps: [{ text: 'Step 1: + - + is - +', isRight: true }] });
  });

  it.each([
    ['Q Step 1: a ки', 'Q Step 1: b +', 'row: label does not repeat the solution'],
    ['Q Step 1: a ки', 'Q Step 1: a ?', 'row: label does not repeat the solution'],
    ['Q Step 1: a ки', 'Q Step 1: a + more', 'row: label does not repeat the solution'],
    ['Q Step 1: a ки and so on', 'Q Step 1: a + and so on', 'row: text behind the last mark'],
    ['Q no steps ки', 'Q no steps +', 'row: no step 1'],
    ['Step 1: a ки', 'Step 1: a +', 'row: no question'],
    ['Q Step 1: a', 'Q Step 1: a', 'row: text behind the last mark'],
    ['Q Step 1: a ки ки', 'Q Step 1: a + -', 'row: a step without text or mark'],
  ])('%s with %s is left out: %s', (input, label, reason) => {
    expect(steppedSolution({ input, label, task: 'GSM8K' })).toBe(reason);
  });
});

describe('pairs of steps', () => {
  const right = (text: string): { text: string; isRight: boolean } => ({ text, isRight: true });
  const wrong = (text: string): { text: string; isRight: boolean } => ({ text, isRight: false });

  it('are of solutions that part behind the same right steps', () => {
    const pairs = stepPairs([
      [right('a'), right('b'), right('c')],
      [right('a'), wrong('x'), wrong('y')],
      [right('a'), right('b'), wrong('z')],
      [wrong('q'), right('b')],
    ]);
    expect(pairs.map(({ beginning, chosen, rejected }) => [beginning, chosen, rejected])).toEqual([
      ['', 'a', 'q'],
      ['a\n', 'b', 'x'],
      ['a\nb\n', 'c', 'z'],
    ]);
  });

  it('are none of a step that is right in one solution and wrong in another', () => {
    expect(stepPairs([[right('a')], [wrong('a')], [wrong('b')]])).toEqual([]);
  });
});

describe('the task', () => {
  /** Ten questions with two right and two wrong solutions each, which begin alike. */
  const lines = Array.from({ length: 10 }, (_, q) =>
    [true, false, true, false].map((isRight, s) =>
      shepherdLine(
        `What is ${q} + ${q}?`,
        [
          ['Step 1: We add.', true],
          [
            `Step ${2 + s}: It is ${isRight ? 2 * q : 2 * q + s}. The answer is: ${isRight ? 2 * q : 2 * q + s}`,
            isRight,
          ],
        ],
        q % 2 === 0 ? 'GSM8K' : 'MATH',
      ),
    ),
  ).flat();
  const file = written('rows.jsonl', lines);
  const options: ShepherdTaskOptions = {
    kind: 'math-shepherd',
    name: 'shepherd',
    path: file,
    pairs: 'solutions',
    candidates: 3,
    leastCandidates: 2,
    devQuestions: 2,
    testQuestions: 3,
    seed: 0,
  };

  it('prefers solutions without a wrong step, split by question', async () => {
    const task = await shepherdTask(options, finalAnswer);
    expect([task.train.length, task.dev.length, task.test.length]).toEqual([20, 8, 12]);
    for (const { prompt, chosen, rejected, subset } of [...task.train, ...task.dev, ...task.test]) {
      const [, q = ''] = /^What is (\d+) \+ \d+\?\n$/.exec(prompt) ?? [];
      expect(subset).toBe(Number(q) % 2 === 0 ? 'GSM8K' : 'MATH');
      expect(chosen).toContain(`The answer is: ${2 * Number(q)}`);
      expect(rejected).not.toContain(`The answer is: ${2 * Number(q)}`);
    }
  });

  it('has a pool of at most so many candidates, with their answers', async () => {
    const { pool } = await shepherdTask(options, finalAnswer);
    expect(pool.map(({ candidates }) => candidates.length)).toEqual([3, 3, 3]);
    for (const { candidates } of pool) {
      expect(candidates.map(({ isCorrect }) => isCorrect)).toEqual([true, false, true]);
      expect(candidates[0]?.answer).toBe(candidates[2]?.answer);
      expect(candidates[0]?.answer).not.toBe(candidates[1]?.answer);
    }
  });

  it('leaves questions with too few solutions out of the pool, counted', async () => {
    const { pool, counts } = await shepherdTask({ ...options, candidates: 8, leastCandidates: 5 }, finalAnswer);
    expect([pool.length, counts['pool question: too few solutions']]).toEqual([0, 3]);
  });

  it('compares steps behind the same beginning, in the same splits', async () => {
    const [solutions, steps, both] = [
      await shepherdTask(options, finalAnswer),
      await shepherdTask({ ...options, pairs: 'steps' }, finalAnswer),
      await shepherdTask({ ...options, pairs: 'both' }, finalAnswer),
    ];
    for (const { prompt, chosen } of steps.test) {
      expect(prompt).toMatch(/\?\nStep 1: We add\.\n$/);
      expect(chosen).not.toContain('Step 1');
    }
    for (const split of ['train', 'dev', 'test'] as const) {
      expect(new Set(steps[split].map(({ group }) => group))).toEqual(
        new Set(solutions[split].map(({ group }) => group)),
      );
      const ids = both[split].map(({ id }) => id);
      expect(new Set(ids)).toEqual(new Set([...solutions[split], ...steps[split]].map(({ id }) => id)));
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it('counts rows that cannot be used, and refuses a file of them', async () => {
    const broken = { input: 'Q Step 1: a ки', label: 'Q', task: 'MATH' };
    const { counts } = await shepherdTask({ ...options, path: written('one.jsonl', [...lines, broken]) }, finalAnswer);
    expect(counts['row: label does not repeat the solution']).toBe(1);
    await expect(shepherdTask({ ...options, path: written('all.jsonl', [broken]) }, finalAnswer)).rejects.toThrow(
      'no row can be used: 1 row: label does not repeat the solution',
    );
    const other = written('other.jsonl', [{ prompt: 'a' }]);
    await expect(shepherdTask({ ...options, path: other }, finalAnswer)).rejects.toThrow(`${other}:1: `);
  });
});
