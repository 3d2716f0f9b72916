import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { allRows, commitDigest, readCommit, type GitOptions } from '../../../harness/data/index.ts';
import { functionText, runGit, temporaryClones, type Clone } from './clone.ts';

const clones = temporaryClones();
afterAll(() => clones.remove());

const options: Omit<GitOptions, 'path'> = {
  commit: 'HEAD',
  name: '.',
  include: ['**'],
  exclude: [],
  languages: ['javascript', 'typescript', 'python'],
  licenses: null,
  keep: [],
  units: ['function', 'method'],
  minCharacters: 20,
  maxCharacters: 400,
  maxSimilarity: 0.7,
  heldOutFunctions: 0,
};

async function read(clone: string, changes: Partial<GitOptions> = {}) {
  const io = { scratchFolder: clones.folder, note: () => {} };
  const { functions, counts, sources } = await readCommit({ ...options, ...changes, path: clone }, io);
  return { functions: await allRows(functions), counts, sources };
}

function project(files: Readonly<Record<string, string | Buffer>> = {}): Clone {
  const clone = clones.withWorkTree();
  clone.commit('first', { 'a.js': functionText('first'), ...files });
  return clone;
}

describe('the files of a commit', () => {
  it('are those of the commit, whatever lies in the work tree', async () => {
    const clone = project();
    const first = clone.git('rev-parse', 'HEAD');
    clone.commit('second', { 'b.py': 'def second(a, b):\n    total = a * 7 + b\n    return total - 2\n' });
    writeFileSync(path.join(clone.path, 'a.js'), 'function changed(a) {\n  return a + 100000;\n}\n');
    writeFileSync(path.join(clone.path, 'c.js'), functionText('never'));
    const now = await read(clone.path);
    expect(now.functions.map(({ id }) => id).sort()).toEqual(['./a.js:1:1', './b.py:1:1']);
    expect(now.functions.find(({ file }) => file === 'a.js')?.signature).toBe('function first(a, b) {');
    expect((await read(clone.path, { commit: first })).functions.map(({ file }) => file)).toEqual(['a.js']);
  });

  it('are the same in a bare clone, by a branch, a tag and an id', async () => {
    const clone = project({ 'lib/b.ts': 'export function typed(a: number): number {\n  return a * 2 + 1;\n}\n' });
    clone.git('tag', 'v1');
    const bare = `${clone.path}.git`;
    runGit(clones.folder, 'clone', '--quiet', '--bare', clone.path, bare);
    const whole = await read(clone.path);
    for (const commit of ['main', 'v1', clone.git('rev-parse', '--short', 'HEAD')])
      expect((await read(bare, { commit })).functions).toEqual(whole.functions);
    expect(commitDigest(bare, 'v1')).toBe(commitDigest(clone.path, 'HEAD'));
  });

  it('leave out links, submodules, LFS pointers, other languages and what is no text, each counted', async () => {
    const clone = project({
      'big.js': 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n',
      'raw.js': Buffer.from([0x66, 0xff, 0xfe, 0x00]),
      'README.md': '# readme\n',
      'long.js': `// ${'x'.repeat(1 << 20)}\n`,
    });
    symlinkSync('a.js', path.join(clone.path, 'link.js'));
    const inner = project();
    clone.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'inner');
    clone.commit('more');
    const { functions, counts } = await read(clone.path);
    expect(functions.map(({ file }) => file)).toEqual(['a.js']);
    expect(counts).toEqual({
      'link: not followed': 1,
      'submodule: not entered': 1,
      'file: kept by LFS': 1,
      'file: not UTF-8 text': 1,
      'file: larger than 1 MiB': 1,
      'file: another language': 2,
    });
  });

  it('are chosen by patterns', async () => {
    const clone = project({ 'src/b.js': functionText('inside'), 'src/gen/c.js': functionText('generated') });
    const { functions, counts } = await read(clone.path, { include: ['src/**'], exclude: ['src/gen/**'] });
    expect(functions.map(({ file }) => file)).toEqual(['src/b.js']);
    expect(counts).toEqual({ 'file: not included': 1, 'file: excluded': 1 });
  });

  it('have names with spaces, line breaks and letters of any script', async () => {
    const clone = project({ 'dir name/é\n中.js': functionText('odd') });
    expect((await read(clone.path)).functions.map(({ file }) => file).sort()).toEqual(['a.js', 'dir name/é\n中.js']);
  });

  it('have the licence that the commit says, the nearest one first', async () => {
    const clone = project({ 'package.json': '{"license": "MIT"}', 'sub/LICENSE': 'Apache License Version 2.0' });
    // Code that speaks of a licence is none.
    const code = `// GNU GENERAL PUBLIC LICENSE Version 3\n${functionText('other')}`;
    clone.commit('add', { 'sub/b.js': functionText('more'), 'license.js': code });
    writeFileSync(path.join(clone.path, 'package.json'), '{"license": "GPL-3.0"}');
    const { sources } = await read(clone.path, { name: 'owner/project' });
    expect(sources).toEqual([
      {
        name: 'owner/project',
        commit: clone.git('rev-parse', 'HEAD'),
        tree: clone.git('rev-parse', 'HEAD^{tree}'),
        licenses: { MIT: 2, 'Apache-2.0': 1 },
        files: 3,
        functions: 3,
        bytes: expect.any(Number) as number,
      },
    ]);
    const permitted = await read(clone.path, { licenses: ['Apache-2.0'] });
    expect(permitted.functions.map(({ file }) => file)).toEqual(['sub/b.js']);
    expect(permitted.counts).toEqual({ 'file: another language': 2, 'file: licence not permitted': 2 });
  });
});

describe('a clone', () => {
  it('runs nothing that its configuration names, and takes no replacement for an object', async () => {
    const clone = project();
    const mark = path.join(clones.folder, 'was-run');
    const script = path.join(clones.folder, 'run.sh');
    writeFileSync(script, `#!/bin/sh\ntouch ${mark}\ncat\n`);
    chmodSync(script, 0o755);
    mkdirSync(path.join(clone.path, '.git/hooks'), { recursive: true });
    for (const [name, value] of [
      ['core.fsmonitor', script],
      ['core.pager', script],
      ['pager.log', 'true'],
      ['diff.external', script],
      ['filter.x.smudge', script],
      ['gpg.program', script],
      ['log.showSignature', 'true'],
      ['core.sshCommand', script],
    ] as const)
      clone.git('config', name, value);
    writeFileSync(path.join(clone.path, 'evil.js'), functionText('evil'));
    const evil = clone.git('hash-object', '-w', 'evil.js');
    clone.git('replace', clone.git('rev-parse', 'HEAD:a.js'), evil);
    const { functions } = await read(clone.path);
    expect(functions.map(({ signature }) => signature)).toEqual(['function first(a, b) {']);
    expect(existsSync(mark)).toBe(false);
  });

  it('that holds no function within the limits is told with what was left out', async () => {
    const clone = clones.withWorkTree();
    clone.commit('first', { 'README.md': '# nothing\n' });
    await expect(read(clone.path)).rejects.toThrow(
      /no function within .* at [0-9a-f]{12}; left out: .*1 file: another language/,
    );
  });
});
