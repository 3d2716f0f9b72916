import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { allRows, corpusLockDigest, installCorpus, readCorpus, type CorpusFunction } from '../../harness/data/index.ts';
import { manifestFolder } from '../../harness/data/corpus/manifest.ts';
import type { CorpusOptions } from '../../harness/data/corpus/read-corpus.ts';
import { UserError } from '../../harness/spec/user-error.ts';

const spec: CorpusOptions = {
  packages: null,
  languages: ['javascript', 'typescript'],
  licenses: null,
  keep: [],
  units: ['function', 'method'],
  maxSimilarity: 0.7,
  minCharacters: 20,
  maxCharacters: 400,
  heldOutFunctions: 0,
};
const folders: string[] = [];
const originalPath = process.env['PATH'];

afterEach(() => {
  process.env['PATH'] = originalPath;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'corpus-test-'));
  folders.push(folder);
  return folder;
}

/** An installed corpus: `package/file` -> text. Files are created in the order given. */
function install(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  const names = [...new Set(Object.keys(files).map((path) => path.split('/')[0] as string))];
  for (const [path, text] of Object.entries(files)) {
    const target = join(folder, 'node_modules', path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  for (const name of names)
    writeFileSync(
      join(folder, 'node_modules', name, 'package.json'),
      JSON.stringify({ name, version: '1.2.3', license: 'MIT' }),
    );
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '1.2.3'])) }),
  );
  return folder;
}

/** With the functions in memory. */
async function readAll(folder: string, options: CorpusOptions) {
  const corpus = await readCorpus(folder, options, { scratchFolder: temporaryFolder(), note: () => {} });
  return { ...corpus, functions: await allRows(corpus.functions), heldOut: await allRows(corpus.heldOut) };
}

async function read(text: string, changes: Partial<CorpusOptions> = {}) {
  const corpus = await readAll(install({ 'a/index.js': text }), { ...spec, ...changes });
  return { ...corpus, functions: [...corpus.functions].sort((x, y) => x.line - y.line) };
}

const signatures = (functions: readonly CorpusFunction[]): readonly string[] => functions.map((fn) => fn.signature);

describe('cutting functions', () => {
  test('splits a declaration behind its brace and keeps the first sentence of its documentation', async () => {
    const { functions } = await read(
      '/**\n * Adds two numbers. Never throws.\n * @param {number} a - first\n */\nexport function add(a, ' +
        'b) {\n  return a + b * 1;\n}\n',
    );
    expect(functions).toEqual([
      {
        id: 'a/index.js:5:1',
        package: 'a',
        file: 'index.js',
        line: 5,
        language: 'javascript',
        description: 'Adds two numbers.',
        signature: 'export function add(a, b) {',
        body: '\n  return a + b * 1;\n}',
      },
    ]);
  });

  test('cuts methods, accessors, properties, arrows and assigned functions, each from its own name', async () => {
    const { functions } = await read(
      [
        'class Box {',
        '  static make(size) {',
        '    return new Box(size);',
        '  }',
        '  get area() {',
        '    return this.w * this.h;',
        '  }',
        '}',
        'const double = (value) => {',
        '  return value + value;',
        '};',
        'Box.prototype.grow = function (by) {',
        '  this.w += by;',
        '};',
        'const table = {',
        '  shrink(by) {',
        '    this.w -= by * 2;',
        '  },',
        '};',
        'call(function anonymous(unused) { return unused + 12345; });',
      ].join('\n'),
    );
    expect(signatures(functions)).toEqual([
      'static make(size) {',
      'get area() {',
      'const double = (value) => {',
      'Box.prototype.grow = function (by) {',
      'shrink(by) {',
    ]);
    expect(functions[1]?.body).toBe('\n  return this.w * this.h;\n}');
  });

  test('takes the outermost function that fits, and descends where the outer one is too long', async () => {
    const inner = 'function inner(a) {\n  return a + 123456;\n}';
    const { functions, counts } = await read(
      `function outer() {\n${inner}\nreturn inner;\n}\nfunction long() ` +
        `{\n${inner.replaceAll('inner', 'deep').replace('123456', '9')}\n${'work(1);\n'.repeat(50)}}\n`,
    );
    expect(signatures(functions)).toEqual(['function outer() {', 'function deep(a) {']);
    expect(counts['function: inside a taken one']).toBe(1);
    expect(counts['function: too long']).toBe(1);
  });

  test('shortens a long comment at a word and leaves tags, directives and licences out', async () => {
    const long = 'word '.repeat(40).trim();
    const { functions } = await read(
      [
        `// ${long}`,
        'function first(a) {',
        '  return a + 11111;',
        '}',
        '/** @param {string} x only tags */',
        'function second(x) {',
        '  return x + x + x;',
        '}',
        '// eslint-disable-next-line no-undef',
        'function third(x) {',
        '  return x * x * x;',
        '}',
        '// Far away.',
        '',
        '',
        'function fourth(x) {',
        '  return x - 1 - x;',
        '}',
      ].join('\n'),
    );
    expect(functions.map((fn) => fn.description)).toEqual([`${'word '.repeat(24)}...`, null, null, null]);
  });

  test('limits are inclusive and count prompt and body', async () => {
    const source = 'function f(a) {\n  return a + 11111;\n}';
    const limits = { minCharacters: source.length, maxCharacters: source.length };
    expect((await read(source, limits)).functions).toHaveLength(1);
    await expect(read(source, { minCharacters: source.length + 1 })).rejects.toThrow(UserError);
    await expect(read(source, { minCharacters: 1, maxCharacters: source.length - 1 })).rejects.toThrow(UserError);
  });

  test('writes Windows line ends as line feeds and removes the depth of the first line only', async () => {
    const { functions } = await read(
      '{\r\n    {\r\n        function f(a) {\r\n            return a + 11111;\r\n        }\r\n    }\r\n}\r\n',
    );
    expect(functions[0]?.body).toBe('\n    return a + 11111;\n}');
  });
});

