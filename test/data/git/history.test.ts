import { afterAll, describe, expect, it } from 'vitest';
import {
  allRows,
  commitPairs,
  readHistory,
  type CorpusFunction,
  type HistoryOptions,
  type PromptedFunction,
} from '../../../harness/data/index.ts';
import { functionText, runGit, temporaryClones, type Clone, type Files } from './clone.ts';

const clones = temporaryClones();
afterAll(() => clones.remove());

const options: Omit<HistoryOptions, 'path'> = {
  commit: 'HEAD',
  from: null,
  last: null,
  name: '.',
  reasons: ['fix', 'review', 'test', 'reverted'],
  maxChangedLines: 10,
  maxFunctions: 2,
  languages: ['javascript', 'typescript', 'python'],
  licenses: null,
  keep: [],
  units: ['function', 'method'],
  minCharacters: 20,
  maxCharacters: 1000,
  heldOutFunctions: 0,
};

async function read(clone: Clone, changes: Partial<HistoryOptions> = {}) {
  const io = { scratchFolder: clones.folder, note: () => {} };
  const { functions, heldOut, counts, sources } = await readHistory({ ...options, ...changes, path: clone.path }, io);
  return { functions: await allRows(functions), heldOut: await allRows(heldOut), counts, sources };
}

const begun = clones.bare();
begun.commit('first', { 'a.js': functionText('first'), 'kept.js': functionText('kept') });
begun.commit('Fix the sum of kept', { 'kept.js': functionText('kept', 'b * 2') });

/** A clone whose `a.js` holds one function, and whose `kept.js` has one change that counts. */
function project(): Clone {
  return clones.copyOf(begun);
}

/** Takes back the newest commit, with the message that git writes. */
function revert(clone: Clone, id: string): void {
  const subject = clone.git('log', '-1', '--format=%s', id);
  const files = { 'a.js': clone.git('show', `${id}^:a.js`).concat('\n') };
  clone.commit(`Revert "${subject}"\n\nThis reverts commit ${id}.\n`, files);
}

/** Changes of `a.js`. */
const ofA = (functions: readonly CorpusFunction[]): readonly CorpusFunction[] =>
  functions.filter(({ file }) => file === 'a.js');

async function reasonsOf(clone: Clone): Promise<readonly (string | undefined)[]> {
  return ofA((await read(clone)).functions).map(({ change }) => change?.reason);
}

