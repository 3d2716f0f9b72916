import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { collectionFolder, shapeQueries, source } from './collection-files.ts';

const folder = collectionFolder();
afterAll(() => folder.remove());

const names = ['first', 'second', 'third', 'fourth'] as const;
const sources = names.map((name) => source(name));
const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');
const textOf = (name: string): string => source(name).text;

describe('removals', () => {
  const list = async (name: string, text: string): Promise<string> => {
    writeFileSync(path.join(folder.path, name), text);
    return path.join(folder.path, name);
  };

  it.each([
    ['lines', 'list.txt', '# withdrawn\nOwner/First\n\nhttps://github.com/owner/second.git # asked on Monday\n'],
    ['rows of JSON', 'list.jsonl', '{"repo": "owner/first"}\n{"repository": "OWNER/second"}\n'],
  ])('in %s take out repositories, whatever their case', async (_, name, text) => {
    const file = await folder.write('removals.parquet', shapeQueries['github-code'], sources);
    const { functions, counts } = await folder.read(file, { removals: await list(name, text) });
    expect(functions.map(({ package: repository }) => repository).sort()).toEqual(['owner/fourth', 'owner/third']);
    expect(counts).toEqual({ 'row: removed by its author': 2 });
  });

  it('in Parquet, and by the ids of contents', async () => {
    const file = await folder.write('v3.parquet', shapeQueries['the-stack-v3'], sources);
    const removals = await folder.write(
      'list.parquet',
      'select sha1(text) as content_id from sources',
      sources.slice(1, 3),
    );
    const { functions, counts, notes } = await folder.read(file, { removals });
    expect(functions.map(({ package: repository }) => repository).sort()).toEqual(['owner/first', 'owner/fourth']);
    expect(counts).toEqual({ 'row: removed by its author': 2 });
    expect(notes).toEqual([]);
  });

  it('by an owner take out all of theirs', async () => {
    const others = [...sources, source('fifth', { repository: 'other/fifth' })];
    const file = await folder.write('owners.parquet', shapeQueries['github-code'], others);
    const { functions } = await folder.read(file, { removals: await list('owners.txt', 'owner\n') });
    expect(functions.map(({ package: repository }) => repository)).toEqual(['other/fifth']);
  });

  it('with a row that names nothing are refused', async () => {
    const file = await folder.write('ok.parquet', shapeQueries['github-code'], sources);
    const removals = await list('bad.jsonl', '{"repo": "a/b"}\n{"comment": "x"}\n');
    await expect(folder.read(file, { removals })).rejects.toThrow(`${removals}: row 2 names nothing to remove`);
  });
});

describe('The Stack', () => {
  it.each(['the-stack-v1', 'the-stack-v2', 'the-stack-v3'] as const)(
    '%s needs its revision, asks for removals, and publishes ids and digests',
    async (shape) => {
      const file = await folder.write(`${shape}.parquet`, shapeQueries[shape], sources);
      await expect(folder.read(file, { revision: null })).rejects.toThrow(`corpus.revision: rows of ${shape} need`);
      const { sources: recorded, notes } = await folder.read(file);
      expect(notes).toEqual([expect.stringContaining('without corpus.removals') as string]);
      const [first] = recorded as [{ usedRows: readonly { id: string; sha256: string }[] }];
      expect(first).toMatchObject({ publish: 'ids' });
      expect(first.usedRows).toEqual(
        names.map((name) => ({ id: hash('sha1', textOf(name)), sha256: hash('sha256', textOf(name)) })),
      );
    },
  );

  it('lists only rows from which a function was taken', async () => {
    const file = await folder.write('used.parquet', shapeQueries['the-stack-v1'], [
      source('first'),
      source('second', { text: 'x = 1\n' }),
    ]);
    const { sources: recorded } = await folder.read(file);
    expect(recorded[0]).toMatchObject({ rows: 2, usedRows: [{ id: hash('sha1', textOf('first')) }] });
  });

  it('publishes texts where the experiment says that it may', async () => {
    const file = await folder.write('text.parquet', shapeQueries['the-stack-v3'], sources);
    expect((await folder.read(file, { publish: 'text' })).sources[0]).toMatchObject({
      publish: 'text',
      usedRows: null,
    });
  });

  it('leaves out what it marks as a copy of others or as generated', async () => {
    const query = shapeQueries['the-stack-v2']
      .replace('false as is_vendor', "path = 'src/first.py' as is_vendor")
      .replace('false as is_generated', "path = 'src/third.py' as is_generated");
    const { functions, counts } = await folder.read(await folder.write('marks.parquet', query, sources));
    expect(functions.map(({ file }) => file).sort()).toEqual(['src/fourth.py', 'src/second.py']);
    expect(counts).toEqual({ 'row: third-party copy': 1, 'row: generated': 1 });
  });
});

describe('a digest in the row', () => {
  it.each([
    ['sha256', 'sha256(text)'],
    ['sha1', 'sha1(text)'],
    ['the id of the blob in git', "sha1('blob ' || strlen(text) || chr(0) || text)"],
  ])('is compared with the text: %s', async (_, digest) => {
    const query = `select text, path, repository, license, case path when 'src/second.py' then sha256('else') else ${digest} end as sha256 from sources`;
    const { functions, counts } = await folder.read(await folder.write('digest.parquet', query, sources));
    expect(functions).toHaveLength(3);
    expect(counts).toEqual({ 'row: text is not that of its digest': 1 });
  });
});

describe('where', () => {
  const query = `select text, path, repository, license, language, position as stars, [language, 'any'] as tags,
    {deep: position} as meta from sources`;

  it.each([
    [[{ column: 'path', in: ['src/first.py', 'src/third.py'] }], ['first', 'third']],
    [[{ column: 'path', notIn: ['src/first.py', 'src/third.py'] }], ['second', 'fourth']],
    [[{ column: 'stars', atLeast: 2 }], ['third', 'fourth']],
    [
      [
        { column: 'stars', atMost: 2 },
        { column: 'stars', atLeast: 1 },
      ],
      ['second', 'third'],
    ],
    [[{ column: 'meta.deep', in: [3] }], ['fourth']],
    [
      [
        { column: 'tags', in: ['any'] },
        { column: 'stars', atMost: 0 },
      ],
      ['first'],
    ],
  ])('%j keeps the rows that fulfil all of it', async (where, kept) => {
    const file = await folder.write('where.parquet', query, sources);
    const { functions, counts } = await folder.read(file, { where });
    expect(functions.map(({ file: name }) => path.basename(name, '.py')).sort()).toEqual([...kept].sort());
    expect(counts).toEqual({ 'row: not what where asks for': 4 - kept.length });
  });
});
