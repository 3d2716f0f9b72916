/** The files of a commit as a licence is looked for in them. */
import type { ProjectFiles } from '../corpus/license.ts';
import { askGit } from './git-process.ts';
import { listTree } from './list-tree.ts';

/** Package files and licence files: all that is asked for. */
const asked = /^(?:package\.json|pyproject\.toml|setup\.cfg|PKG-INFO|METADATA|(?:licen[sc]e|copying)(?:[.-].*)?)$/i;
const mostBytes = 1 << 20;

export async function commitProject(repository: string, tree: string): Promise<ProjectFiles> {
  const blobs = new Map<string, string>();
  const names = new Map<string, string[]>();
  for await (const { path, blob, bytes, sort } of listTree(repository, tree)) {
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    if (sort !== 'file' || bytes > mostBytes || !asked.test(name)) continue;
    const folder = path.slice(0, Math.max(0, slash));
    blobs.set(path, blob);
    names.set(folder, [...(names.get(folder) ?? []), name]);
  }
  return {
    names: (folder) => names.get(folder) ?? [],
    text: (file) => {
      const blob = blobs.get(file);
      return blob === undefined ? null : askGit(repository, ['cat-file', 'blob', blob]);
    },
  };
}
