import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scoreFixture, type ScoreFixture } from '../score/score-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

let fixture: ScoreFixture;
beforeAll(async () => {
  fixture = await scoreFixture();
});
afterAll(() => fixture[Symbol.dispose]());

const prompt = 'What is two plus three?';
const rows = [
  { id: 'a', prompt, response: 'it is five' },
  { id: 'b', prompt, chosen: 'it is five\n', rejected: 'it is six' },
  { id: 'c', prompt: 'é 😀', candidates: ['it is six', 'it is five'] },
];
const lines = (all: readonly unknown[]): string => all.map((row) => `${JSON.stringify(row)}\n`).join('');

const written = (name: string, content: string | Buffer): string => {
  const file = path.join(fixture.folder, name);
  writeFileSync(file, content);
  return file;
};

async function scored(name: string, content: string | Buffer): Promise<readonly Record<string, unknown>[]> {
  const run = await captured(['score', fixture.model, written(name, content), '--json', '--threads', '1']);
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  return documentOf(run)['rows'] as Record<string, unknown>[];
}

/** All that a person sees, the name of the file left out. */
async function refusal(content: string | Buffer, name = 'rows.jsonl'): Promise<string> {
  const file = written(name, content);
  const run = await captured(['score', fixture.model, file]);
  expect(run).toMatchObject({ exitCode: 2, stdout: '' });
  return run.stderr.replaceAll(file, name);
}