describe('a change that counts', () => {
  it('is the function behind the commit, with its body before it', async () => {
    const clone = project();
    const id = clone.commit('fix(sum): count b twice (#12)', { 'a.js': functionText('first', 'b + b') });
    const [fn] = ofA((await read(clone)).functions);
    expect(fn).toEqual({
      id: `./a.js:1:1@${id.slice(0, 12)}`,
      package: '.',
      file: 'a.js',
      line: 1,
      language: 'javascript',
      description: 'count b twice',
      signature: 'function first(a, b) {',
      body: '\n  const firstTotal = a.first * 5;\n  return firstTotal + b + b;\n}',
      change: { before: '\n  const firstTotal = a.first * 5;\n  return firstTotal + b;\n}', reason: 'fix', commit: id },
    });
  });

  it('keeps the documentation that the function has', async () => {
    const clone = project();
    const documented = `/** Adds two numbers of a record. */\n${functionText('first', 'b + b')}`;
    clone.commit('prepare', { 'a.js': `/** Adds two numbers of a record. */\n${functionText('first')}` });
    clone.commit('Fix sum', { 'a.js': documented });
    expect(ofA((await read(clone)).functions)[0]?.description).toBe('Adds two numbers of a record.');
  });

  it.each([
    ['a fix', 'Fix wrong sum', {}, 'fix'],
    ['words of a review', 'Address review comments', {}, 'review'],
    ['a trailer', 'Change it\n\nReviewed-by: A <a@b.c>', {}, 'review'],
    ['tests beside it', 'Count b twice', { 'test/a.test.js': 'test();\n' }, 'test'],
    ['tests and docs beside it', 'Count b twice', { 'test_a.py': 'x = 1\n', 'README.md': 'x' }, 'test'],
  ])('counts by %s', async (_, message, beside, reason) => {
    const clone = project();
    clone.commit(message, { 'a.js': functionText('first', 'b + b'), ...beside });
    expect(await reasonsOf(clone)).toEqual([reason]);
  });

  it('counts as worse where it is taken back later, and the commit that takes it back is none of its own', async () => {
    const clone = project();
    const bad = clone.commit('Count b twice', { 'a.js': functionText('first', 'b + b') });
    revert(clone, bad);
    const { functions, counts } = await read(clone);
    expect(ofA(functions).map(({ change }) => change)).toMatchObject([{ reason: 'reverted', commit: bad }]);
    expect(counts['commit: takes another back']).toBe(1);
  });

  it('is found in Python and TypeScript, in methods too', async () => {
    const clone = project();
    const python = (term: string): string =>
      `class A:\n    def add(self, b):\n        total = self.x + ${term}\n        return total\n`;
    const typed = (term: string): string =>
      `export class B {\n  sub(b: number): number {\n    return this.x - ${term};\n  }\n}\n`;
    clone.commit('more', { 'm.py': python('b'), 'n.ts': typed('b') });
    clone.commit('fix add', { 'm.py': python('b * 2') });
    clone.commit('fix sub', { 'n.ts': typed('b * 2') });
    const { functions } = await read(clone);
    expect(functions.map(({ file, signature }) => `${file} ${signature}`).sort()).toEqual([
      'kept.js function kept(a, b) {',
      'm.py def add(self, b):',
      'n.ts sub(b: number): number {',
    ]);
  });
});

/** What a commit does to the file of its name, and why it is left out. */
const leftOut: readonly (readonly [
  name: string,
  message: string,
  change: (base: string) => string | null,
  beside: (base: string) => Files,
  reason: string,
])[] = [
  ['silent', 'Count b twice', twice, nothing, 'commit: nothing says that it is better'],
  ['moved around', 'refactor: sum', twice, () => ({ 't/tests/x.js': 'x' }), 'commit: nothing says that it is better'],
  ['formatted', 'Fix sum', (base) => base.replaceAll('  ', '\t'), nothing, 'function: only formatting or comments'],
  [
    'commented',
    'Fix sum',
    (base) => base.replace('  return', '  // Sum.\n  return'),
    nothing,
    'function: only formatting or comments',
  ],
  ['renamed inside', 'Fix sum', (base) => base.replaceAll(/\w+Total/g, 'sum'), nothing, 'function: only renames'],
  ['one of two', 'Fix sum', twice, () => ({ 'b.py': 'x = 1\n' }), 'commit: changes several source files'],
  ['one of two languages', 'Fix sum', twice, () => ({ 'b.rs': 'fn x() {}' }), 'commit: changes several source files'],
  ['gone', 'Fix x', () => null, nothing, 'commit: adds or removes its file'],
  ['moved', 'Fix x', () => null, (base) => ({ 'elsewhere.js': base }), 'commit: renames its file'],
  [
    'signed anew',
    'Fix sum',
    (base) => base.replace('(a, b)', '(b, a)'),
    nothing,
    'commit: changes no function within the limits',
  ],
  [
    'long',
    'Fix sum',
    (base) => base.replace('  return', `${'  a.x += b;\n'.repeat(12)}  return`),
    nothing,
    'function: more than 10 lines changed',
  ],
  ['generated', 'Fix sum', (base) => `// @generated by a tool\n${twice(base)}`, nothing, 'file: generated'],
  ['no text', 'Fix sum', () => 'function first(a, b) {\0}\n', nothing, 'file: not UTF-8 text'],
];

function twice(base: string): string {
  return base.replace('+ b;', '+ b + b;');
}

function nothing(): Files {
  return {};
}

