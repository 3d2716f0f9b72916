import { mkdtempSync, readFileSync, rmSync, truncateSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { tableFromIPC, tableToIPC, tableFromArrays } from 'apache-arrow';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  encodePairs,
  encodeQuestions,
  loadTokenizer,
  readEncodedPairs,
  readEncodedQuestions,
  readPairs,
  readQuestions,
  trainBpe,
  writeEncodedPairs,
  writeEncodedQuestions,
  writePairs,
  writeQuestions,
} from '../../harness/data/index.ts';
import type { CandidateQuestion, EncodedPair, PreferencePair } from '../../harness/data/preference-pair.ts';
import { UserError } from '../../harness/spec/user-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'encode-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** 257 tokens: every byte is one token, id = byte + 1. */
const bytes = loadTokenizer(trainBpe([], { vocabSize: 257 }));

const within = (contextLength: number) => ({ contextLength, overLength: 'drop' }) as const;

function pair(id: string, prompt: string, chosen: string, rejected: string): PreferencePair {
  return { id, group: 'g', prompt, chosen, rejected, source: 's', edits: ['number: 1 -> 2 (line 1)'] };
}

describe('encoding pairs', () => {
  test('the prompt alone, responses with the end token', () => {
    const { encoded } = encodePairs([pair('a', 'f(', 'x)', 'yy)')], bytes, within(100));
    // ASCII f 102, ( 40, x 120, ) 41, y 121; each plus one, then 0.
    expect(encoded).toEqual([
      {
        id: 'a',
        prompt: Int32Array.of(103, 41),
        chosen: Int32Array.of(121, 42, 0),
        rejected: Int32Array.of(122, 122, 42, 0),
      },
    ]);
  });

  test('a pair that fills the context is kept, one token more is dropped and counted, whichever response it is', () => {
    // Prompt 2 + longer response 3 + end 1 = 6 tokens.
    const pairs = [pair('a', 'ab', 'xyz', 'x'), pair('b', 'ab', 'x', 'xyz'), pair('c', 'ab', 'x', 'y')];
    expect(encodePairs(pairs, bytes, within(6)).encoded.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    const tight = encodePairs(pairs, bytes, within(5));
    expect(tight.encoded.map(({ id }) => id)).toEqual(['c']);
    expect(tight.counts).toEqual({ 'pair: longer than the context': 2 });
  });

  test('hands a margin on, and makes none up', () => {
    const { encoded } = encodePairs(
      [{ ...pair('a', 'ab', 'x', 'y'), margin: 0.5 }, pair('b', 'ab', 'x', 'y')],
      bytes,
      within(100),
    );
    expect(encoded.map((one) => ('margin' in one ? one.margin : 'none'))).toEqual([0.5, 'none']);
  });

  test('drops a question as a whole when one candidate does not fit', () => {
    const question = (id: string, texts: string[]): CandidateQuestion => ({
      id,
      group: id,
      prompt: 'ab',
      candidates: texts.map((text) => ({ text, answer: null, isCorrect: false, source: 's' })),
    });
    const { encoded, counts } = encodeQuestions(
      [question('short', ['x', 'yy']), question('long', ['x', 'yyyy'])],
      bytes,
      within(5),
    );
    expect(encoded).toEqual([
      { id: 'short', prompt: Int32Array.of(98, 99), candidates: [Int32Array.of(121, 0), Int32Array.of(122, 122, 0)] },
    ]);
    expect(counts).toEqual({ 'question: longer than the context': 1 });
  });
});

describe('token files', () => {
  const ids = fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 12 }).map((list) => Int32Array.from(list));
  const encodedPair = fc.record(
    {
      id: fc.string({ unit: 'grapheme' }),
      prompt: ids,
      chosen: ids,
      rejected: ids,
      margin: fc.double({ noNaN: true }),
    },
    { requiredKeys: ['id', 'prompt', 'chosen', 'rejected'] },
  );
  const path = join(folder, 'rows.arrow');

  test('give back the pairs that were written', () => {
    fc.assert(
      fc.property(fc.array(encodedPair, { maxLength: 8 }), (rows) => {
        writeEncodedPairs(path, rows);
        expect(readEncodedPairs(path)).toEqual(rows);
      }),
      { numRuns: 60, examples: [[[]]] },
    );
  });

  test('give back the questions that were written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ id: fc.string(), prompt: ids, candidates: fc.array(ids, { maxLength: 4 }) }), {
          maxLength: 6,
        }),
        (rows) => {
          writeEncodedQuestions(path, rows);
          expect(readEncodedQuestions(path)).toEqual(rows);
        },
      ),
      { numRuns: 60, examples: [[[]]] },
    );
  });

  test('are plain Arrow tables to other readers', () => {
    writeEncodedPairs(path, [
      { id: 'é', prompt: Int32Array.of(7), chosen: Int32Array.of(8, 0), rejected: Int32Array.of(9, 10, 0) },
    ]);
    expect(JSON.parse(JSON.stringify(tableFromIPC(readFileSync(path)).toArray()))).toEqual([
      { id: 'é', prompt: [7], chosen: [8, 0], rejected: [9, 10, 0] },
    ]);
  });

  test('80,000 pairs are read in two seconds of a core at most, as views into the bytes of the file', () => {
    const rows = Array.from({ length: 80_000 }, (_, i): EncodedPair => ({
      id: `package/file.js:${i}:1#0`,
      prompt: new Int32Array(20).fill(i),
      chosen: new Int32Array(60).fill(1),
      rejected: new Int32Array(61).fill(2),
    }));
    writeEncodedPairs(path, rows);
    const start = process.cpuUsage();
    const read = readEncodedPairs(path);
    const { user, system } = process.cpuUsage(start);
    expect(read[79_999]).toEqual(rows[79_999]);
    expect(new Set(read.flatMap(({ prompt, chosen }) => [prompt.buffer, chosen.buffer])).size).toBe(1);
    expect((user + system) / 1000).toBeLessThan(2000);
  });

  test('a file cut anywhere, another table, another kind of rows and a missing file are refused by name', () => {
    writeEncodedPairs(path, [
      { id: 'a', prompt: Int32Array.of(1), chosen: Int32Array.of(2), rejected: Int32Array.of(3) },
    ]);
    expect(() => readEncodedQuestions(path)).toThrow(
      /rows\.arrow: holds encoded-pairs\/1, expected encoded-questions\/1/,
    );
    for (let size = statSync(path).size - 1; size >= 0; size -= 97) {
      truncateSync(path, size);
      expect(
        refusal(() => readEncodedPairs(path)),
        `${size} bytes`,
      ).toMatchObject({ exitCode: 4, message: expect.stringContaining('rows.arrow') });
    }
    writeFileSync(path, tableToIPC(tableFromArrays({ id: ['a'] }), 'file'));
    expect(refusal(() => readEncodedPairs(path)).message).toContain('another kind of table');
    expect(refusal(() => readEncodedPairs(join(folder, 'absent.arrow'))).exitCode).toBe(4);
  });
});

