import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { PreferencePair } from '../../../harness/data/index.ts';
import { formats, lines, pairRows, task, temporaryFolder, usualFields, writeRows, type Row } from './row-files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const written = (rows: readonly unknown[]): string => {
  const file = path.join(folder, `rows-${files++}.jsonl`);
  writeFileSync(file, lines(rows));
  return file;
};

/** The test split is what a test looks at: in the order of the file, with a pool. */
const testOf = async (rows: readonly unknown[], changes: Partial<Parameters<typeof task>[0]> = {}) =>
  task({ train: written(pairRows(20, 1000)), test: written(rows), ...changes });

const short = ({ chosen, rejected, margin }: PreferencePair): readonly unknown[] =>
  margin === undefined ? [chosen, rejected] : [chosen, rejected, margin];

const one = { prompt: 'P', chosen: 'good', rejected: 'bad' };
const several = { prompt: 'Q', chosen: 'good', rejected: ['bad', 'worse'] };
const labelled = {
  prompt: 'R',
  candidates: [
    { text: '4', label: true },
    { text: '5', label: false },
    { text: '6', label: false },
  ],
};
const rated = {
  prompt: 'S',
  candidates: [
    { text: 'mid', rating: 3 },
    { text: 'top', rating: 4.5 },
    { text: 'low', rating: 1 },
    { text: 'also mid', rating: 3 },
  ],
};

const shapes: readonly (readonly [string, Row, readonly unknown[]])[] = [
  ['one chosen and one rejected response', one, [['good', 'bad']]],
  [
    'several rejected responses',
    several,
    [
      ['good', 'bad'],
      ['good', 'worse'],
    ],
  ],
  [
    'candidates with labels',
    labelled,
    [
      ['4', '5'],
      ['4', '6'],
    ],
  ],
  [
    'candidates with ratings',
    rated,
    [
      ['mid', 'low', 2],
      ['top', 'mid', 1.5],
      ['top', 'low', 3.5],
      ['top', 'also mid', 1.5],
      ['also mid', 'low', 2],
    ],
  ],
];

describe.each(shapes)('a row with %s', (_, row, pairs) => {
  it.each(formats)('gives its pairs from %s', async (format) => {
    const file = await writeRows(folder, 'shape', format, [row]);
    const { test } = await task({ train: written(pairRows(20)), test: file });
    expect(test.map(short)).toEqual(pairs);
    expect(new Set(test.map(({ group }) => group)).size).toBe(1);
    expect(test[0]?.prompt).toBe(`${String(row['prompt'])}\n`);
  });
});

describe('pairs', () => {
  it('have ids by the role of the file and the row, so that they are the same wherever it lies', async () => {
    const { test } = await testOf([one, several]);
    expect(test.map(({ id }) => id)).toEqual(['test-1', 'test-2-1', 'test-2-2']);
  });

  it('take a margin from the row', async () => {
    const { test } = await testOf([{ ...one, margin: 0.5 }]);
    expect(test.map(short)).toEqual([['good', 'bad', 0.5]]);
  });

  it('are joined to their prompt by the separator', async () => {
    const { test } = await testOf([one], { separator: '' });
    expect(test[0]?.prompt).toBe('P');
  });

  it('of one row are at most so many, drawn with the seed', async () => {
    const many = { prompt: 'P', candidates: Array.from({ length: 10 }, (_, i) => ({ text: `c${i}`, label: i < 5 })) };
    const draw = async (seed: number): Promise<readonly unknown[]> => {
      const { test, counts } = await testOf([many], { seed, pairsPerQuestion: 6 });
      expect(counts['pair: beyond the pairs of a question']).toBe(19);
      return test.map(short);
    };
    const first = await draw(1);
    expect(first).toHaveLength(6);
    expect(await draw(1)).toEqual(first);
    expect(await draw(2)).not.toEqual(first);
  });

  it('of candidates name their sources, so that pairs within one can be told', async () => {
    const candidates = [
      { text: 'a', label: 1, model: 'x' },
      { text: 'b', label: 0, model: 'y' },
    ];
    const { test } = await testOf([{ prompt: 'P', candidates }]);
    expect(test[0]?.source).toBe('x/0 vs y/1');
  });
});

describe('the best-of-N pool', () => {
  it('has the candidates of the test rows with their labels and answers', async () => {
    const candidates = [
      { text: 'so 4', is_correct: 1, answer: 4 },
      { text: 'so 5', is_correct: 0, answer: '5' },
    ];
    const { pool } = await testOf([{ prompt: 'P', candidates }, one]);
    expect(pool).toEqual([
      {
        id: 'test-1',
        group: 'test-1',
        prompt: 'P\n',
        candidates: [
          { text: 'so 4', answer: '4', isCorrect: true, source: 'preferences' },
          { text: 'so 5', answer: '5', isCorrect: false, source: 'preferences' },
        ],
      },
    ]);
  });

  it('counts those of the highest rating as correct', async () => {
    const { pool } = await testOf([rated]);
    expect(pool[0]?.candidates.map(({ isCorrect }) => isCorrect)).toEqual([false, true, false, false]);
  });

  it('keeps a question whose candidates are all correct or all incorrect, though it gives no pair', async () => {
    const allWrong = { prompt: 'T', candidates: [{ text: 'a', label: 0 }] };
    const { pool, test, counts } = await testOf([labelled, allWrong]);
    expect(pool).toHaveLength(2);
    expect(test).toHaveLength(2);
    expect(counts['question: no candidate is better than another']).toBe(1);
  });

  it('is empty where the test rows have none', async () => {
    expect((await testOf([one])).pool).toEqual([]);
  });
});