describe('left out', () => {
  it('and counted is what a commit does that says nothing about behaviour', async () => {
    const clone = clones.bare();
    const bases = leftOut.map(([name], index) => [`${name}.js`, functionText(`f${index}`)] as const);
    clone.commit('first', { ...Object.fromEntries(bases), 'kept.js': functionText('kept') });
    for (const [index, [, message, change, beside]] of leftOut.entries()) {
      const [file, base] = bases[index] as (typeof bases)[number];
      clone.commit(message, { [file]: change(base), ...beside(base) });
    }
    clone.commit('Fix kept', { 'kept.js': twice(functionText('kept')) });
    clone.commit('Fix docs', { 'README.md': 'x' });
    clone.commit('Fix x', { 'c.rs': 'fn y() {}' });
    clone.commit('Fix x', { 'c.rs': 'fn y() { 1 }' });
    const { functions, counts } = await read(clone);
    expect(functions.map(({ file }) => file)).toEqual(['kept.js']);
    const reasons = [
      ...leftOut.map((row) => row[4]),
      // The first commit, and those that come behind.
      'commit: changes several source files',
      'commit: changes no source file',
      'commit: adds or removes its file',
      'commit: a file of another language',
    ];
    expect(counts).toEqual(
      Object.fromEntries(reasons.map((reason) => [reason, reasons.filter((one) => one === reason).length])),
    );
  });

  it('is no property under another name: it behaves otherwise', async () => {
    const clone = project();
    clone.commit('Fix sum', { 'a.js': functionText('first').replace('a.first', 'a.second') });
    expect(await reasonsOf(clone)).toEqual(['fix']);
  });

  it('is a bot, a sweep over many files, a change of many functions, and one of several of its signature', async () => {
    const clone = project();
    clone.commit('Fix sum', { 'a.js': functionText('first', 'b+b') }, 'dependabot[bot] <x@users.noreply.github.com>');
    const many = (term: string): string => ['x', 'y', 'z'].map((name) => functionText(name, term)).join('\n');
    clone.commit('many', { 'many.js': many('b') });
    clone.commit('Fix all', { 'many.js': many('b - 1') });
    const sweep = Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`docs/${i}.md`, 'x']));
    clone.commit('Fix docs everywhere', { ...sweep, 'a.js': functionText('first', 'b-b') });
    const both = (term: string): string =>
      ['A', 'B'].map((name) => `class ${name} {\n  add(b) {\n    return this.${name}x + ${term};\n  }\n}\n`).join('');
    clone.commit('twice', { 'twice.js': both('b') });
    clone.commit('Fix twice', { 'twice.js': both('b * 3') });
    const { functions, counts } = await read(clone);
    expect(functions.map(({ file }) => file)).toEqual(['kept.js']);
    expect(counts).toMatchObject({
      'commit: by a bot': 1,
      'commit: changes more than 20 files': 1,
      'commit: changes more than 2 functions': 1,
      'function: several of its signature': 1,
    });
  });

  it('is the same change again', async () => {
    const clone = project();
    clone.commit('Fix sum', { 'a.js': functionText('first', 'b+b') });
    clone.commit('back', { 'a.js': functionText('first') });
    clone.commit('Fix sum', { 'a.js': functionText('first', 'b+b') });
    const { functions, counts } = await read(clone);
    expect(ofA(functions)).toHaveLength(1);
    expect(counts['function: same change again']).toBe(1);
  });
});

