/** A local clone: whether it can be read, and which commit and tree a name stands for. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { UserError } from '../../spec/user-error.ts';
import { askGit } from './git-process.ts';

/** What is wrong with a section that names a clone, by the field to blame. */
export interface GitProblem {
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

/** A commit and the tree of its files: ids in full. */
export interface PinnedCommit {
  readonly commit: string;
  readonly tree: string;
}

/** null where the folder is a whole enough clone to read files of a commit from. */
export function cloneProblem(path: string): GitProblem | null {
  const there = statSync(path, { throwIfNoEntry: false });
  const expected = 'a local clone of a git repository';
  if (there === undefined) return { field: 'path', expected, found: `nothing at ${path}` };
  if (!there.isDirectory()) return { field: 'path', expected, found: `a file at ${path}` };
  if (askGit(path, ['rev-parse', '--git-dir']) === null)
    return { field: 'path', expected, found: `${path}, a folder that is none` };
  const filter = askGit(path, ['config', '--get-regexp', '^(extensions\\.partialclone|remote\\..*\\.promisor)$']);
  if (filter !== null)
    return { field: 'path', expected: 'a clone with all its files', found: `${path}, a partial clone (--filter)` };
  return null;
}

/** @param field The field that has the name. */
export function commitProblem(path: string, name: string, field: string): GitProblem | null {
  if (pinned(path, name) !== null) return null;
  const shallow = isShallow(path) ? '; the clone is shallow, git fetch --unshallow gets the rest' : '';
  return { field, expected: `a commit of ${path}`, found: `${name}, which names none${shallow}` };
}

/** null where the whole history is there. */
export function historyProblem(path: string): GitProblem | null {
  if (!isShallow(path)) return null;
  const found = `${path}, a shallow clone; git fetch --unshallow gets the rest`;
  return { field: 'path', expected: 'a clone with its whole history', found };
}

function isShallow(path: string): boolean {
  return askGit(path, ['rev-parse', '--is-shallow-repository'])?.trim() === 'true';
}

/** @throws UserError (2) where the name stands for no commit of the clone. */
export function pinCommit(path: string, name: string): PinnedCommit {
  const found = pinned(path, name);
  if (found !== null) return found;
  const problem = cloneProblem(path) ?? commitProblem(path, name, 'commit');
  throw new UserError(`${path}: expected ${problem?.expected ?? 'a commit'}, found ${problem?.found ?? name}`, {
    exitCode: 2,
    hint: 'Paths are relative to the experiment file; git log in the clone lists its commits.',
  });
}

/** A name that begins with a dash would be an option. */
function pinned(path: string, name: string): PinnedCommit | null {
  if (name.startsWith('-')) return null;
  const ids = askGit(path, ['rev-parse', '--verify', '--end-of-options', `${name}^{commit}`]);
  const tree = ids === null ? null : askGit(path, ['rev-parse', '--verify', `${ids.trim()}^{tree}`]);
  return ids === null || tree === null ? null : { commit: ids.trim(), tree: tree.trim() };
}

/** sha256 over the ids of the commits that names stand for, and of their trees. */
export function commitDigest(path: string, ...names: readonly string[]): string {
  const pinned = names.map((name) => pinCommit(path, name));
  return createHash('sha256')
    .update(JSON.stringify(pinned.map(({ commit, tree }) => [commit, tree])))
    .digest('hex');
}
