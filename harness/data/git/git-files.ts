/**
 * The files of one commit of a local clone. They are read from the repository's objects: the work tree, with what was
 * changed or never committed, is not looked at, and neither are submodules or what LFS keeps elsewhere.
 */
import type { Drop } from '../corpus/choose-functions.ts';
import { pathMatcher } from '../corpus/glob.ts';
import { licenseFiles, licenseOf } from '../corpus/license.ts';
import type { SourceFile } from '../corpus/source-file.ts';
import { BlobReader } from './blob-reader.ts';
import { decodeText } from './decode-text.ts';
import { listTree, type TreeEntry } from './list-tree.ts';
import { pinCommit, type PinnedCommit } from './repository.ts';

export interface GitFilesOptions {
  readonly path: string;
  /** An id, a branch or a tag. */
  readonly commit: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Written by nobody by hand, and too long to be read by anybody. */
const mostBytes = 1 << 20;
const lfsPointer = 'version https://git-lfs.github.com/spec/';

/** The commit, its licence, and its files; `drop` counts what is left out while they are read. */
export interface GitFiles extends PinnedCommit {
  readonly license: string;
  readonly files: AsyncIterable<SourceFile>;
}

/** @throws UserError (2) where there is no such clone or commit, (4) where git fails. */
export async function gitFiles(options: GitFilesOptions, isRead: IsRead, drop: Drop): Promise<GitFiles> {
  const pinned = pinCommit(options.path, options.commit);
  const license = await licenseAt(options.path, pinned.tree);
  return { ...pinned, license, files: filesOf(options, { ...pinned, license }, isRead, drop) };
}

/** Whether a file of this path is code of a language that is wanted; the rest is counted without being read. */
export type IsRead = (path: string) => boolean;

async function* filesOf(
  options: GitFilesOptions,
  { tree, license }: { readonly tree: string; readonly license: string },
  isRead: IsRead,
  drop: Drop,
): AsyncGenerator<SourceFile> {
  const reasonAgainst = entryFilter(options, isRead);
  await using blobs = new BlobReader(options.path);
  for await (const entry of listTree(options.path, tree, 'all')) {
    const reason = reasonAgainst(entry);
    const text = reason === null ? decodeText(await blobs.read(entry.blob)) : null;
    if (reason !== null) drop(reason);
    else if (text === null) drop('file: not text in UTF-8');
    else if (text.startsWith(lfsPointer)) drop('file: kept by LFS');
    else yield { package: '.', file: entry.path, text, license };
  }
}

/** Why an entry is not read, by its name and size; null where it is. */
function entryFilter({ include, exclude }: GitFilesOptions, isRead: IsRead): (entry: TreeEntry) => string | null {
  const isIncluded = pathMatcher(include);
  const isExcluded = pathMatcher(exclude);
  return ({ path, bytes, sort }) => {
    if (sort === 'link') return 'link: not followed';
    if (sort === 'submodule') return 'submodule: not entered';
    if (!isIncluded(path)) return 'file: not included';
    if (isExcluded(path)) return 'file: excluded';
    if (!isRead(path)) return 'file: not code of these languages';
    return bytes > mostBytes ? 'file: larger than 1 MiB' : null;
  };
}

/** Of the commit, not of the work tree: a licence can change. */
export async function licenseAt(repository: string, tree: string): Promise<string> {
  const top = new Map<string, string>();
  for await (const { path, blob, bytes, sort } of listTree(repository, tree, 'top'))
    if (sort === 'file' && bytes <= mostBytes) top.set(path, blob);
  await using blobs = new BlobReader(repository);
  for (const name of licenseFiles([...top.keys()])) {
    const text = decodeText(await blobs.read(top.get(name) as string));
    const license = text === null ? null : licenseOf(name, text);
    if (license !== null) return license;
  }
  return 'unknown';
}