describe('a range of the history', () => {
  it('goes from a commit to another, or over the last ones', async () => {
    const clone = project();
    const start = clone.git('rev-parse', 'HEAD');
    clone.commit('Fix sum', { 'a.js': functionText('first', 'b+b') });
    const middle = clone.git('rev-parse', 'HEAD');
    clone.commit('Fix sum again', { 'a.js': functionText('first', 'b-b') });
    const commitsOf = async (changes: Partial<HistoryOptions>): Promise<readonly unknown[]> =>
      (await read(clone, changes)).functions.map(({ change }) => change?.commit).sort();
    expect(await commitsOf({ from: start, commit: middle })).toEqual([middle]);
    expect(await commitsOf({ last: 1 })).toEqual([clone.git('rev-parse', 'HEAD')]);
    expect(await commitsOf({})).toHaveLength(3);
  });

  it('without a change that counts is told with what was left out', async () => {
    const clone = project();
    await expect(read(clone, { from: 'HEAD' })).rejects.toThrow('it has no commits there');
    clone.commit('Count twice', { 'a.js': functionText('first', 'b+b') });
    await expect(read(clone, { last: 1 })).rejects.toThrow('left out: 1 commit: nothing says that it is better');
    await expect(read(clone, { heldOutFunctions: 5 })).rejects.toThrow('all 1 changes are held out');
  });

  it('gives the same bytes from a clone with a work tree', async () => {
    const clone = project();
    clone.commit('Fix sum', { 'a.js': functionText('first', 'b+b') });
    const checkedOut = `${clone.path}-out`;
    runGit(clones.folder, 'clone', '--quiet', clone.path, checkedOut);
    expect(await read({ ...clone, path: checkedOut })).toEqual(await read(clone));
  });
});

/** Files with two changes each. */
function manyFiles(files: number): Clone {
  const clone = clones.bare();
  const names = Array.from({ length: files }, (_, file) => `f${file}`);
  clone.commit('first', Object.fromEntries(names.map((name) => [`${name}.js`, functionText(name)])));
  for (const name of names)
    for (const term of ['b + 1', 'b + 2']) clone.commit(`Fix ${name}`, { [`${name}.js`]: functionText(name, term) });
  return clone;
}

it('what is held out shares no file with the rest', async () => {
  const { functions, heldOut } = await read(manyFiles(6), { heldOutFunctions: 5 });
  expect(heldOut).toHaveLength(4);
  expect(functions).toHaveLength(8);
  const files = new Set(functions.map(({ file }) => file));
  expect(heldOut.filter(({ file }) => files.has(file))).toEqual([]);
});

describe('pairs from a history', () => {
  const prompted = (functions: readonly CorpusFunction[]): readonly PromptedFunction[] =>
    functions.map((fn) => ({ ...fn, prompt: fn.signature }));

  it('prefer what is behind the commit, and what was before one that was taken back', async () => {
    const clone = project();
    const bad = clone.commit('Count b twice', { 'a.js': functionText('first', 'b + b') });
    revert(clone, bad);
    const counts: Record<string, number> = {};
    const pairs = await allRows(commitPairs(prompted((await read(clone)).functions), null, counts));
    const [reverted, fix] = pairs.toSorted((a, b) => a.source.localeCompare(b.source));
    expect(reverted).toMatchObject({
      group: './a.js',
      chosen: '\n  const firstTotal = a.first * 5;\n  return firstTotal + b;\n}',
      rejected: '\n  const firstTotal = a.first * 5;\n  return firstTotal + b + b;\n}',
      source: './a.js:1',
      edits: [`reverted: commit ${bad.slice(0, 12)}, +1 -1 lines`],
      language: 'javascript',
      isDescribed: true,
    });
    expect(fix?.chosen).toContain('b * 2');
    expect(fix?.rejected).not.toContain('b * 2');
    expect(counts).toEqual({ 'reason: reverted': 1, 'reason: fix': 1 });
  });

  it('can be of some reasons alone', async () => {
    const counts: Record<string, number> = {};
    const pairs = await allRows(commitPairs(prompted((await read(project())).functions), ['test'], counts));
    expect(pairs).toEqual([]);
    expect(counts).toEqual({ 'function: fix does not count': 1 });
  });

  it('refuse functions that no commit changed, and name the corpus that has some', async () => {
    const [fn] = prompted((await read(project())).functions);
    const { change: _, ...plain } = fn as PromptedFunction;
    await expect(allRows(commitPairs([plain], null, {}))).rejects.toMatchObject({
      exitCode: 2,
      hint: expect.stringContaining('{kind: commits') as string,
    });
  });
});
