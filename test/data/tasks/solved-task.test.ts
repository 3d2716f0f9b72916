/** From labelled solutions to pairs, pool and splits. */
import { describe, expect, it } from 'vitest';
import { isWithinSource } from '../../../harness/data/index.ts';
import { solvedQuestion } from '../../../harness/data/tasks/humaneval-task.ts';
import { pairsPerQuestion, solvedTask, type SolvedTaskOptions } from '../../../harness/data/tasks/solved-task.ts';
import type { Candidate, TaskData } from '../../../harness/data/preference-pair.ts';

const options: SolvedTaskOptions = { kind: 'sums', name: 'sums', devQuestions: 2, testQuestions: 3, seed: 1 };

function candidate(text: string, isCorrect: boolean | null, source = 'lab/a'): Candidate {
  return { text, answer: null, isCorrect, source };
}

/** `rights` right and `wrongs` wrong solutions each. */
const questions = (count: number, rights: number, wrongs: number) =>
  Array.from({ length: count }, (_, q) => ({
    id: `sums-${q}`,
    prompt: `What is ${q}?\n`,
    reference: null,
    subset: q % 2 === 0 ? 'even' : 'odd',
    candidates: [
      ...Array.from({ length: rights }, (__, c) => candidate(`right ${c}`, true, `lab/${c}`)),
      ...Array.from({ length: wrongs }, (__, c) => candidate(`wrong ${c}`, false, `other/${c}`)),
    ],
  }));

const all = ({ train, dev, test }: TaskData): TaskData['train'] => [...train, ...dev, ...test];

describe('a task of labelled solutions', () => {
  it('prefers each right solution to each wrong one of its question, with its section', () => {
    const task = solvedTask(questions(8, 2, 2), options);
    expect([task.train.length, task.dev.length, task.test.length, task.pool.length]).toEqual([12, 8, 12, 3]);
    const [pair] = task.test;
    expect(pair).toMatchObject({ chosen: 'right 0', rejected: 'wrong 0', source: 'lab/0 vs other/0', edits: [] });
    for (const { id, group, prompt, subset } of all(task)) {
      const q = Number(group.slice('sums-'.length));
      expect([prompt, subset, id.startsWith(`${group}:`)]).toEqual([
        `What is ${q}?\n`,
        q % 2 === 0 ? 'even' : 'odd',
        true,
      ]);
    }
  });

  it('splits by question, in another order with another seed', () => {
    const groups = (task: TaskData): string[][] =>
      [task.train, task.dev, task.test].map((split) => [...new Set(split.map(({ group }) => group))].toSorted());
    const [first, again, other] = [options, options, { ...options, seed: 2 }].map((one) =>
      groups(solvedTask(questions(30, 1, 1), one)),
    );
    expect(first?.flat().toSorted()).toEqual(
      questions(30, 1, 1)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('draws eight pairs of a question that has more, and counts the others', () => {
    const task = solvedTask(questions(6, 4, 5), options);
    expect(pairsPerQuestion).toBe(8);
    expect(all(task).length).toBe(6 * 8);
    expect(task.counts['beyond the pairs of a question']).toBe(6 * (20 - 8));
    const drawn = new Set(all(task).map(({ chosen, rejected }) => `${chosen} ${rejected}`));
    expect(drawn.size).toBeGreaterThan(8);
  });

  it('takes a solution once that stands twice, and keeps both in the pool', () => {
    const twice = questions(6, 1, 1).map((question) => ({
      ...question,
      candidates: [...question.candidates, candidate('right 0', true, 'lab/9')],
    }));
    const task = solvedTask(twice, options);
    expect(all(task).length).toBe(6);
    expect(task.counts['same solution twice']).toBe(6);
    expect(task.pool.map(({ candidates }) => candidates.length)).toEqual([3, 3, 3]);
  });

  it('has no pair of solutions that nobody could grade', () => {
    const ungraded = questions(6, 1, 0).map((question) => ({
      ...question,
      candidates: [...question.candidates, candidate('who knows', null)],
    }));
    const task = solvedTask(ungraded, options);
    expect(all(task)).toEqual([]);
    expect(task.counts['question without a pair']).toBe(6);
    expect(task.pool[0]?.candidates[1]?.isCorrect).toBe(null);
  });

  it('refuses splits that leave nothing to train on', () => {
    expect(() => solvedTask(questions(5, 1, 1), options)).toThrow(
      'task sums: 3 test + 2 dev questions leave none of 5 for training',
    );
  });
});

describe('programs with what their tests said', () => {
  const program = (completion: string, passed: boolean, model = 'm') => ({
    completion,
    passed,
    status: passed ? 'pass' : 'wrong',
    model,
  });
  const counts: Record<string, number> = {};
  const question = solvedQuestion(
    {
      id: 'HumanEval/7',
      prompt: 'def f():\n',
      candidates: [
        program('  return 1', true),
        program('  return 2', true),
        program('  return 2', false),
        program('  return 3', false),
        program('  return 4', false, 'n'),
      ],
    },
    counts,
  );

  it('are numbered by model, so that pairs of one model are within its source', () => {
    expect(question.candidates.map(({ text, source }) => [text, source])).toEqual([
      ['  return 1', 'm/0'],
      ['  return 3', 'm/1'],
      ['  return 4', 'n/0'],
    ]);
    const { train } = solvedTask([question, { ...question, id: 'b' }, { ...question, id: 'c' }], {
      ...options,
      devQuestions: 1,
      testQuestions: 1,
    });
    expect(train.map((pair) => [pair.rejected, isWithinSource(pair), pair.language])).toEqual([
      ['  return 3', true, 'python'],
      ['  return 4', false, 'python'],
    ]);
  });

  it('say nothing where one text both passed and failed', () => {
    expect(counts['candidate: same text passed and failed']).toBe(2);
  });
});
