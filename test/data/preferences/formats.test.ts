import { mkdirSync, rmSync, truncateSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRows } from '../../../harness/data/index.ts';
import { formats, lines, pairRows, temporaryFolder, writeRows } from './row-files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(file: string): Promise<readonly unknown[]> {
  const values: unknown[] = [];
  for await (const { value } of readRows(file)) values.push(value);
  return values;
}

const written = (name: string, content: string | Buffer): string => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
};

describe('rows of a file', () => {
  it.each(formats)('are the same from %s', async (format) => {
    const rows = [
      { prompt: '007', chosen: '2020-01-01', rejected: ['1e3', 'true'] },
      { prompt: 'null', chosen: 'two\nlines, é 😀 "quoted"', rejected: ['a', 'b'] },
    ];
    // Written with types declared, as text would be: DuckDB itself would guess a date here when it writes the file.
    if (format === 'parquet' || format === 'jsonl.zst')
      rows[0] = { prompt: '007', chosen: 'x 1', rejected: ['1e3', 'y'] };
    expect(await read(await writeRows(folder, 'same', format, rows))).toEqual(rows);
  });

  it('keep text that looks like a number, a date or a boolean as text', async () => {
    const rows = [{ prompt: '007', chosen: '2020-01-01', rejected: 'true' }];
    expect(await read(written('typed.jsonl', lines(rows)))).toEqual(rows);
    expect(await read(written('typed.json', JSON.stringify(rows)))).toEqual(rows);
  });

  it('come in the order of the file, more than one chunk of them', async () => {
    const rows = pairRows(5000);
    expect(await read(await writeRows(folder, 'long', 'jsonl', rows))).toEqual(rows);
    expect(await read(await writeRows(folder, 'long', 'parquet', rows))).toEqual(rows);
  });

  it('may differ in their fields', async () => {
    const rows = [{ prompt: 'a', chosen: 'b', rejected: 'c' }, { question: 1 }, { prompt: ['d'] }];
    expect(await read(written('mixed.jsonl', lines(rows)))).toEqual(rows);
  });

  it('may hold NaN, which Python writes and JSON has not', async () => {
    const file = written('nan.jsonl', '{"prompt": "NaN is text", "score": NaN, "low": -Infinity}\n');
    expect(await read(file)).toEqual([{ prompt: 'NaN is text', score: NaN, low: -Infinity }]);
  });

  it('are read from a path with the signs of a pattern in it', async () => {
    mkdirSync(path.join(folder, 'run=[1]'), { recursive: true });
    const file = written("run=[1]/what's? *.jsonl", lines([{ prompt: 'a' }]));
    expect(await read(file)).toEqual([{ prompt: 'a' }]);
  });

  it('are none in an empty file', async () => {
    expect(await read(written('empty.jsonl', ''))).toEqual([]);
  });
});

describe('a broken file', () => {
  it('is refused with the row that is no JSON', async () => {
    const file = written('broken.jsonl', '{"prompt": "a"}\n{"prompt": "b"\n{"prompt": "c"}\n');
    await expect(read(file)).rejects.toMatchObject({
      exitCode: 2,
      message: `${file}:2:1: not JSON: the row that begins here is not closed at the end of its line`,
    });
  });

  it('is refused where a JSON array does not end', async () => {
    await expect(read(written('broken.json', '[{"prompt": "a"}, {"prompt": '))).rejects.toMatchObject({ exitCode: 2 });
  });

  it.each(['jsonl.gz', 'jsonl.zst', 'parquet'] as const)('is refused where %s is cut off', async (format) => {
    const rows = pairRows(20_000).map((row, index) => ({ ...row, id: `${(index * 7919) % 20_011}` }));
    const file = await writeRows(folder, 'cut', format, rows);
    truncateSync(file, statSync(file).size >> 1);
    await expect(read(file)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(file) as string });
  });

  it('is no file whose name says another format', async () => {
    expect(await read(written('plain.jsonl.gz', lines([{ prompt: 'a' }])))).toEqual([{ prompt: 'a' }]);
    expect(await read(written('plain.parquet', lines([{ prompt: 'a' }])))).toEqual([{ prompt: 'a' }]);
  });
});