describe('fields', () => {
  it('are read by the names that the experiment gives', async () => {
    const fields = { ...usualFields, prompt: 'q', chosen: 'answer_good', rejected: 'answer_bad' };
    const named = (rows: readonly Row[]): string =>
      written(rows.map(({ prompt, chosen, rejected }) => ({ q: prompt, answer_good: chosen, answer_bad: rejected })));
    const { test } = await task({ train: named(pairRows(10)), test: named([one]), fields });
    expect(test.map(short)).toEqual([['good', 'bad']]);
  });

  it('of candidates are read by the names that the experiment gives, a rating before a label', async () => {
    const fields = { ...usualFields, candidates: 'outputs', text: 'output', rating: 'stars' };
    const outputs = [
      { output: 'a', stars: 1, label: true },
      { output: 'b', stars: 5, label: false },
    ];
    const { test } = await testOf([{ prompt: 'P', outputs }], { fields });
    expect(test.map(short)).toEqual([['b', 'a', 4]]);
  });

  it('that no row has are refused with those there are', async () => {
    const fields = { ...usualFields, prompt: 'promt' };
    const file = written(pairRows(3));
    await expect(task({ train: file, fields })).rejects.toMatchObject({
      exitCode: 2,
      message: `${file}: task.fields.prompt: no row has promt; there are prompt, chosen, rejected`,
      hint: 'did you mean prompt?',
    });
  });

  it('of candidates that none has are refused with those there are', async () => {
    const fields = { ...usualFields, source: 'writer' };
    await expect(testOf([labelled], { fields })).rejects.toMatchObject({
      message: expect.stringContaining('task.fields.source: no candidate has writer; there are text, label') as string,
    });
  });

  it('may be in one of the files only', async () => {
    const fields = { ...usualFields, rating: 'stars' };
    const candidates = [
      { text: 'a', stars: 2 },
      { text: 'b', stars: 1 },
    ];
    expect((await testOf([{ prompt: 'P', candidates }], { fields })).test.map(short)).toEqual([['a', 'b', 1]]);
  });
});

describe('rows that cannot be used', () => {
  const bad: readonly (readonly [string, unknown])[] = [
    ['row: not an object', [1, 2]],
    ['row: neither chosen and rejected nor candidates', { prompt: 'x', text: 'y' }],
    ['row: prompt empty', { ...one, prompt: ' \n' }],
    ['row: prompt is not text', { ...one, prompt: 7 }],
    ['row: prompt missing', { candidates: labelled.candidates }],
    ['row: chosen missing', { prompt: 'x', rejected: 'y' }],
    ['row: chosen empty', { ...one, chosen: '' }],
    ['row: rejected is not text', { ...one, rejected: ['y', 3] }],
    ['row: rejected empty', { ...one, rejected: [] }],
    ['row: margin is not a number from 0 up', { ...one, margin: '1' }],
    ['row: margin is not a number from 0 up', { ...one, margin: -1 }],
    ['row: candidates are not a list of objects', { prompt: 'x', candidates: ['a', 'b'] }],
    ['row: candidates empty', { prompt: 'x', candidates: [] }],
    ['row: candidate missing', { prompt: 'x', candidates: [{ label: true }] }],
    ['row: candidate without label or rating', { prompt: 'x', candidates: [{ text: 'a' }] }],
    ['row: label is not true, false, 1 or 0', { prompt: 'x', candidates: [{ text: 'a', label: 'yes' }] }],
    ['row: rating is not a number', { prompt: 'x', candidates: [{ text: 'a', rating: '5' }] }],
    ['pair: chosen equals rejected', { ...one, rejected: 'good' }],
    ['pair: duplicate', one],
  ];

  it.each(bad)('are counted as %s', async (reason, row) => {
    const { counts, test, notes } = await testOf([one, row]);
    expect(counts[reason]).toBe(1);
    expect(test.map(short)).toEqual([['good', 'bad']]);
    expect(notes).toEqual([expect.stringMatching(new RegExp(`: left out: 1 ${reason} \\(first in row 2\\)$`))]);
  });

  it('are an error where nothing is left, with reasons and counts', async () => {
    const file = written([{ prompt: 'x' }, { prompt: 'y' }, { ...one, chosen: '' }]);
    await expect(task({ train: file })).rejects.toMatchObject({
      exitCode: 2,
      message:
        `${file}: none of its 3 rows gives a pair: ` +
        '2 rows: neither chosen and rejected nor candidates (first in row 1), 1 row: chosen empty (first in row 3)',
      hint: expect.stringContaining('its columns are: prompt, chosen, rejected') as string,
    });
    const empty = written([]);
    await expect(task({ train: empty })).rejects.toMatchObject({ message: `${empty}: the file has no rows` });
  });
});

describe('a file is refused', () => {
  const messages = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: 'ho' },
  ];

  it.each([
    ['prompt', { ...one, prompt: messages }],
    ['chosen', { ...one, chosen: messages }],
    ['rejected', { ...one, rejected: messages }],
    ['candidate', { prompt: 'x', candidates: [{ text: messages, label: true }] }],
  ])('for chat messages in %s where there is no chat template, by name', async (what, row) => {
    await expect(task({ train: written([one, row]) })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        new RegExp(
          `: row 2: ${what} is a list of chat messages \\(role, content\\), and the tokenizer has no chat template$`,
        ),
      ) as string,
      hint: 'Name a file with one: chatTemplate: chat_template.jinja.',
    });
  });

  it('for a prompt that is only the common beginning of its responses', async () => {
    await expect(task({ train: written([{ chosen: 'Q: 1? A: 1', rejected: 'Q: 1? A: 2' }]) })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('row 1: chosen and rejected have no prompt beside them') as string,
    });
  });
});