describe('what is left out, with its reason', () => {
  const good = 'function keep(a) {\n  return a + 11111;\n}\n';

  test('counts builds, tests, bundles, copies, generated files and other languages', async () => {
    const { functions, counts } = await readAll(
      install({
        'a/index.js': good,
        'a/dist/index.js': good,
        'a/lib/x.min.js': good,
        'a/test/x.js': good,
        'a/src/x.spec.js': good,
        'a/node_modules/b/x.js': good,
        'a/generated.js': `// This file was automatically generated.\n${good}`,
        'a/long.js': `${good}const table = '${'x'.repeat(1001)}';\n`,
        'a/broken.js': 'function broken(a) {\n  return a + ;\n}\n',
        'a/types.d.ts': 'x',
      }),
      spec,
    );
    expect(functions.map((fn) => fn.id)).toEqual(['a/index.js:1:1']);
    expect(counts).toEqual({
      'file: build folder': 1,
      'file: minified or bundled': 2,
      'file: test or fixture': 2,
      'file: third-party copy': 1,
      'file: generated': 1,
      'file: declarations only': 1,
      'function: syntax error': 1,
    });
  });

  test('drops functions that differ only in white space, comments and their own name', async () => {
    const { functions, counts } = await readAll(
      install({ 'a/index.js': good, 'b/index.js': 'function other( a ) { // why\n\n\treturn a+11111; }\n' }),
      spec,
    );
    expect(functions).toHaveLength(1);
    expect(counts['function: duplicate']).toBe(1);
  });

  test('keeps four functions of one shape and tells a shape from a reordered one', async () => {
    const getters = Array.from({ length: 7 }, (_, i) => `function get${i}(box) {\n  return box.field${i};\n}`);
    const { functions, counts } = await read(
      `${getters.join('\n')}\nfunction other(box, lid) {\n  return lid.field;\n}\n`,
    );
    expect(functions).toHaveLength(5);
    expect(counts['function: shape of 4 others']).toBe(3);
  });

  test('says which limits left nothing, and when everything is held out', async () => {
    const empty = await refusal(read(good, { minCharacters: 300, maxCharacters: 301 }));
    expect(empty.message).toBe(
      '1 packages: no function within corpus.minCharacters 300, corpus.maxCharacters 301 in 1 files; ' +
        'left out: 1 function: too short',
    );
    expect(empty.exitCode).toBe(2);
    expect((await refusal(read(good, { heldOutFunctions: 1 }))).message).toContain(
      'held out by corpus.heldOutFunctions 1',
    );
  });
});

