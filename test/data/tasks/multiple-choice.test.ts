/** Questions with options: what becomes of them, and that the order of the options does not count. */
import { describe, expect, it } from 'vitest';
import { choiceTask, type ChoiceQuestion, type ChoiceTaskOptions } from '../../../harness/data/index.ts';
import { multipleChoice } from '../../../harness/eval/scorings/multiple-choice.ts';
import type { Item } from '../../../harness/eval/index.ts';
import type { TaskData } from '../../../harness/data/preference-pair.ts';
import { randomStream } from '../../../harness/random/index.ts';

const options: ChoiceTaskOptions = { name: 'exam', kind: 'exam', seed: 3 };

/** Two questions on each passage, which stands with other marks the second time. */
function exam(file: string, passages: number): ChoiceQuestion[] {
  return Array.from({ length: 2 * passages }, (_, q) => {
    const passage = Math.floor(q / 2);
    return {
      id: `${file}-${q + 1}`,
      passage: q % 2 === 0 ? `On ${file} day ${passage}, it rained.` : ` on ${file} day ${passage}  it RAINED `,
      question: `What of ${q}?`,
      options: [`${file} sun ${q}`, `${file} rain ${q}`, `${file} snow ${q}`, `${file} fog ${q}`],
      answer: q % 4,
    };
  });
}

const task = (question: (one: ChoiceQuestion) => ChoiceQuestion = (one) => one): TaskData =>
  choiceTask({ train: exam('train', 20).map(question), dev: 0.2, test: exam('test', 5).map(question) }, options);

/** The same question with its options in another order. */
function permuted(question: ChoiceQuestion): ChoiceQuestion {
  const right = question.options[question.answer] as string;
  const texts = randomStream(1, 'permute', question.id).shuffled(question.options);
  return { ...question, options: texts, answer: texts.indexOf(right) };
}

/** Of a pool question's candidate. */
const item = (itemId: string, candidate: number, known: Pick<Item, 'reward' | 'isCorrect' | 'tokens'>): Item => ({
  set: 'pool',
  itemId,
  group: itemId,
  candidate,
  answer: null,
  subset: null,
  source: 'options',
  ...known,
});

const itemsOf = ({ pool }: TaskData, rewardOf: (text: string) => number): Item[] =>
  pool.flatMap(({ id, candidates }) =>
    candidates.map(({ text, isCorrect }, candidate) =>
      item(id, candidate, { reward: rewardOf(text), isCorrect, tokens: text.length }),
    ),
  );

describe('a question with options', () => {
  const [question] = exam('x', 1) as [ChoiceQuestion];
  const only = choiceTask({ train: exam('a', 2), dev: exam('b', 1), test: [question] }, options);

  it('is a pool question with its options as candidates, one of them right', () => {
    expect(only.pool).toEqual([
      {
        id: 'x-1',
        group: expect.stringMatching(/^passage-[0-9a-f]{12}$/) as string,
        prompt: 'On x day 0, it rained.\nWhat of 0?\n',
        candidates: [
          { text: 'x fog 0', answer: null, isCorrect: false, source: 'options' },
          { text: 'x rain 0', answer: null, isCorrect: false, source: 'options' },
          { text: 'x snow 0', answer: null, isCorrect: false, source: 'options' },
          { text: 'x sun 0', answer: null, isCorrect: true, source: 'options' },
        ],
      },
    ]);
  });

  it('gives a pair for each wrong option', () => {
    expect(only.test.map(({ chosen, rejected }) => [chosen, rejected])).toEqual([
      ['x sun 0', 'x fog 0'],
      ['x sun 0', 'x rain 0'],
      ['x sun 0', 'x snow 0'],
    ]);
    expect(new Set(only.test.map(({ id }) => id)).size).toBe(3);
  });

  it('keeps wrong options of one text as candidates, and makes one pair of them', () => {
    const doubled = { ...question, options: ['yes', 'no', 'no', 'perhaps'], answer: 0 };
    const made = choiceTask({ train: exam('a', 2), dev: exam('b', 1), test: [doubled] }, options);
    expect(made.pool[0]?.candidates.length).toBe(4);
    expect(made.test.map(({ rejected }) => rejected)).toEqual(['no', 'perhaps']);
  });

  it('is left out and counted where the right option is among the wrong ones too', () => {
    const unclear = { ...question, options: ['yes', 'no', 'yes', 'perhaps'], answer: 0 };
    const made = choiceTask({ train: exam('a', 2), dev: exam('b', 1), test: [unclear, ...exam('c', 1)] }, options);
    expect(made.pool.map(({ id }) => id)).toEqual(['c-1', 'c-2']);
    expect(made.counts['question: the right option stands among the wrong ones too']).toBe(1);
  });

  it('stands for itself where it has no passage', () => {
    const bare = { ...question, passage: ' ' };
    const { pool } = choiceTask({ train: exam('a', 2), dev: exam('b', 1), test: [bare] }, options);
    expect(pool[0]?.prompt).toBe('What of 0?\n');
  });
});

