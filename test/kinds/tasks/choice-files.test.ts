/** Multiple-choice tasks on files of the public formats, written here. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readLogiqaFile } from '../../../harness/data/index.ts';
import { lsatQuestions, lsatRow } from '../../../harness/data/tasks/choice-rows.ts';
import { readTask, taskOf } from './read-task.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-choice-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, rows: readonly object[]): string {
  const file = path.join(folder, name);
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(file, name.endsWith('.json') ? JSON.stringify(rows) : lines);
  return file;
}

/** As in ReClor's files: a JSON list. */
function reclorRows(file: string, passages: number): object[] {
  return Array.from({ length: passages }, (_, q) => ({
    context: `Passage ${q} of ${file}.`,
    question: 'Which one follows?',
    answers: [`a ${q}`, `b ${q}`, `c ${q}`, `d ${q}`],
    label: q % 4,
    id_string: `${file}_${q}`,
  }));
}

const train = written('train.json', reclorRows('train', 20));
const val = written('val.json', reclorRows('val', 5));

describe('ReClor', () => {
  it('asks about passages, with the options as responses', async () => {
    const { train: pairs, dev, test, pool } = await readTask({ kind: 'reclor', train, test: val }, folder);
    expect([pairs.length, dev.length, test.length, pool.length]).toEqual([54, 6, 15, 5]);
    expect(pool[2]).toMatchObject({
      id: 'test-3',
      prompt: 'Passage 2 of val.\nWhich one follows?\n',
      candidates: [{ text: 'a 2' }, { text: 'b 2' }, { text: 'c 2', isCorrect: true }, { text: 'd 2' }],
    });
  });

  it('takes a file for dev', async () => {
    const dev = written('dev.json', reclorRows('dev', 3));
    expect((await readTask({ kind: 'reclor', train, dev, test: val }, folder)).dev.length).toBe(9);
  });

  it('says that the answers of its test.json are not public', async () => {
    const [{ label: _, ...unlabelled }] = reclorRows('test', 1) as [{ label: number }];
    const test = written('test.json', [...reclorRows('x', 1), unlabelled]);
    await expect(readTask({ kind: 'reclor', train, test }, folder)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(`${test}:1: row 2: the row has no label`) as string,
      hint: expect.stringContaining('val.json') as string,
    });
  });

  it('says where a row is of another format, and of which file there is none', async () => {
    const other = written('other.json', [
      { context: 'a', question: 'b', answers: ['only', 'three', 'here'], label: 0 },
    ]);
    await expect(readTask({ kind: 'reclor', train: other, test: val }, folder)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(`${other}:1: row 1: `) as string,
      hint: expect.stringContaining('ReClor') as string,
    });
    const { kind, spec } = taskOf({ kind: 'reclor', train: path.join(folder, 'no.json'), test: val });
    expect(kind.rules?.(spec)).toMatchObject([
      { fields: ['train'], found: expect.stringContaining('no.json') as string },
    ]);
  });
});

describe('LogiQA 2.0', () => {
  const row = { id: 7, answer: 2, text: 'All is well.', question: 'Is it?', options: ['w', 'x', 'y', 'z'], type: {} };

  it('is read from a file of its own', async () => {
    expect(await readLogiqaFile(written('train.jsonl', [row, row]), 'train')).toEqual([
      { id: 'train-1', passage: 'All is well.', question: 'Is it?', options: ['w', 'x', 'y', 'z'], answer: 2 },
      expect.objectContaining({ id: 'train-2' }),
    ]);
  });

  it('is other data with another file, also with another test', () => {
    const digestOf = (section: object): string | null | undefined => {
      const { kind, spec } = taskOf({ kind: 'logiqa2', ...section });
      return kind.digest?.(spec);
    };
    const [one, other] = [written('one.jsonl', [row]), written('other.jsonl', [row, row])];
    const sections = [{}, { test: 'ood_test' }, { train: one }, { train: other }, { train: one, test: 'ood_test' }];
    const digests = sections.map(digestOf);
    expect(new Set(digests).size).toBe(sections.length);
    for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(digestOf({ train: written('copy.jsonl', [row]) })).toBe(digestOf({ train: one }));
  });

  it('loses the letters of its options where all four have theirs', async () => {
    const lettered = { ...row, options: ['A.w', 'B. x', 'C.y', 'D.z'] };
    const accidental = { ...row, options: ['A.w', 'B. t. toxins', 'y', 'z'] };
    const read = await readLogiqaFile(written('letters.jsonl', [lettered, accidental]), 'train');
    expect(read.map(({ options }) => options)).toEqual([
      ['w', 'x', 'y', 'z'],
      ['A.w', 'B. t. toxins', 'y', 'z'],
    ]);
  });
});

describe('AR-LSAT', () => {
  const question = { id: '1_1', question: 'Who sits?', options: ['a', 'b', 'c', 'd', 'e'], answer: 'E' };

  it('has several questions a passage, with four or five options', () => {
    const four = { ...question, id: '1_2', options: ['a', 'b', 'c', 'd'], answer: 'B' };
    const row = lsatRow.parse({ id: '1', passage: 'Six chairs.', questions: [question, four] });
    expect(lsatQuestions(row)).toEqual([
      { id: '1_1', passage: 'Six chairs.', question: 'Who sits?', options: ['a', 'b', 'c', 'd', 'e'], answer: 4 },
      { id: '1_2', passage: 'Six chairs.', question: 'Who sits?', options: ['a', 'b', 'c', 'd'], answer: 1 },
    ]);
  });

  it('has no answer beyond its options', () => {
    const beyond = { ...question, options: ['a', 'b', 'c', 'd'] };
    expect(lsatRow.safeParse({ id: '1', passage: 'x', questions: [beyond] }).success).toBe(false);
  });
});
