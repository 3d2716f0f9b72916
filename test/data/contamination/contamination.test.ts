import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { contaminationError, findContamination, generatedFamilies, generateTask } from '../../../harness/data/index.ts';
import type { Contamination, EvaluationQuestion, Sameness, TrainingText } from '../../../harness/data/index.ts';
import { gramHashes } from '../../../harness/data/contamination/gram-hash.ts';
import { GramTable } from '../../../harness/data/contamination/gram-table.ts';
import { normalizedWords } from '../../../harness/data/contamination/words.ts';

const questionsOf = (texts: readonly string[], set = 'test'): readonly EvaluationQuestion[] =>
  texts.map((question, index) => ({ set, id: `${set}-${index}`, group: `${set}-group-${index}`, question }));

const rowsOf = (texts: readonly string[], others: readonly string[] = []): readonly TrainingText[] =>
  texts.map((question, index) => ({ id: `row-${index}`, group: `row-group-${index}`, question, others }));

const compare = (
  evaluation: readonly string[],
  training: readonly TrainingText[],
  { sameness = 'words', accept = [] }: { readonly sameness?: Sameness; readonly accept?: readonly string[] } = {},
): Promise<Contamination> =>
  findContamination({
    evaluation: questionsOf(evaluation),
    training: [{ name: 'train', rows: training }],
    sameness,
    accept,
  });

const overlapsOf = async (...parameters: Parameters<typeof compare>) =>
  (await compare(...parameters)).sources[0]?.overlaps ?? [];

/** `n` different words: `w<from>` and on. */
const words = (n: number, from = 0): string => Array.from({ length: n }, (_, i) => `w${from + i}`).join(' ');

describe('words that are compared', () => {
  test('are the same in capitals, in other punctuation, and in the characters of another width', () => {
    expect(normalizedWords('The “Ｃat”, it sat — well-being.')).toEqual(['the', 'cat', 'it', 'sat', 'well', 'being']);
  });

  test('keep numbers and signs of arithmetic: another sum is another question', () => {
    expect(normalizedWords('x+3=10')).toEqual(['x', '+', '3', '=', '10']);
    expect(normalizedWords('x-3=10')).not.toEqual(normalizedWords('x+3=10'));
  });
});

describe('runs of words', () => {
  test('hash alike wherever they stand, and apart where one word differs', () => {
    const list = [...'abcdefghij'];
    const all = [...gramHashes(list, 4)];
    expect(all).toHaveLength(7);
    expect([...gramHashes(list.slice(3, 7), 4)]).toEqual([all[3]]);
    expect([...gramHashes([...'dexg'], 4)]).not.toEqual([all[3]]);
    expect([...gramHashes(list.slice(0, 3), 4)]).toEqual([]);
  });

  test('keep their number in a table that grows', () => {
    const table = new GramTable(1);
    const keys = Array.from({ length: 5000 }, (_, i) => ({ low: i % 7, high: i }));
    expect(keys.map((key) => table.add(key))).toEqual(keys.map((_, i) => i));
    expect(keys.map((key) => table.numberOf(key))).toEqual(keys.map((_, i) => i));
    expect(table.numberOf({ low: 1, high: 9999 })).toBe(-1);
  });
});