describe('splits', () => {
  it('are made of whole passages, whatever their marks and spaces', () => {
    const { train, dev, test, pool } = task();
    const groups = [train, dev, test].map((pairs) => new Set(pairs.map(({ group }) => group)));
    expect(groups.map(({ size }) => size)).toEqual([16, 4, 5]);
    expect(new Set(groups.flatMap((set) => [...set])).size).toBe(25);
    expect([train.length, dev.length, test.length, pool.length]).toEqual([96, 24, 30, 10]);
  });

  it('lose passages of train that stand in dev or test, which is counted', () => {
    const { train, dev, counts } = choiceTask(
      { train: [...exam('a', 4), ...exam('t', 1)], dev: [...exam('d', 2), ...exam('t', 1)], test: exam('t', 2) },
      options,
    );
    expect([train.length, dev.length]).toEqual([24, 12]);
    expect(counts).toMatchObject({ 'train: group also in test': 2, 'dev: group also in test': 2 });
  });

  it('may not be empty', () => {
    expect(() => choiceTask({ train: exam('t', 2), dev: exam('d', 1), test: exam('t', 2) }, options)).toThrow(
      'task exam: no question is left for train (4 rows: group also in test)',
    );
  });
});

describe('the order of the options', () => {
  const [straight, shuffled] = [task(), task(permuted)];

  it('changes options, and nothing of the task', () => {
    expect(exam('train', 20).map(permuted)).not.toEqual(exam('train', 20));
    expect(shuffled).toEqual(straight);
  });

  it.each([
    ['distinct', (text: string) => Number(/\d+/.exec(text)?.[0]) * 0.1 + text.charCodeAt(6)],
    ['tied', (text: string) => (text.includes('sun') || text.includes('fog') ? 1 : 0)],
  ] as const)('changes no metric of %s rewards', (_, rewardOf) => {
    expect(multipleChoice.metrics(itemsOf(shuffled, rewardOf))).toEqual(
      multipleChoice.metrics(itemsOf(straight, rewardOf)),
    );
  });
});

describe('multiple choice accuracy', () => {
  const question = (id: string, rewards: readonly number[], right: number): Item[] =>
    rewards.map((reward, candidate) =>
      item(id, candidate, { reward, isCorrect: candidate === right, tokens: 10 - candidate }),
    );
  const values = (items: readonly Item[]): Record<string, number> =>
    Object.fromEntries(multipleChoice.metrics(items).map(({ name, value }) => [name, value]));

  it('is the expected correctness of the option with the highest reward, ties shared evenly', () => {
    // Right alone: 1. One of two at the top: 1/2. None: 0. All five equal: 1/5.
    const items = [
      ...question('a', [3, 1, 2, 0], 0),
      ...question('b', [3, 3, 2, 0], 1),
      ...question('c', [3, 3, 2, 0], 2),
      ...question('d', [0, 0, 0, 0, 0], 4),
    ];
    expect(values(items)).toEqual({ accuracy: (1 + 1 / 2 + 0 + 1 / 5) / 4, questions: 4, tied_questions: 3 });
  });

  it('calls equal what is equal in the precision of the stored rewards', () => {
    expect(values(question('a', [1, 1 + 1e-9, 0, 0], 0))['accuracy']).toBe(1 / 2);
  });

  it('has no value without questions', () => {
    expect(multipleChoice.metrics([])).toEqual([]);
  });
});
