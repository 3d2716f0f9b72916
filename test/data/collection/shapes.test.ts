import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { collectionFolder, noFields, shapeQueries, source } from './collection-files.ts';

const folder = collectionFolder();
afterAll(() => folder.remove());

const sources = [
  source('first'),
  source('second', { repository: 'owner/first', license: 'Apache-2.0' }),
  source('third', { license: 'GPL-3.0' }),
  source('fourth', {
    path: 'lib/fourth.js',
    language: 'JavaScript',
    text: 'function fourth(a) {\n  return a.b * 4 + 1;\n}\n',
  }),
  source('fifth', { path: 'x.rs', language: 'Rust', text: 'fn fifth() {}' }),
];

const expected = ['owner/first/src/first.py:1:1', 'owner/first/src/second.py:1:1', 'owner/fourth/lib/fourth.js:1:1'];

describe.each(Object.entries(shapeQueries))('rows of %s', (shape, query) => {
  it.each(['rows.parquet', 'rows.jsonl', 'rows.jsonl.gz', 'rows.jsonl.zst'])(
    'are known by their columns: %s',
    async (name) => {
      const file = await folder.write(`${shape}-${name}`, query, sources);
      const read = await folder.read(file);
      expect(read.functions.map(({ id }) => id).sort()).toEqual(expected);
      expect(read.counts).toEqual({ 'file: licence not permitted': 1, 'file: another language': 1 });
      expect(read.sources[0]).toMatchObject({ file: path.basename(file), shape, rows: 5, revision: '1.0' });
    },
  );
});

describe('rows of no known shape', () => {
  it('may leave out what they have not', async () => {
    const rows = sources
      .slice(0, 2)
      .map(({ text, path: place, license }, row) => ({ text, path: place, ...(row === 1 ? { license } : {}) }));
    const file = path.join(folder.path, 'sparse.jsonl');
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const read = await folder.read(file);
    expect(read.functions.map(({ id }) => id)).toEqual(['./src/second.py:1:1']);
    expect(read.counts).toEqual({ 'file: licence not permitted': 1 });
  });

  it('are left out where what is read of them is unclear, and keep numbers of many digits', async () => {
    const file = path.join(folder.path, 'unclear.jsonl');
    const row = (id: string, name: string, more = ''): string => {
      const { text, license } = source(name);
      return `{"content": ${JSON.stringify(text)}, "language": "Python", "license": "${license}", "id": ${id}${more}}\n`;
    };
    writeFileSync(
      file,
      row('1234567890123456789', 'ada', ', "stars": NaN, "stars": 2') +
        row('2', 'ben', ', "content": "x"') +
        row('3', 'cyn').replace('def cyn', 'def cyn\\udc00') +
        row('NaN', 'dan'),
    );
    const { functions, counts } = await folder.read(file);
    expect(counts).toMatchObject({
      'row: content is there twice': 1,
      'row: content holds half of a surrogate pair': 1,
      'row: id is NaN': 1,
    });
    expect(functions.map(({ id }) => id)).toEqual([expect.stringContaining('1234567890123456789')]);
  });

  it('are read by usual names', async () => {
    const query = 'select text, path, repository, license from sources';
    const read = await folder.read(await folder.write('usual.parquet', query, sources));
    expect(read.functions.map(({ id }) => id).sort()).toEqual(expected);
    expect(read.sources[0]).toMatchObject({ shape: null, collection: null, publish: 'text', usedRows: null });
  });

  it.each(['named.parquet', 'named.jsonl'])(
    'are read by the names that the experiment gives, in lists too: %s',
    async (name) => {
      const query = `select repository as r, list({body: text, p: path, l: license} order by path) as inner_files,
      any_value({x: 1}) as m from sources group by repository order by min(position)`;
      const fields = {
        ...noFields,
        text: 'inner_files.body',
        path: 'inner_files.p',
        repository: 'r',
        license: 'inner_files.l',
      };
      const read = await folder.read(await folder.write(name, query, sources), { fields });
      expect(read.functions.map(({ id }) => id).sort()).toEqual(expected);
      expect(read.counts).toEqual({ 'file: licence not permitted': 1, 'file: another language': 1 });
    },
  );

  it('are read out of a structure', async () => {
    const query = 'select {body: text, p: path} as inner_file, repository, license from sources limit 1';
    const fields = { ...noFields, text: 'inner_file.body', path: 'inner_file.p' };
    const read = await folder.read(await folder.write('structure.parquet', query, sources), { fields });
    expect(read.functions.map(({ id }) => id)).toEqual(expected.slice(0, 1));
  });

  it('get a name by their language where they have no path', async () => {
    const query = 'select text, language, license from sources limit 1';
    const read = await folder.read(await folder.write('no-path.parquet', query, sources));
    expect(read.functions.map(({ package: name, file }) => `${name}/${file}`)).toEqual([
      expect.stringMatching(/^\.\/[0-9a-f]{8}-1\.py$/) as string,
    ]);
  });

  it('that have a list of licences stand under all of them', async () => {
    const query = "select text, path, repository, [license, 'GPL-3.0'] as license from sources limit 1";
    const file = await folder.write('both.parquet', query, sources);
    await expect(folder.read(file)).rejects.toThrow('1 file: licence not permitted');
    const { sources: recorded } = await folder.read(file, { licenses: ['MIT', 'GPL-3.0'] });
    expect(recorded[1]).toMatchObject({ package: 'owner/first', licenses: { 'GPL-3.0 AND MIT': 1 }, functions: 1 });
  });

  it.each([
    ['fields', { fields: { ...noFields, text: 'txt' } }, 'corpus.fields.text: there is no column txt'],
    ['where', { where: [{ column: 'lisence', in: ['MIT'] }] }, 'corpus.where: there is no column lisence'],
    ['shape', { shape: 'github-code' }, 'corpus.shape: no rows of github-code, which has code, repo_name'],
  ])('are refused with their columns where they lack one: %s', async (_, changes, message) => {
    const file = await folder.write('lacking.parquet', 'select text, path, license from sources', sources);
    await expect(folder.read(file, changes)).rejects.toThrow(message);
    await expect(folder.read(file, changes)).rejects.toMatchObject({
      exitCode: 2,
      hint: expect.stringMatching(/text|license|path/) as string,
    });
  });
});

it('ids of The Stack v2 without contents are refused, and told where contents are', async () => {
  const query =
    'select sha1(text) as blob_id, path, [license] as detected_licenses, repository as repo_name from sources';
  const file = await folder.write('ids.parquet', query, sources);
  await expect(folder.read(file)).rejects.toMatchObject({
    message: expect.stringContaining('no column with the text of the files; there are blob_id') as string,
    hint: expect.stringContaining('Software Heritage') as string,
  });
});

it('several files are one corpus in their order, and a path of a repository that comes again is left out', async () => {
  const [first, second] = await Promise.all([
    folder.write('part-0.parquet', shapeQueries['github-code'], sources.slice(0, 2)),
    folder.write('part-1.jsonl.zst', shapeQueries['github-code'], sources.slice(1)),
  ]);
  const read = await folder.read([first as string, second as string]);
  expect(read.functions.map(({ id }) => id).sort()).toEqual(expected);
  expect(read.counts['row: path of its repository again']).toBe(1);
});

it('a file that was cut off is told by its name', async () => {
  const file = path.join(folder.path, 'cut.parquet');
  writeFileSync(file, 'PAR1 and no more');
  await expect(folder.read(file)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(file) as string,
  });
});
