import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  allRows,
  readFunctions,
  storedFunctions,
  storedPrompted,
  writeFunctions,
} from '../../../harness/data/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'functions-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = path.join(folder, 'functions.jsonl');

const functions = Array.from({ length: 30_000 }, (_, i) => ({
  id: `p/f.js:${i}:1`,
  package: 'p',
  file: 'f.js',
  line: i,
  language: 'javascript',
  description: i % 2 === 0 ? null : 'Says "hello" 👩‍👩‍👧\u2028.',
  signature: 'f() {',
  // Lines of different lengths, so that reads of a fixed size end anywhere in a row and in a character.
  body: `\n${'é'.repeat(i % 101)}}`,
}));

describe('functions in a file', () => {
  test('come back one after the other, again and again, whatever characters they hold', async () => {
    expect(await writeFunctions(file, functions)).toBe(functions.length);
    const stored = storedFunctions(file);
    expect(stored.count).toBe(functions.length);
    expect(await allRows(stored)).toEqual(functions);
    expect(await allRows(stored)).toEqual(functions);
    expect(readFunctions(file)).toEqual(functions);
  });

  test('may come from a source that gives them one after the other', async () => {
    const source = async function* (): AsyncGenerator<(typeof functions)[number]> {
      yield* functions.slice(0, 3);
    };
    expect(await writeFunctions(file, source())).toBe(3);
    expect(readFunctions(file)).toEqual(functions.slice(0, 3));
  });

  test('without a prompt are refused where prompts are needed, with the line', async () => {
    await writeFunctions(file, [{ ...(functions[0] as (typeof functions)[0]), prompt: 'p' } as never, ...functions]);
    const rows = storedPrompted(file)[Symbol.asyncIterator]();
    expect((await rows.next()).value).toMatchObject({ prompt: 'p' });
    await expect(rows.next()).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('functions.jsonl:2: the fields are not those'),
    });
  });

  test('a file that is cut off, damaged or missing is refused by name and line', async () => {
    await writeFunctions(file, functions.slice(0, 2));
    truncateSync(file, statSync(file).size - 1);
    expect(() => storedFunctions(file)).toThrow(/functions\.jsonl:2: the last line is cut off/);
    writeFileSync(file, '{"id":"a"\n');
    await expect(allRows(storedFunctions(file))).rejects.toThrow(/functions\.jsonl:1: not a JSON object/);
    expect(() => storedFunctions(path.join(folder, 'absent.jsonl'))).toThrow(/cannot be read/);
  });

  test('an empty file has no functions', async () => {
    expect(await writeFunctions(file, [])).toBe(0);
    expect(storedFunctions(file).count).toBe(0);
    expect(await allRows(storedFunctions(file))).toEqual([]);
  });
});
