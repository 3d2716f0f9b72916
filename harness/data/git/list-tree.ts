/** The files of a tree, by name and size, in the order of git: by the bytes of their paths. */
import { gitTokens } from './git-process.ts';

export interface TreeFile {
  readonly path: string;
  /** Id of its contents. */
  readonly blob: string;
  readonly bytes: number;
  /** A link holds a path and no code; a submodule is another repository. */
  readonly sort: 'file' | 'link' | 'submodule';
}

const sorts: Readonly<Record<string, TreeFile['sort']>> = { '120000': 'link', '160000': 'submodule' };

/** @throws UserError (4) where git fails. */
export async function* listTree(repository: string, tree: string): AsyncGenerator<TreeFile> {
  for await (const entry of gitTokens(repository, ['ls-tree', '-r', '-l', '-z', '--full-tree', tree])) {
    const [, mode, blob, size, path] = /^(\d+) \w+ ([0-9a-f]+) +(\d+|-)\t([^]*)$/.exec(entry) ?? [];
    if (mode === undefined || blob === undefined || path === undefined)
      throw new Error(`git ls-tree printed ${JSON.stringify(entry)}`);
    yield { path, blob, bytes: size === '-' ? 0 : Number(size), sort: sorts[mode] ?? 'file' };
  }
}
