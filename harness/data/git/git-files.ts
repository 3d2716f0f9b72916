/**
 * The files of one commit of a local clone. They are read from the repository's objects: the work tree, with what was
 * changed or never committed, is not looked at, and neither are submodules or what LFS keeps elsewhere.
 */
import { addCount } from '../add-count.ts';
import { cutCorpus, type CutFiles, type CutIo, type CutOptions } from '../corpus/cut-corpus.ts';
import { languageToRead } from '../corpus/cutter.ts';
import type { Drop } from '../corpus/drop.ts';
import { requireFunctions } from '../corpus/empty-corpus.ts';
import { pathMatcher } from '../corpus/glob.ts';
import { licensesOf } from '../corpus/license.ts';
import { decodeSource } from '../corpus/read-source.ts';
import type { SourceFile } from '../corpus/source-file.ts';
import { BlobReader } from './blob-reader.ts';
import { commitProject } from './commit-project.ts';
import { listTree, type TreeFile } from './list-tree.ts';
import { pinCommit, type PinnedCommit } from './repository.ts';

export interface GitOptions extends CutOptions {
  readonly path: string;
  /** An id, a branch or a tag. */
  readonly commit: string;
  /** What functions are named after. */
  readonly name: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface GitSource extends PinnedCommit {
  readonly name: string;
  /** Licence -> files that are read. */
  readonly licenses: Readonly<Record<string, number>>;
  readonly files: number;
  readonly functions: number;
  readonly bytes: number;
}

/** @throws UserError (2) where there is no such clone or commit, or no function in it; (4) where git fails. */
export async function readCommit(
  options: GitOptions,
  io: CutIo,
): Promise<Omit<CutFiles, 'packages'> & { readonly sources: readonly GitSource[] }> {
  const pinned = pinCommit(options.path, options.commit);
  const counts: Record<string, number> = {};
  const found = filesOf(options, pinned.tree, (reason) => addCount(counts, reason));
  const { packages, ...cut } = await cutCorpus(found, options, { ...io, counts });
  requireFunctions({ ...cut, packages }, options, `${options.path} at ${pinned.commit.slice(0, 12)}`);
  const { licenses, files, functions, bytes } = packages[0] ?? { licenses: {}, files: 0, functions: 0, bytes: 0 };
  return { ...cut, sources: [{ name: options.name, ...pinned, licenses, files, functions, bytes }] };
}

const mostBytes = 1 << 20;
const lfsPointer = 'version https://git-lfs.github.com/spec/';

async function* filesOf(options: GitOptions, tree: string, drop: Drop): AsyncGenerator<SourceFile> {
  const licenses = licensesOf(await commitProject(options.path, tree));
  const reasonAgainst = entryFilter(options);
  await using blobs = new BlobReader(options.path);
  for await (const entry of listTree(options.path, tree)) {
    const reason = reasonAgainst(entry);
    if (reason !== null) {
      drop(reason);
      continue;
    }
    const text = decodeSource(await blobs.read(entry.blob), drop);
    if (text?.startsWith(lfsPointer) === true) drop('file: kept by LFS');
    else if (text !== null) yield { package: options.name, file: entry.path, text, license: licenses.of(entry.path) };
  }
}

/** Why an entry is not read, by its name and size; null where it is. */
function entryFilter(options: GitOptions): (entry: TreeFile) => string | null {
  const isIncluded = pathMatcher(options.include);
  const isExcluded = pathMatcher(options.exclude);
  return ({ path, bytes, sort }) => {
    if (sort === 'link') return 'link: not followed';
    if (sort === 'submodule') return 'submodule: not entered';
    if (!isIncluded(path)) return 'file: not included';
    if (isExcluded(path)) return 'file: excluded';
    const language = languageToRead(path, options);
    if (typeof language === 'string') return language;
    return bytes > mostBytes ? 'file: larger than 1 MiB' : null;
  };
}
