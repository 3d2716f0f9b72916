/** The text of a plug-in: its file and every file that it imports by a relative path. What its digest stands for. */
import { isBuiltin, createRequire } from 'node:module';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { parse, type Literal, type Options, type Program } from 'acorn';
import { simple } from 'acorn-walk';

export interface Import {
  /** As written: `./rows.mjs`, `some-package`. */
  readonly name: string;
  readonly line: number;
}

export interface SourceFile {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** Where its text stops being JavaScript; null where it is JavaScript, or no program at all. */
  readonly syntaxErrorLine: number | null;
}

/** Each file once, in the order of the imports. */
export function localFiles(file: string, seen = new Set<string>()): readonly SourceFile[] {
  if (seen.has(file) || !isFile(file)) return [];
  seen.add(file);
  const source = readSource(file);
  const local = source.imports.map(({ name }) => localTarget(file, name)).filter((target) => target !== null);
  return [source, ...local.flatMap((target) => localFiles(target, seen))];
}

/** sha256 of a plug-in's own text. */
export function digestOfFiles(files: readonly SourceFile[]): string {
  const hash = createHash('sha256');
  for (const { text } of files) hash.update(text).update('\0');
  return hash.digest('hex');
}

export function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** Whether the name of a file says that it is JavaScript. */
export function isJavaScript(file: string): boolean {
  return /^\.[cm]?js$/.test(extname(file));
}

/** The file that an import names, where it is one of the plug-in's own; null for packages and modules of Node. */
export function localTarget(file: string, name: string): string | null {
  if (!/^(?:\.{1,2}|file:\/)?\//.test(name) || isBuiltin(name)) return null;
  if (name.startsWith('file:')) return new URL(name).pathname;
  const target = resolve(dirname(file), name);
  if (isFile(target)) return target;
  try {
    return createRequire(file).resolve(name); // `require('./rows')` finds rows.js
  } catch {
    return target;
  }
}

function readSource(file: string): SourceFile {
  const text = readFileSync(file, 'utf8');
  if (!isJavaScript(file)) return { file, text, imports: [], syntaxErrorLine: null };
  const program = parseProgram(text, file);
  return 'line' in program
    ? { file, text, imports: [], syntaxErrorLine: program.line }
    : { file, text, imports: importsOf(program), syntaxErrorLine: null };
}

function parseProgram(text: string, file: string): Program | { readonly line: number } {
  const options: Options = { ecmaVersion: 'latest', locations: true, allowHashBang: true, sourceType: 'module' };
  try {
    return parse(text, options);
  } catch (error) {
    // A .js file may be either.
    if (!file.endsWith('.mjs')) {
      try {
        return parse(text, { ...options, sourceType: 'commonjs' });
      } catch {
        // what it is not as a module is told
      }
    }
    return { line: (error as { readonly loc: { readonly line: number } }).loc.line };
  }
}

function importsOf(program: Program): readonly Import[] {
  const imports: Import[] = [];
  const add = (node: unknown): void => {
    const { type, value, loc } = (node ?? {}) as Partial<Literal>;
    if (type === 'Literal' && typeof value === 'string') imports.push({ name: value, line: loc?.start.line ?? 1 });
  };
  simple(program, {
    ImportDeclaration: ({ source }) => add(source),
    ExportNamedDeclaration: ({ source }) => add(source),
    ExportAllDeclaration: ({ source }) => add(source),
    ImportExpression: ({ source }) => add(source),
    CallExpression: ({ callee, arguments: [first] }) => {
      if (callee.type === 'Identifier' && callee.name === 'require') add(first);
    },
  });
  return imports;
}
