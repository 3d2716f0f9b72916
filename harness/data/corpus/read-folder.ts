/** A user's folder of code -> unique functions in a seeded order, with everything left out counted by reason. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { addCount } from '../add-count.ts';
import { fileDigest } from '../datasets/file-digest.ts';
import { languages } from '../language/languages.ts';
import { cutCorpus, type CutFiles, type CutIo, type CutOptions, type PackageTotals } from './cut-corpus.ts';
import { languageToRead } from './cutter.ts';
import type { Drop } from './drop.ts';
import { requireFunctions } from './empty-corpus.ts';
import { licensesOf, projectOnDisk } from './license.ts';
import { listFolder, type FolderPatterns } from './list-folder.ts';
import { readSource } from './read-source.ts';
import type { SourceFile } from './source-file.ts';

/** What decides which files of a folder are read, by their paths. */
export type FolderFiles = FolderPatterns & Pick<CutOptions, 'languages' | 'keep'>;

export interface FolderOptions extends FolderPatterns, CutOptions {}

interface FolderCorpus extends Omit<CutFiles, 'packages'> {
  readonly sources: readonly FolderSource[];
}

interface FolderSource extends Omit<PackageTotals, 'package'> {
  readonly path: string;
  readonly digest: string;
}

/** Functions are named by their path in the folder, so that they are the same wherever it lies. */
const here = '.';

/** @throws UserError (2) where the folder holds no function within the limits. */
export async function readFolder(options: FolderOptions, io: CutIo): Promise<FolderCorpus> {
  const counts: Record<string, number> = {};
  const found = filesOf(options, (reason) => addCount(counts, reason));
  const { packages, ...cut } = await cutCorpus(found, options, { ...io, counts });
  requireFunctions({ ...cut, packages }, options, options.path);
  const digest = folderDigest(options);
  const sources = packages.map(({ licenses, files, sourceBytes, functions, bytes }) => ({
    path: options.path,
    digest,
    licenses,
    files,
    sourceBytes,
    functions,
    bytes,
  }));
  return { ...cut, sources };
}

/** sha256 over the paths and contents of the files that are read; files that cannot be read count by their path. */
export function folderDigest(options: FolderFiles): string {
  const hash = createHash('sha256');
  for (const file of pathsOf(options, () => {})) hash.update(`${file}\0${digestOf(path.join(options.path, file))}\0`);
  return hash.digest('hex');
}

/** Why nothing can be read, by the field to blame; null where something can. */
export function folderProblem(
  options: FolderFiles,
): { readonly field: 'path' | 'include'; readonly expected: string; readonly found: string } | null {
  const there = statSync(options.path, { throwIfNoEntry: false });
  if (there === undefined) return { field: 'path', expected: 'a folder', found: `nothing at ${options.path}` };
  if (!there.isDirectory()) return { field: 'path', expected: 'a folder', found: `a file at ${options.path}` };
  const first = pathsOf(options, () => {}).next();
  if (first.done !== true) return null;
  const names = languages
    .filter(({ name }) => options.languages.includes(name))
    .flatMap((own) => Object.keys(own.grammars));
  return {
    field: 'include',
    expected: `patterns that match files (${names.join(', ')})`,
    found: `none in ${options.path}`,
  };
}

function* filesOf(options: FolderOptions, drop: Drop): Generator<SourceFile> {
  const licenses = licensesOf(projectOnDisk(options.path));
  for (const file of pathsOf(options, drop)) {
    const text = readSource(path.join(options.path, file), drop);
    if (text !== null) yield { package: here, file, text, license: licenses.of(file) };
  }
}

/** The files of the languages asked for among the matching ones. */
function* pathsOf(options: FolderFiles, drop: Drop): Generator<string> {
  for (const file of listFolder(options, drop)) {
    const language = languageToRead(file, options);
    if (typeof language === 'string') drop(language);
    else yield file;
  }
}

function digestOf(file: string): string {
  try {
    return fileDigest(file);
  } catch {
    return 'cannot be read';
  }
}