describe('text files', () => {
  const path = join(folder, 'rows.jsonl');

  test('give back pairs, questions and functions, whatever characters they hold', () => {
    const pairs = [{ ...pair('a', 'line\nbreak\u2028', '"quoted"', '\t\\'), margin: 1.5 }, pair('b', '', '👩‍👩‍👧', 'x')];
    writePairs(path, pairs);
    expect(readPairs(path)).toEqual(pairs);
    const questions: CandidateQuestion[] = [
      { id: 'q', group: 'q', prompt: 'p', candidates: [{ text: 't', answer: '1', isCorrect: true, source: 'm' }] },
    ];
    writeQuestions(path, questions);
    expect(readQuestions(path)).toEqual(questions);
  });

  test('more rows than one block of writing', () => {
    const pairs = Array.from({ length: 5000 }, (_, i) => pair(String(i), 'p', 'c', 'r'));
    writePairs(path, pairs);
    expect(readPairs(path)).toEqual(pairs);
  });

  test('a cut-off line, a foreign row and a missing file are refused with the line', () => {
    writePairs(path, [pair('a', 'p', 'c', 'r'), pair('b', 'p', 'c', 'r')]);
    expect(refusal(() => readQuestions(path)).message).toContain('rows.jsonl:1:');
    truncateSync(path, statSync(path).size - 5);
    expect(refusal(() => readPairs(path)).message).toContain('rows.jsonl:2: the last line is cut off');
    writeFileSync(path, '{"id":"a"\n');
    expect(refusal(() => readPairs(path)).message).toContain('rows.jsonl:1: not a JSON object');
    expect(refusal(() => readPairs(join(folder, 'absent.jsonl'))).exitCode).toBe(4);
  });
});

function refusal(action: () => unknown): UserError {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}