describe('the same question', () => {
  test('is found where only case and punctuation differ, however short it is', async () => {
    expect(await overlapsOf(['What is 2 + 2?'], rowsOf(['what is 2 + 2']))).toMatchObject([
      { kind: 'exact', questionId: 'test-0', trainingId: 'row-0', share: 1 },
    ]);
    expect(await overlapsOf(['What is 2 + 2?'], rowsOf(['what is 2 + 3']))).toEqual([]);
  });

  test('is found by 13 words in a row, not by 12, in a prompt or in a response', async () => {
    const question = `${words(13)} and so on`;
    expect(await overlapsOf([question], rowsOf([`before ${words(13)} behind`]))).toMatchObject([
      { kind: '13 words', shared: words(13), share: 0.25 },
    ]);
    expect(await overlapsOf([question], rowsOf(['other'], [`before ${words(13)} behind`]))).toHaveLength(1);
    expect(await overlapsOf([question], rowsOf([`before ${words(12)} behind`]))).toEqual([]);
  });

  test('is not made by words that stand in many questions, but an equal one is found among them', async () => {
    const stem = words(13);
    const questions = [0, 1, 2, 3, 4].map((n) => `${stem} variant ${n} ${words(5, 100 * n)}`);
    expect(await overlapsOf(questions, rowsOf([`${stem} something else`]))).toEqual([]);
    expect(await overlapsOf(questions, rowsOf([questions[2] as string]))).toMatchObject([{ questionId: 'test-2' }]);
    expect(await overlapsOf(questions.slice(0, 3), rowsOf([`${stem} something else`]))).toHaveLength(3);
  });

  test('is not made by words that stand in many training rows', async () => {
    const rows = [0, 1, 2, 3].map((n) => `${words(13)} in row ${n}`);
    expect(await overlapsOf([`${words(13)} asked once`], rowsOf(rows))).toEqual([]);
    expect(await overlapsOf([`${words(13)} asked once`], rowsOf(rows.slice(1)))).toHaveLength(1);
  });

  test('of templates is the equal one alone', async () => {
    const training = rowsOf([`${words(14)} and 3`]);
    expect(await overlapsOf([`${words(14)} and 4`], training, { sameness: 'exact' })).toEqual([]);
    expect(await overlapsOf([`${words(14)}  AND 3`], training, { sameness: 'exact' })).toHaveLength(1);
  });
});

describe('what an experiment accepts', () => {
  const training = rowsOf([words(20), words(20, 50)]);
  const evaluation = [words(20), words(20, 50)];

  test('is a question, a group or a row by name, or a whole source', async () => {
    const acceptedBy = async (accept: readonly string[]) =>
      (await overlapsOf(evaluation, training, { accept })).map((overlap) => overlap.acceptedBy);
    expect(await acceptedBy([])).toEqual([null, null]);
    expect(await acceptedBy(['test-1'])).toEqual([null, 'test-1']);
    expect(await acceptedBy(['row-group-0'])).toEqual(['row-group-0', null]);
    expect(await acceptedBy(['train'])).toEqual(['train', 'train']);
  });

  test('is told where it accepts nothing', async () => {
    expect((await compare(evaluation, training, { accept: ['train', 'test-7'] })).unused).toEqual(['test-7']);
  });

  test('stands in the error: ids of both sides, what they share, and what to write', async () => {
    const error = contaminationError(await compare(evaluation, training, { accept: ['test-1'] }), 'market');
    expect(error).toMatchObject({ exitCode: 2 });
    expect(error?.message).toBe(
      [
        'task market: 1 question of the evaluation is in the training data too',
        '  train: 1 of 2 questions (1 equal)',
        `    test test-0 equals row-0: "${words(20)}"`,
      ].join('\n'),
    );
    expect(error?.hint).toContain('evaluate: {contamination: {accept: [train]}}, or only these: accept: ["test-0"].');
    expect(contaminationError(await compare(evaluation, training, { accept: ['train'] }), 'market')).toBeNull();
  });
});

test.each(generatedFamilies)('generated %s: no question of the evaluation is trained on', async (family) => {
  const data = generateTask({
    name: 'x',
    family,
    difficulty: 2,
    trainPairs: 400,
    devPairs: 100,
    testPairs: 100,
    ...{
      testQuestions: 50,
      candidates: 4,
      seed: 0,
    },
  });
  const evaluation = [...data.dev, ...data.test, ...data.pool].map(({ prompt }) => prompt);
  const training = rowsOf(data.train.map(({ prompt }) => prompt));
  expect(await overlapsOf(evaluation, training, { sameness: 'exact' })).toEqual([]);
});

const mirror =
  process.env['HARNESS_DATA_MIRROR'] ?? fileURLToPath(new URL('../../../../shared/datasets', import.meta.url));
const gsm8k = (split: string): readonly string[] =>
  gunzipSync(readFileSync(`${mirror}/gsm8k/${split}.jsonl.gz`))
    .toString()
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly question: string }).question);
const hasGsm8k = existsSync(`${mirror}/gsm8k/train.jsonl.gz`);

test.skipIf(!hasGsm8k)(
  'GSM8K, train against test: three questions share words (needs HARNESS_DATA_MIRROR)',
  async () => {
    const overlaps = await overlapsOf(gsm8k('test'), rowsOf(gsm8k('train')));
    expect(overlaps.map(({ questionId, trainingId }) => [questionId, trainingId])).toEqual([
      ['test-602', 'row-1314'],
      ['test-632', 'row-20'],
      ['test-581', 'row-406'],
    ]);
  },
);
