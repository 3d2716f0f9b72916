import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  array,
  assert as assertProperty,
  asyncProperty,
  boolean,
  constantFrom,
  integer,
  jsonValue,
  record,
  string,
} from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { placeOf, rowsOrProblems } from '../../../harness/data/index.ts';
import { jsonRows } from '../../../harness/data/row-files/json-rows.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-row-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each row as `place: value`, or as `place:column problem`. */
async function rowsOf(content: string | Buffer): Promise<readonly string[]> {
  const file = path.join(folder, 'rows');
  writeFileSync(file, content);
  const rows: string[] = [];
  for await (const row of rowsOrProblems({ path: file, name: 'rows' }))
    rows.push(
      'problem' in row
        ? `${row.line}:${row.column} ${row.problem}`
        : `${placeOf('rows', row)}: ${JSON.stringify(row.value)}`,
    );
  return rows;
}

/** The whole text of the refusal. */
async function refusalOf(content: string | Buffer): Promise<string> {
  const error = (await rowsOf(content).then(
    (rows) => new Error(rows.join('\n')),
    (refused: unknown) => refused,
  )) as { readonly message: string; readonly hint?: string; readonly exitCode?: number };
  return `${error.exitCode}: ${error.message}\n${error.hint}`;
}

describe('rows of JSON', () => {
  it('are lines; empty ones are passed over, and numbers are those of the file', async () => {
    const rows = ['rows:1: {"a":1}', 'rows:4: {"a":2}', 'rows:5: {"a":3}'];
    expect(await rowsOf('{"a":1}\n\n  \n{"a":2}\n{"a":3}')).toEqual(rows);
    expect(await rowsOf('{"a":1}\r\n\r\n  \r\n\t{"a":2} \r\n{"a":3}\r\n')).toEqual(rows);
    expect(await rowsOf('\ufeff{"a":1}\n\n\n{"a":2}\n{"a":3}\n\n')).toEqual(rows);
  });

  it('are entries of a list, on one line or printed over many', async () => {
    const rows = [{ a: [1, { b: 2 }] }, { a: [] }];
    expect(await rowsOf(JSON.stringify(rows))).toEqual(['rows:1: row 1: {"a":[1,{"b":2}]}', 'rows:1: row 2: {"a":[]}']);
    expect(await rowsOf(`\ufeff\n${JSON.stringify(rows, null, 2)}\n`)).toEqual([
      'rows:3: row 1: {"a":[1,{"b":2}]}',
      'rows:11: row 2: {"a":[]}',
    ]);
    expect(await rowsOf('[]')).toEqual([]);
  });

  it('are objects printed over several lines, one after the other', async () => {
    const printed = (indent: number): string =>
      [{ a: [{ b: 1 }, { b: 2 }] }, { c: 3 }].map((row) => `${JSON.stringify(row, null, indent)}\n`).join('');
    expect(await rowsOf(printed(2))).toEqual(['rows:1: {"a":[{"b":1},{"b":2}]}', 'rows:11: {"c":3}']);
    expect(await rowsOf(printed(2).replaceAll(/^ +/gm, ''))).toEqual([
      'rows:1: {"a":[{"b":1},{"b":2}]}',
      'rows:11: {"c":3}',
    ]);
  });

  it('are none in an empty file and in one of white space', async () => {
    expect(await rowsOf('')).toEqual([]);
    expect(await rowsOf(' \n\r\n')).toEqual([]);
  });

  it('are the same wherever the pieces end in which a file is read', async () => {
    const row = record({ a: string({ unit: 'grapheme' }), b: jsonValue() });
    await assertProperty(
      asyncProperty(
        array(row, { maxLength: 6 }),
        integer({ min: 1, max: 9 }),
        boolean(),
        async (rows, size, isList) => {
          const text = isList ? JSON.stringify(rows, null, 1) : rows.map((one) => `${JSON.stringify(one)}\n`).join('');
          const bytes = Buffer.from(text);
          async function* pieces(): AsyncGenerator<Buffer> {
            for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
          }
          const read: unknown[] = [];
          for await (const one of jsonRows('rows', pieces())) read.push('problem' in one ? one.problem : one.value);
          expect(read).toEqual(JSON.parse(JSON.stringify(rows)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('may be longer than a piece of the file', async () => {
    const long = 'x'.repeat(700_000);
    const [first, second] = await rowsOf(`{"a": "${long}", "b": "${long}"}\n{"a": 1}\n`);
    expect(first).toBe(`rows:1: {"a":"${long}","b":"${long}"}`);
    expect(second).toBe('rows:2: {"a":1}');
  });
});

describe('a row that is no JSON', () => {
  it('is told with line and column, and the others are read', async () => {
    const lines = ['{"a": 1}', '{"é😀": nope}', 'hello', '{"a": 2} x', '{"a": 3},', '{"a": 4} {"a": 5}', '{"a": 6}'];
    expect(await rowsOf(lines.join('\n'))).toEqual([
      'rows:1: {"a":1}',
      '2:8 not JSON: found nope}; expected a value',
      '3:1 not JSON: found hello; expected a value',
      '4:10 not JSON: found x; expected the end of the line behind the row',
      '5:9 not JSON: found a comma behind the row; rows of a list stand between [ and ]',
      '6:10 not JSON: found {"a": 5}; expected the end of the line behind the row',
      'rows:7: {"a":6}',
    ]);
  });

  it('does not swallow the row behind it', async () => {
    expect(await rowsOf('{"a": 1\n{"a": 2}\n{"a": 3,\n{"a": 4}\n{"a": "x\n{"a": 5}\n{"a":')).toEqual([
      '1:1 not JSON: the row that begins here is not closed at the end of its line',
      'rows:2: {"a":2}',
      '3:1 not JSON: the row that begins here is not closed at the end of its line',
      'rows:4: {"a":4}',
      '5:9 not JSON: found the end of the line within a text; a line break is written \\n',
      'rows:6: {"a":5}',
      '7:1 not JSON: the row that begins here is not closed at the end of the file',
    ]);
    expect(await rowsOf('{"a": \n{"a": 1}\n{"a": [\n{"a": 2}\n{"a": 3}\n')).toEqual([
      '1:1 not JSON: the row that begins here is not closed at the end of its line',
      'rows:2: {"a":1}',
      '3:1 not JSON: the row that begins here is not closed at the end of its line',
      'rows:4: {"a":2}',
      'rows:5: {"a":3}',
    ]);
  });

  it('is one mistake where it is printed over several lines', async () => {
    expect(await rowsOf('{\n  "a": 1,\n  "b": nope,\n  "c": {\n    "d": 1\n  }\n}\n{\n  "a": 2\n}\n')).toEqual([
      '3:8 not JSON: found nope,; expected a value',
      'rows:8: {"a":2}',
    ]);
  });

  it.each([
    ['[\n  {"a": 1},\n  {"a": 2,}\n]', '3:11 not JSON: found } behind a comma; leave the comma out'],
    ['[\n  {"a": 1},\n]', '3:1 not JSON: found ] behind a comma; leave the comma out'],
    ['[\n  {"a": 1}\n  {"a": 2}\n]', '3:3 not JSON: found {"a": 2}; expected a comma or ] behind the row'],
    ['[{"a": 1}]\n]', '2:1 not JSON: found ]; expected the end of the file behind the list of rows'],
    ['[{"a": 1}', '1:10 not JSON: found the end of the file; expected a comma or ] behind the row'],
  ])('ends a list: %j', async (text, problem) => {
    const [first, ...rest] = await rowsOf(text);
    expect(first).toMatch(/^rows:\d: row 1: \{"a":1\}$/);
    expect(rest).toEqual([problem]);
  });
});

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const jsonl = '{"a":1}\n{"a":2}\n';
const notRows = (what: string): string => `2: rows: this is ${what}; expected JSONL, JSON or Parquet`;
const python = (reader: string): string =>
  `Convert it in Python: pandas.${reader}.to_json("converted.jsonl", orient="records", lines=True)`;

describe('a file that holds no rows is called by its name, with what makes rows of it', () => {
  it.each<readonly [string, string | Buffer, string, string]>([
    ['UTF-16', utf16(`\ufeff${jsonl}`), 'UTF-16 text', 'Convert it: iconv -f UTF-16 -t UTF-8 rows > converted.jsonl'],
    [
      'big-endian UTF-16',
      utf16(`\ufeff${jsonl}`).swap16(),
      'UTF-16 text',
      'Convert it: iconv -f UTF-16 -t UTF-8 rows > converted.jsonl',
    ],
    [
      'UTF-16 without a mark',
      utf16(jsonl),
      'UTF-16 text without a mark',
      'Convert it: iconv -f UTF-16LE -t UTF-8 rows > converted.jsonl',
    ],
    [
      'big-endian UTF-16 without a mark',
      utf16(jsonl).swap16(),
      'UTF-16 text without a mark',
      'Convert it: iconv -f UTF-16BE -t UTF-8 rows > converted.jsonl',
    ],
    [
      'UTF-32',
      Buffer.from('fffe00007b000000', 'hex'),
      'UTF-32 text',
      'Convert it: iconv -f UTF-32 -t UTF-8 rows > converted.jsonl',
    ],
    [
      'UTF-32 without a mark',
      Buffer.from('7b000000', 'hex'),
      'UTF-32 text without a mark',
      'Convert it: iconv -f UTF-32 -t UTF-8 rows > converted.jsonl',
    ],
    ['xz', Buffer.from('fd377a585a0000', 'hex'), 'a file compressed with xz', 'Unpack it: xz -dk rows'],
    ['bzip2', 'BZh91AY', 'a file compressed with bzip2', 'Unpack it: bzip2 -dk rows'],
    ['zip', 'PK\u0003\u0004', 'a zip archive', 'Unpack it and give the file in it: unzip rows'],
    ['Feather', 'ARROW1\0\0', 'an Arrow (Feather) file', python('read_feather("rows")')],
    [
      'a pickle',
      Buffer.from('80049500', 'hex'),
      'a pickle of Python',
      python('read_pickle("rows")').replace('Python', 'Python, if you trust it'),
    ],
    [
      'CSV',
      'prompt,chosen,rejected\na,b,c\n',
      'CSV (it begins with "prompt,chosen,rejected")',
      python('read_csv("rows")'),
    ],
    [
      'quoted CSV',
      '"prompt";"chosen"\n',
      'CSV (it begins with "\\"prompt\\";\\"chosen\\"")',
      python('read_csv("rows", sep=";")'),
    ],
    ['TSV', 'prompt\tchosen\n', 'TSV (it begins with "prompt\\tchosen")', python('read_csv("rows", sep="\\t")')],
    [
      'HTML',
      '<!DOCTYPE html>',
      'a page of HTML or XML',
      'This is often the error page of a download: download the file itself.',
    ],
    [
      'a pointer of Git LFS',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
      'a pointer of Git LFS, not the file it stands for',
      'Fetch the file: git lfs pull',
    ],
    ['gzip within gzip', gzipSync(gzipSync(jsonl)), 'compressed twice (gzip, gzip)', 'Unpack it once: gunzip rows'],
    [
      'UTF-16 within gzip',
      gzipSync(utf16(`\ufeff${jsonl}`)),
      'UTF-16 text, compressed with gzip',
      'Convert it: iconv -f UTF-16 -t UTF-8 rows > converted.jsonl',
    ],
  ])('%s', async (_, content, what, remedy) => {
    expect(await refusalOf(content)).toBe(`${notRows(what)}\n${remedy}`);
  });

  it('Latin-1, with the byte and its place', async () => {
    expect(await refusalOf(Buffer.from('{"a": 1}\n{"a": "caf\u00e9"}\n', 'latin1'))).toBe(
      '2: rows: byte 0xe9 at offset 19 (line 2) is not UTF-8\n' +
        'Write the file as UTF-8. If it is Latin-1 or Windows-1252: iconv -f WINDOWS-1252 -t UTF-8 rows > converted.jsonl',
    );
  });

  it.each([
    ['half a character at the end', '7b2261223a22c3', 6],
    ['a surrogate', '7b2261223a22eda0bd227d', 6],
    ['a stray continuation', '7b2261223a2280227d', 6],
    ['an overlong form', '7b2261223a22c080227d', 6],
  ])('%s is no UTF-8', async (_, hex, offset) => {
    expect(await refusalOf(Buffer.from(hex, 'hex'))).toContain(` at offset ${offset} (line 1) is not UTF-8`);
  });

  it('is no UTF-8 at the very byte, wherever pieces of the file end', async () => {
    const piece = constantFrom('a', 'é', '한', '😀').map((text) => Buffer.from(text));
    const wrong = constantFrom('80', 'c3', 'c080', 'e282', 'eda080', 'f09f98', 'f5808080', 'ff').map((hex) =>
      Buffer.from(hex, 'hex'),
    );
    const bytesOf = (parts: readonly Uint8Array[]): Buffer => Buffer.concat([Buffer.from('{"a": "'), ...parts]);
    await assertProperty(
      asyncProperty(
        array(piece),
        wrong,
        array(piece),
        integer({ min: 1, max: 5 }),
        async (before, bad, after, size) => {
          const [good, bytes] = [bytesOf(before), bytesOf([...before, bad, ...after])];
          async function* pieces(): AsyncGenerator<Buffer> {
            for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
          }
          const read = async (): Promise<void> => {
            for await (const row of jsonRows('rows', pieces())) expect(row).toBeNull();
          };
          await expect(read()).rejects.toThrow(` at offset ${good.length} (line 1) is not UTF-8`);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('a compressed file that was cut off', async () => {
    const whole = gzipSync(jsonl.repeat(1000));
    expect(await refusalOf(whole.subarray(0, whole.length - 9))).toBe(
      '2: rows: cannot be read: unexpected end of file\n' +
        'The compressed file was cut off: download or copy it again.',
    );
  });
});

/** `{"a":1}`, an empty line and `{"b":"é😀"}` as the program zstd writes them: without and with a checksum. */
const zstdFiles = [
  'KLUv/SAYwQAAeyJhIjoxfQoKeyJiIjoiw6nwn5iAIn0K',
  'KLUv/SQYwQAAeyJhIjoxfQoKeyJiIjoiw6nwn5iAIn0KrcxyHA==',
].map((text) => Buffer.from(text, 'base64'));
/** A frame that holds something else, to be skipped. */
const skipped = Buffer.from('502a4d180300000001020350', 'hex').subarray(0, 11);

describe('a compressed file', () => {
  const rows = ['rows:1: {"a":1}', 'rows:3: {"b":"é😀"}'];

  it('of gzip is known by its bytes, and its lines keep their numbers', async () => {
    expect(await rowsOf(gzipSync('{"a":1}\n\n{"b":"é😀"}\n'))).toEqual(rows);
    expect(await rowsOf(Buffer.concat([gzipSync('{"a":1}\n\n'), gzipSync('{"b":"é😀"}\n')]))).toEqual(rows);
  });

  it.each(zstdFiles)('of zstd is too', async (file) => {
    expect(await rowsOf(file)).toEqual(rows);
    expect(await rowsOf(Buffer.concat([skipped, file]))).toEqual(rows);
    expect(await rowsOf(Buffer.concat([file, file]))).toHaveLength(4);
  });

  it('of zstd is refused where its text is Latin-1 or UTF-16', async () => {
    for (const file of ['KLUv/SQOcQAAeyJhIjogImNhZukifQqiHM5X', 'KLUv/SQQgQAA//57ACIAYQAiADoAMQB9AKLHV0E='])
      expect(await refusalOf(Buffer.from(file, 'base64'))).toMatch(/^2: rows: .*(?:not UTF-8|UTF-16 text)/);
  });

  it.each(zstdFiles)('of zstd is refused wherever it was cut off', async (file) => {
    for (let length = 4; length < file.length; length += 5)
      expect(await refusalOf(file.subarray(0, length))).toBe(
        '2: rows: cannot be read: unexpected end of file\n' +
          'The compressed file was cut off: download or copy it again.',
      );
  });
});
