import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  allRows,
  folderDigest,
  folderProblem,
  readFolder,
  type CorpusFunction,
  type FolderOptions,
} from '../../harness/data/index.ts';

const root = mkdtempSync(path.join(tmpdir(), 'harness-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const functionText = (name: string): string =>
  `function ${name}(a, b) {\n  return a.${name} + b * ${name.length};\n}\n`;

let folders = 0;
/** A folder with these files; those without text hold a function of their own. */
function folderOf(files: Readonly<Record<string, string | null>>): string {
  const folder = path.join(root, `project-${folders++}`);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text ?? functionText(path.basename(file).replaceAll(/\W/g, '_')));
  }
  return folder;
}

const options: Omit<FolderOptions, 'path'> = {
  include: ['**'],
  exclude: [],
  languages: ['javascript', 'typescript', 'python'],
  licenses: null,
  keep: [],
  units: ['function', 'method'],
  maxSimilarity: 0.7,
  minCharacters: 20,
  maxCharacters: 400,
  heldOutFunctions: 0,
};
/** With the functions in memory. */
async function read(folder: string, changes: Partial<FolderOptions> = {}) {
  const io = { scratchFolder: root, note: () => {} };
  const corpus = await readFolder({ ...options, ...changes, path: folder }, io);
  return { ...corpus, functions: await allRows(corpus.functions), heldOut: await allRows(corpus.heldOut) };
}

const filesOf = ({ functions }: { readonly functions: readonly CorpusFunction[] }): readonly string[] =>
  functions.map(({ file }) => file).sort();