describe('order and held-out split', () => {
  /** Of one shape for one number, and with no name in common for two prefixes. */
  const calls = (prefix: string, count: number): string =>
    Array.from({ length: count + 2 }, (_, i) => `${prefix}${i}.${prefix}_${count}();`).join(' ');

  const files = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [
      `p${i % 3}/f${i}.js`,
      `function f${i}(a) {\n  ${calls('x', i)}\n}\nfunction g${i}(a, b) {\n  ${calls('y', i)}\n}\n`,
    ]),
  );

  test('does not depend on the order in which files were written', async () => {
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    const one = await readAll(install(files), { ...spec, heldOutFunctions: 5 });
    const two = await readAll(install(reversed), { ...spec, heldOutFunctions: 5 });
    expect(two).toEqual(one);
    expect(one.functions.map((fn) => fn.id)).not.toEqual(one.functions.map((fn) => fn.id).sort());
  });

  test('holds out as many functions as asked, and never one shape on both sides', async () => {
    const pairsOfShape = Array.from(
      { length: 10 },
      (_, i) => `function a${i}(v) {\n  ${calls('go', i)}\n}\nfunction b${i}(w) {\n  ${calls('run', i)}\n}`,
    ).join('\n');
    const { functions, heldOut, sources } = await read(pairsOfShape, { heldOutFunctions: 6 });
    expect([functions.length, heldOut.length]).toEqual([14, 6]);
    const indexOf = (fn: CorpusFunction): number => Number(/\d+/.exec(fn.signature)?.[0]);
    const held = new Set(heldOut.map(indexOf));
    expect(functions.some((fn) => held.has(indexOf(fn)))).toBe(false);
    expect(sources).toEqual([
      {
        name: 'a',
        version: '1.2.3',
        license: 'MIT',
        integrity: null,
        files: 1,
        sourceBytes: pairsOfShape.length,
        functions: 20,
        bytes: [...functions, ...heldOut].reduce((sum, fn) => sum + fn.signature.length + fn.body.length, 0),
      },
    ]);
  });
});

describe('the committed manifest', () => {
  const lock = JSON.parse(readFileSync(join(manifestFolder(), 'package-lock.json'), 'utf8')) as {
    packages: Record<
      string,
      { version: string; license?: string; integrity?: string; dependencies?: Record<string, string> }
    >;
  };
  const { '': root, ...packages } = lock.packages;

  test('pins every package by version and integrity, and installs nothing else', async () => {
    expect(Object.keys(packages)).toEqual(Object.keys(root?.dependencies ?? {}).map((name) => `node_modules/${name}`));
    for (const [path, entry] of Object.entries(packages)) {
      expect(entry.integrity, path).toMatch(/^sha512-/);
      expect(entry.version, path).toBe(root?.dependencies?.[path.slice('node_modules/'.length)]);
      expect(entry, path).not.toHaveProperty('resolved');
    }
  });

  test('names only permissive licences', async () => {
    for (const [path, { license }] of Object.entries(packages))
      expect(['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0'], path).toContain(license);
  });
});

describe('installing', () => {
  /** Puts a stand-in for npm first on the path: `script` runs in the folder to install into. */
  function npmThat(script: string): void {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'npm'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'npm'), 0o755);
    process.env['PATH'] = folder + delimiter + originalPath;
  }

  test('keeps nothing and shows the end of the output when npm fails', async () => {
    npmThat('mkdir node_modules; for i in 1 2 3 4 5 6 7 8 9 10; do echo "line $i" >&2; done; exit 7');
    const cache = temporaryFolder();
    const error = await installCorpus(cache).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).exitCode).toBe(4);
    expect((error as UserError).message).toContain('line 10');
    expect((error as UserError).message).not.toContain('line 2\n');
    expect(readdirSync(cache)).toEqual([]);
  });

  test('is an infrastructure error where npm is missing', async () => {
    process.env['PATH'] = temporaryFolder();
    await expect(installCorpus(temporaryFolder())).rejects.toMatchObject({ exitCode: 4 });
  });

  test('installs without scripts under the digest of the lockfile, and only once', async () => {
    npmThat(
      'test "$1 $2" = "ci --ignore-scripts" || exit 1; mkdir node_modules; cp package-lock.json node_modules/copy',
    );
    const cache = temporaryFolder();
    const folder = await installCorpus(cache);
    expect(folder).toBe(join(cache, `npm-corpus-${corpusLockDigest().slice(0, 16)}`));
    expect(existsSync(join(folder, 'node_modules', 'copy'))).toBe(true);
    npmThat('exit 1');
    expect(await installCorpus(cache)).toBe(folder);
    expect(readdirSync(cache)).toHaveLength(1);
  });
});

async function refusal(action: Promise<unknown>): Promise<UserError> {
  const error: unknown = await action.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (error instanceof UserError) return error;
  throw new Error('expected a refusal', { cause: error });
}
