/** A user's folder of code -> unique functions in a seeded order, with everything left out counted by reason. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { UserError } from '../../spec/index.ts';
import { addCount } from '../add-count.ts';
import { fileDigest } from '../datasets/file-digest.ts';
import type { DropCounts } from '../preference-pair.ts';
import { readText } from '../read-text.ts';
import {
  allHeldOut,
  chooseFunctions,
  functionBytes,
  functionsOf,
  limitsOf,
  type ChosenFunctions,
  type CorpusLimits,
  type Drop,
} from './choose-functions.ts';
import { folderLicense } from './license.ts';
import { listFolder, type FolderPatterns } from './list-folder.ts';

export interface FolderOptions extends FolderPatterns, CorpusLimits {}

interface FolderCorpus extends ChosenFunctions {
  readonly counts: DropCounts;
  readonly sources: readonly FolderSource[];
}

interface FolderSource {
  readonly path: string;
  readonly digest: string;
  readonly license: string;
  readonly files: number;
  readonly functions: number;
  readonly bytes: number;
}

const extensions: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs']);
const otherCode: Readonly<Record<string, string>> = {
  '.ts': 'file: TypeScript, not read yet',
  '.tsx': 'file: TypeScript, not read yet',
  '.mts': 'file: TypeScript, not read yet',
  '.cts': 'file: TypeScript, not read yet',
  '.jsx': 'file: JSX, not read yet',
  '.py': 'file: Python, not read yet',
};

/** Functions are named by their path in the folder, so that they are the same wherever it lies. */
const here = '.';

/** @throws UserError (2) where the folder holds no function within the limits. */
export function readFolder(options: FolderOptions): FolderCorpus {
  const counts: Record<string, number> = {};
  const drop: Drop = (reason) => addCount(counts, reason);
  const files = [...sourceFiles(options, drop)];
  const found = files.flatMap((file) => {
    const text = readText(join(options.path, file));
    if (text === null) return (drop('file: cannot be read'), []);
    return functionsOf(text, { package: here, file }, options, drop);
  });
  const { functions, heldOut } = chooseFunctions(found, options.heldOutFunctions, drop);
  if (functions.length === 0)
    throw heldOut.length > 0 ? allHeldOut(options, heldOut.length) : nothingFound(options, files.length, counts);
  const source = {
    path: options.path,
    digest: folderDigest(options),
    license: folderLicense(options.path),
    files: files.length,
    functions: functions.length + heldOut.length,
    bytes: functionBytes([...functions, ...heldOut]),
  };
  return { functions, heldOut, counts, sources: [source] };
}

/** sha256 over the paths and contents of the files that are read; files that cannot be read count by their path. */
export function folderDigest(patterns: FolderPatterns): string {
  const hash = createHash('sha256');
  for (const file of sourceFiles(patterns, () => {})) hash.update(`${file}\0${digestOf(join(patterns.path, file))}\0`);
  return hash.digest('hex');
}

/** Why nothing can be read, by the field to blame; null where something can. */
export function folderProblem(
  patterns: FolderPatterns,
): { readonly field: 'path' | 'include'; readonly expected: string; readonly found: string } | null {
  const { path } = patterns;
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) return { field: 'path', expected: 'a folder', found: `nothing at ${path}` };
  if (!there.isDirectory()) return { field: 'path', expected: 'a folder', found: `a file at ${path}` };
  const first = sourceFiles(patterns, () => {}).next();
  if (first.done !== true) return null;
  const names = [...extensions].join(', ');
  return { field: 'include', expected: `patterns that match files (${names})`, found: `none in ${path}` };
}

/** The JavaScript among the matching files. */
function* sourceFiles(patterns: FolderPatterns, drop: Drop): Generator<string> {
  for (const file of listFolder(patterns, drop)) {
    const extension = extname(file).toLowerCase();
    if (extensions.has(extension)) yield file;
    else drop(otherCode[extension] ?? 'file: not JavaScript');
  }
}

function digestOf(file: string): string {
  try {
    return fileDigest(file);
  } catch {
    return 'cannot be read';
  }
}

function nothingFound(options: FolderOptions, files: number, counts: DropCounts): UserError {
  const reasons = Object.entries(counts).map(([reason, count]) => `${count} ${reason}`);
  const why = reasons.length === 0 ? '' : `; left out: ${reasons.join(', ')}`;
  return new UserError(`${options.path}: no function within ${limitsOf(options)} in ${files} files${why}`, {
    exitCode: 2,
    hint: 'Widen the limits or the patterns; most functions have 60 to 2000 characters.',
  });
}