describe('a folder of code', () => {
  it('gives the functions of its files, named by their place in it', async () => {
    const { functions } = await read(
      folderOf({ 'a.js': '\n' + functionText('first'), 'lib/b.mjs': null, 'lib/c.cjs': null }),
    );
    expect(functions.map(({ id }) => id).sort()).toEqual(['./a.js:2:1', './lib/b.mjs:1:1', './lib/c.cjs:1:1']);
    expect(functions.find(({ file }) => file === 'a.js')).toMatchObject({
      language: 'javascript',
      signature: 'function first(a, b) {',
      body: '\n  return a.first + b * 5;\n}',
    });
  });

  it('takes what is included and not excluded, and counts the rest', async () => {
    const folder = folderOf({ 'src/a.js': null, 'src/a.test.js': null, 'src/vendor/b.js': null, 'other/c.js': null });
    const corpus = await read(folder, { include: ['src/**/*.js'], exclude: ['**/*.test.js', '**/vendor/**'] });
    expect(filesOf(corpus)).toEqual(['src/a.js']);
    expect(corpus.counts).toMatchObject({ 'file: not included': 1, 'file: excluded': 1, 'folder: excluded': 1 });
  });

  it('reads each language that is asked for, by the extension of a file', async () => {
    const folder = folderOf({
      'a.js': null,
      'b.tsx': 'export function View({ name }: { name: string }): Node {\n  return <b>{name + 12345}</b>;\n}\n',
      'c.py': 'def c(x):\n    return x * 12345\n',
      'd.md': '',
      'e.ipynb': JSON.stringify({
        cells: [{ cell_type: 'code', source: ['def e(x, y):\n', '    return x // y + 1\n'] }],
      }),
    });
    const { functions, counts } = await read(folder);
    expect(functions.map(({ file, language }) => `${file} ${language}`).sort()).toEqual([
      'a.js javascript',
      'b.tsx typescript',
      'c.py python',
      'e.ipynb python',
    ]);
    expect(counts).toEqual({ 'file: another language': 1 });
    expect((await read(folder, { languages: ['python'] })).counts).toEqual({
      'file: another language': 1,
      'file: javascript is not asked for': 1,
      'file: typescript is not asked for': 1,
    });
  });

  it('leaves out tests, builds and copies of other code, unless they are asked for', async () => {
    const folder = folderOf({
      'a.js': null,
      'test/b.js': null,
      'c.test.js': null,
      'dist/d.js': null,
      'vendor/e.js': null,
    });
    const { counts, ...corpus } = await read(folder);
    expect(filesOf(corpus)).toEqual(['a.js']);
    expect(counts).toEqual({ 'file: test or fixture': 2, 'file: build folder': 1, 'file: third-party copy': 1 });
    expect(filesOf(await read(folder, { keep: ['tests', 'vendored'] }))).toEqual([
      'a.js',
      'c.test.js',
      'test/b.js',
      'vendor/e.js',
    ]);
  });

  it('takes only files whose own licence is permitted', async () => {
    const folder = folderOf({
      LICENSE: 'Permission is hereby granted, free of charge, to any person obtaining a copy',
      'a.js': null,
      'b.js': `// SPDX-License-Identifier: GPL-3.0-or-later\n${functionText('bb')}`,
      'lib/package.json': '{"license": "(GPL-2.0 OR Apache-2.0)"}',
      'lib/c.js': null,
      'other/COPYING': 'GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007',
      'other/d.js': null,
    });
    const { counts, sources, ...corpus } = await read(folder, { licenses: ['MIT', 'Apache-2.0'] });
    expect(filesOf(corpus)).toEqual(['a.js', 'lib/c.js']);
    expect(counts).toMatchObject({ 'file: licence not permitted': 2 });
    expect(sources[0]?.licenses).toEqual({ MIT: 1, '(GPL-2.0 OR Apache-2.0)': 1 });
  });

  it('never enters dependencies or hidden folders', async () => {
    const { counts, ...corpus } = await read(
      folderOf({ 'a.js': null, 'node_modules/x/b.js': null, '.git/c.js': null }),
    );
    expect(filesOf(corpus)).toEqual(['a.js']);
    expect(counts).toEqual({ 'folder: dependencies or hidden': 2 });
  });

  it('does not follow links, to files or to folders', async () => {
    const outside = folderOf({ 'secret.js': null });
    const folder = folderOf({ 'a.js': null });
    symlinkSync(outside, path.join(folder, 'linked'));
    symlinkSync(path.join(outside, 'secret.js'), path.join(folder, 'secret.js'));
    const corpus = await read(folder);
    expect(filesOf(corpus)).toEqual(['a.js']);
    expect(corpus.counts).toEqual({ 'link: not followed': 2 });
  });

  it('leaves out minified, generated and unreadable text, counted', async () => {
    const long = `function long(a) { return ${'a + '.repeat(600)} 1; }`;
    const generated = `// Code generated by a tool. DO NOT EDIT.\n${functionText('made')}`;
    const folder = folderOf({ 'a.js': null, 'b.js': long, 'c.js': generated });
    writeFileSync(path.join(folder, 'd.js'), Buffer.from([0x66, 0xff, 0xfe]));
    const { counts } = await read(folder);
    expect(counts).toEqual({ 'file: minified or bundled': 1, 'file: generated': 1, 'file: not UTF-8 text': 1 });
  });

  it.skipIf(process.getuid?.() === 0)('counts files and folders that cannot be read', async () => {
    const folder = folderOf({ 'a.js': null, 'b.js': null, 'c/d.js': null });
    chmodSync(path.join(folder, 'b.js'), 0);
    chmodSync(path.join(folder, 'c'), 0);
    try {
      expect((await read(folder)).counts).toEqual({ 'file: cannot be read': 1, 'folder: cannot be read': 1 });
    } finally {
      chmodSync(path.join(folder, 'c'), 0o755);
    }
  });

  it('holds functions out', async () => {
    const folder = folderOf({
      'a.js': functionText('one'),
      'b.js': 'function two(a) {\n  if (a > 1) return 2;\n  return a;\n}\n',
    });
    const { functions, heldOut } = await read(folder, { heldOutFunctions: 1 });
    expect([functions.length, heldOut.length]).toEqual([1, 1]);
  });

  it('without a function within the limits is refused with what was left out', async () => {
    await expect(read(folderOf({ 'a.js': null, 'b.md': '' }), { maxCharacters: 25 })).rejects.toThrow(
      /no function within corpus.minCharacters 20, corpus.maxCharacters 25 in 1 files; left out: 1 function: too long, 1 file: another language/,
    );
    await expect(read(folderOf({ 'a.js': null }), { heldOutFunctions: 5 })).rejects.toThrow(
      /all 1 functions .* are held out/,
    );
  });
});

