/** The entries of a tree, by name and size, in the order of git: by the bytes of their paths. */
import { gitTokens } from './git-process.ts';

export interface TreeEntry {
  readonly path: string;
  /** Id of its contents. */
  readonly blob: string;
  readonly bytes: number;
  /** A link holds a path and no code; a submodule is another repository. */
  readonly sort: 'file' | 'folder' | 'link' | 'submodule';
}

/** @param depth `all`: every file below; `top`: what lies at the top, folders too. */
export async function* listTree(repository: string, tree: string, depth: 'all' | 'top'): AsyncGenerator<TreeEntry> {
  const command = ['ls-tree', ...(depth === 'all' ? ['-r'] : []), '-l', '-z', '--full-tree', tree];
  for await (const entry of gitTokens(repository, command)) {
    const [, mode, blob, size, path] = /^(\d+) \w+ ([0-9a-f]+) +(\d+|-)\t([^]*)$/.exec(entry) ?? [];
    if (mode === undefined || blob === undefined || path === undefined)
      throw new Error(`git ls-tree printed ${JSON.stringify(entry)}`);
    yield { path, blob, bytes: size === '-' ? 0 : Number(size), sort: sorts[mode] ?? 'file' };
  }
}

const sorts: Readonly<Record<string, TreeEntry['sort']>> = {
  '040000': 'folder',
  '120000': 'link',
  '160000': 'submodule',
};