async function parquetFile(name: string, all: readonly unknown[]): Promise<string> {
  const file = path.join(fixture.folder, name);
  const json = written('parquet.json', JSON.stringify(all));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`copy (select * from read_json('${json}', sample_size=-1)) to '${file}' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
  return file;
}

describe('a file of rows', () => {
  it('is scored alike in every form: lines, a list, printed, compressed, whatever its name says', async () => {
    const text = lines(rows);
    const expected = await scored('rows.jsonl', text);
    expect(expected.map(({ id, line }) => [id, line])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    for (const [name, content] of [
      ['rows.jsonl.gz', gzipSync(text)],
      ['rows.txt', gzipSync(text)],
      ['rows.parquet', `\ufeff${text.replaceAll('\n', '\r\n')}`],
    ] as const)
      expect(await scored(name, content)).toEqual(expected);
    const numbered = expected.map(({ line, ...rest }) => ({ ...rest, row: line }));
    for (const content of [JSON.stringify(rows), JSON.stringify(rows, null, 2), gzipSync(JSON.stringify(rows))])
      expect(await scored('rows', content)).toEqual(numbered);
  });

  it('may be Parquet, under any name', async () => {
    const pairs = Array.from({ length: 3 }, (_, index) => ({ ...rows[1], id: `p${index}`, other: index }));
    const file = await parquetFile('pairs.bin', pairs);
    const run = await captured(['score', fixture.model, file, '--json', '--threads', '1']);
    const expected = await scored('pairs.jsonl', lines(pairs));
    expect(documentOf(run)['rows']).toEqual(expected.map(({ line, ...rest }) => ({ ...rest, row: line })));
    expect((await captured(['score', fixture.model, file])).stdout).toMatch(
      /^row +id +response +reward\n +1 +p0 +chosen/,
    );
  });

  it('may be Parquet with rows of several shapes: a column that a row does not have is null', async () => {
    const mixed = [...rows.slice(0, 2), { prompt, response: 'six', id: 'd', logprob: 0.5 }];
    const file = await parquetFile('mixed.parquet', mixed);
    const run = await captured(['score', fixture.model, file, '--json', '--threads', '1']);
    const expected = await scored('mixed.jsonl', lines(mixed));
    expect(documentOf(run)['rows']).toEqual(expected.map(({ line, ...rest }) => ({ ...rest, row: line })));
    const numbered = await parquetFile('ids.parquet', [{ prompt, response: 'x', id: 1 }]);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const source = `(select 1234567890123456789 as id, prompt, response, 'nan'::double as loss from '${numbered}')`;
    await connection.run(`copy ${source} to '${file}' (format parquet)`);
    connection.closeSync();
    instance.closeSync();
    const { stdout } = await captured(['score', fixture.model, file, '--output', '-']);
    expect(stdout).toContain('{"id":1234567890123456789,"row":1,');
  });

  it('may come through the standard input or another pipe, compressed too', async () => {
    const expected = await scored('rows.jsonl', lines(rows));
    const program = fileURLToPath(new URL('../../harness/cli/bin.mjs', import.meta.url));
    const call = [process.execPath, program, 'score', fixture.model];
    const flags = ['--json', '--threads', '1'];
    const [node = '', ...argv] = [...call, '-', ...flags];
    const { stdout } = spawnSync(node, argv, { input: gzipSync(lines(rows)), encoding: 'utf8' });
    expect((JSON.parse(stdout) as Record<string, unknown>)['rows']).toEqual(expected);
    const file = written('rows.jsonl.gz', gzipSync(lines(rows)));
    const command = `${call.map((word) => `'${word}'`).join(' ')} <(cat '${file}') ${flags.join(' ')}`;
    if (!existsSync('/bin/bash')) return;
    const piped = execFileSync('/bin/bash', ['-c', command], { encoding: 'utf8' });
    expect((JSON.parse(piped) as Record<string, unknown>)['rows']).toEqual(expected);
  });

  it('may have NaN, names that stand twice and half surrogate pairs where nobody reads them', async () => {
    const row = `{"prompt": "What is", "response": "five", "loss": NaN, "x": 1, "x": 2, "note": "\\ud83d"}\n`;
    const candidates =
      '{"candidates": [{"text": "five", "score": -Infinity}, {"text": "six", "score": NaN}], "prompt": "x"}\n';
    expect(await scored('odd.jsonl', row + candidates)).toHaveLength(2);
  });

  it('never puts its output in the place of a folder', async () => {
    const file = fixture.write('rows.jsonl', [{ prompt: 'What is', response: 'five' }]);
    for (const command of [
      ['score', fixture.model, file],
      ['generate', fixture.model, file],
    ])
      expect(await captured([...command, '--output', fixture.folder])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('is a folder, and is not replaced') as string,
      });
  });

  it('gives back ids as they were written', async () => {
    const ids = ['1234567890123456789', '1e400', '1.0', '-0', '7', '"a\\u0000\\ud83d"', '"é"', '1E-2'];
    const file = written('ids.jsonl', ids.map((id) => `{"id": ${id}, "prompt": "x", "response": "y"}\n`).join(''));
    const output = path.join(fixture.folder, 'ids.out');
    for (const flags of [['--output', output], ['--output', '-'], ['--json']]) {
      const run = await captured(['score', fixture.model, file, ...flags]);
      const text = flags.includes(output) ? readFileSync(output, 'utf8') : run.stdout;
      expect([...text.matchAll(/"id":("[^"]*"|[^,]*),"line"/g)].map(([, id]) => id)).toEqual(ids);
    }
    expect((await captured(['score', fixture.model, file])).stdout).toMatch(/\n +1 +1234567890123456789 +response/);
  });

  it('counts pairs that are no choice, ids and rows that come again, and says so', async () => {
    const pair = { prompt: 'x', chosen: 'five', rejected: 'six' };
    const file = fixture.write('again.jsonl', [
      { ...pair, id: 1 },
      { ...pair, id: 2 },
      { ...pair, id: '1', rejected: 'five' },
      { ...pair, id: 1, prompt: 'y' },
      { response: 'five', prompt: 'x', id: 2 },
      { response: 'five', prompt: 'x' },
    ]);
    const document = documentOf(await captured(['score', fixture.model, file, '--json']));
    expect(document['summary']).toMatchObject({ rows: 6, equalPairs: 1, repeatedIds: 2, repeatedRows: 2 });
    const { stdout } = await captured(['score', fixture.model, file]);
    expect(stdout).toContain(
      '\n1 pair with chosen equal to rejected: a tie whatever the model\n' +
        '2 rows with the id of a row before\n2 rows equal to a row before, but for the id\n',
    );
    const { stdout: once } = await captured(['score', fixture.model, fixture.write('once.jsonl', [pair])]);
    expect(once).not.toMatch(/equal|before/);
  });
});

const correct = '  Nothing was scored. Correct these rows and run the same command again.\n';

describe('what cannot be scored as it stands', () => {
  it('half of a surrogate pair', async () => {
    expect(await refusal('{"prompt":"q ","chosen":"\\ud83d","rejected":"\\ude00"}\n')).toBe(
      'harness: 1 of 1 rows cannot be scored\n' +
        '  rows.jsonl:1: chosen: found half of a surrogate pair, \\ud83d; no tokenizer can read it\n' +
        `  rows.jsonl:1: rejected: found half of a surrogate pair, \\ude00; no tokenizer can read it\n${correct}`,
    );
    expect(await refusal('[\n{"prompt":"q","candidates":["a",{"text":"\\udfff"}]}]')).toBe(
      'harness: 1 of 1 rows cannot be scored\n' +
        `  rows.jsonl:2: row 1: candidates[1].text: found half of a surrogate pair, \\udfff; no tokenizer can read it\n${correct}`,
    );
  });

  it('NaN and a name that stands twice, in a field that is read', async () => {
    expect(
      await refusal(
        '{"prompt": "q", "response": "a", "id": NaN}\n\n{"prompt": "q", "response": "a", "response": "b"}\n' +
          '{"prompt": [1, Infinity], "response": [2]}\n',
      ),
    ).toBe(
      'harness: 3 of 3 rows cannot be scored\n' +
        '  rows.jsonl:1: id: found NaN at line 1, column 40; JSON has no such number\n' +
        '  rows.jsonl:3: response: found a second time at line 3, column 34; expected one value\n' +
        `  rows.jsonl:4: prompt[1]: found Infinity at line 4, column 16; JSON has no such number\n${correct}`,
    );
  });

  it('NaN or half a pair within chat messages, whatever the field: a template may read it', async () => {
    const message = (more: string): string => `[{"role": "user", "content": "q"${more}}]`;
    const text = await refusal(
      `{"prompt": ${message(', "score": NaN')}, "response": "a"}\n` +
        `{"prompt": ${message('')}, "candidates": [[{"role": "assistant", "content": "\\udc00"}], "b"]}\n`,
    );
    expect(text).toBe(
      'harness: 2 of 2 rows cannot be scored\n' +
        '  rows.jsonl:1: prompt[0].score: found NaN at line 1, column 55; JSON has no such number\n' +
        '  rows.jsonl:2: candidates[0][0].content: found half of a surrogate pair, \\udc00; no tokenizer can read it\n' +
        correct,
    );
  });

  it('a row that is no JSON, with line and column', async () => {
    expect(await refusal(`${lines(rows)}{"prompt": "q", 'response': "a"}\n${lines(rows)}{"prompt": "q"\n`)).toBe(
      'harness: 2 of 8 rows cannot be scored\n' +
        '  rows.jsonl:4:17: not JSON: found a single quote; JSON has double quotes\n' +
        `  rows.jsonl:8:1: not JSON: the row that begins here is not closed at the end of the file\n${correct}`,
    );
  });

  it('a printed list with one mistake, once', async () => {
    expect(await refusal(JSON.stringify(rows, null, 2).replace(/\n\]$/, ',\n]'))).toBe(
      'harness: 1 of 4 rows cannot be scored\n' +
        `  rows.jsonl:21:1: not JSON: found ] behind a comma; leave the comma out\n${correct}`,
    );
  });

  it('a printed object that is no row, once', async () => {
    expect(await refusal(JSON.stringify({ data: rows }, null, 2))).toBe(
      'harness: 1 of 1 rows cannot be scored\n' +
        '  rows.jsonl:1: nothing to score: found the field data; expected {"prompt", "response"}, ' +
        `{"prompt", "chosen", "rejected"}, {"prompt", "candidates": [...]} or {"messages": [...]}\n${correct}`,
    );
  });

  it('a file of another format, by its name', async () => {
    expect(await refusal(Buffer.from(`\ufeff${lines(rows)}`, 'utf16le'))).toBe(
      'harness: rows.jsonl: this is UTF-16 text; expected JSONL, JSON or Parquet\n' +
        '  Convert it: iconv -f UTF-16 -t UTF-8 rows.jsonl > converted.jsonl\n',
    );
    expect(await refusal(Buffer.from('{"prompt": "caf\u00e9"}', 'latin1'))).toBe(
      'harness: rows.jsonl: byte 0xe9 at offset 15 (line 1) is not UTF-8\n' +
        '  Write the file as UTF-8. If it is Latin-1 or Windows-1252: ' +
        'iconv -f WINDOWS-1252 -t UTF-8 rows.jsonl > converted.jsonl\n',
    );
    expect(await refusal('prompt,chosen,rejected\nq,a,b\n', 'rows.csv')).toBe(
      'harness: rows.csv: this is CSV (it begins with "prompt,chosen,rejected"); expected JSONL, JSON or Parquet\n' +
        '  Convert it in Python: pandas.read_csv("rows.csv").to_json("converted.jsonl", orient="records", lines=True)\n',
    );
    const whole = gzipSync(lines(rows));
    expect(await refusal(whole.subarray(0, whole.length - 5), 'rows.jsonl.gz')).toBe(
      'harness: rows.jsonl.gz: cannot be read: unexpected end of file\n' +
        '  The compressed file was cut off: download or copy it again.\n',
    );
  });

  it('a file that is not there, and a folder', async () => {
    const of = async (file: string): Promise<string> => (await captured(['score', fixture.model, file])).stderr;
    expect(await of('nowhere.jsonl')).toBe(
      "harness: nowhere.jsonl: cannot be read: ENOENT: no such file or directory, open 'nowhere.jsonl'\n" +
        '  Check the name: there is no such file.\n',
    );
    expect(await of(fixture.folder)).toContain('cannot be read: EISDIR');
  });
});