describe('the source of a folder', () => {
  const licenseOf = async (files: Readonly<Record<string, string | null>>): Promise<unknown> => {
    const { sources } = await read(folderOf({ 'a.js': null, ...files }));
    return Object.keys(sources[0]?.licenses ?? {})[0];
  };

  it('has digest, licence and counts', async () => {
    const folder = folderOf({ 'a.js': functionText('ab'), 'b.js': functionText('cde'), LICENSE: 'Our own.' });
    expect((await read(folder)).sources).toEqual([
      {
        path: folder,
        digest: folderDigest({ ...options, path: folder }),
        licenses: { unknown: 2 },
        files: 2,
        sourceBytes: functionText('ab').length + functionText('cde').length,
        functions: 2,
        bytes: functionText('ab').trimEnd().length + functionText('cde').trimEnd().length,
      },
    ]);
  });

  it('takes the licence from package.json, else from the words of a licence file', async () => {
    expect(await licenseOf({ 'package.json': '{"license": "EUPL-1.2"}', LICENSE: 'Apache License\nVersion 2.0' })).toBe(
      'EUPL-1.2',
    );
    expect(await licenseOf({ LICENSE: '  Apache License\n  Version 2.0, January 2004' })).toBe('Apache-2.0');
    expect(
      await licenseOf({ 'LICENCE.md': 'Permission is hereby granted, free of charge, to any person obtaining a copy' }),
    ).toBe('MIT');
    expect(await licenseOf({ COPYING: 'GNU GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007' })).toBe('GPL-3.0');
    expect(await licenseOf({ LICENSE: 'All rights reserved.' })).toBe('unknown');
    expect(await licenseOf({ 'package.json': 'not json' })).toBe('unknown');
  });
});

describe('the digest of a folder', () => {
  const patterns = { ...options, exclude: ['**/*.test.js'] };
  const digestOf = (folder: string): string => folderDigest({ ...patterns, path: folder });

  it('is that of the files that are read, wherever the folder lies', async () => {
    const folder = folderOf({ 'a.js': null, 'lib/b.js': null, 'a.test.js': null, 'README.md': 'x' });
    const before = digestOf(folder);
    cpSync(folder, path.join(root, 'moved'), { recursive: true });
    expect(digestOf(path.join(root, 'moved'))).toBe(before);
    writeFileSync(path.join(folder, 'a.test.js'), 'changed');
    writeFileSync(path.join(folder, 'README.md'), 'changed');
    expect(digestOf(folder)).toBe(before);
  });

  it('changes with a byte, and with a name', async () => {
    const folder = folderOf({ 'a.js': 'let a = 1;' });
    const before = digestOf(folder);
    expect(digestOf(folderOf({ 'b.js': 'let a = 1;' }))).not.toBe(before);
    writeFileSync(path.join(folder, 'a.js'), 'let a = 2;');
    expect(digestOf(folder)).not.toBe(before);
  });
});

describe('the problem of a folder', () => {
  const problemOf = (folder: string): unknown => folderProblem({ ...options, include: ['src/**'], path: folder });

  it('is told by the field to blame', async () => {
    expect(problemOf(path.join(root, 'nowhere'))).toMatchObject({ field: 'path', expected: 'a folder' });
    expect(problemOf(folderOf({ 'lib/a.js': null }))).toMatchObject({ field: 'include' });
    expect(problemOf(folderOf({ 'src/a.md': '' }))).toMatchObject({ field: 'include' });
    expect(problemOf(folderOf({ 'src/a.js': null }))).toBe(null);
  });
});
