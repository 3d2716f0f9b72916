/** What a gate asks of git: commits by name, the state of the working tree, a worktree of its own, and who works. */
import { execFileSync } from 'node:child_process';
import { UserError } from '../spec/user-error.ts';

/** The top folder of a checkout. */
export interface Repository {
  readonly folder: string;
}

/** null where the folder is in no git repository. @throws UserError (3) where git is not there. */
export function repositoryAround(folder: string): Repository | null {
  const top = git(folder, ['rev-parse', '--show-toplevel']);
  return top === null ? null : { folder: top.trim() };
}

/** The full commit that a branch, tag or abbreviated commit names; null where it names none. */
export function commitOf({ folder }: Repository, ref: string): string | null {
  const found = git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  return found === null ? null : found.trim();
}

/** Paths that differ from the commit, those that git does not know included; those it ignores are not. */
export function changedFiles({ folder }: Repository): readonly string[] {
  const status = git(folder, ['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames']) ?? '';
  return status.split('\0').flatMap((entry) => (entry === '' ? [] : [entry.slice(3)]));
}

/** Paths of the working tree as a clone would have them, new files included. */
export function filesOf({ folder }: Repository): readonly string[] {
  const listed = git(folder, ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']) ?? '';
  return listed.split('\0').filter((file) => file !== '');
}

/** A worktree at a commit, on no branch. @throws UserError (4) with what git said. */
export function addWorktree({ folder }: Repository, commit: string, at: string): void {
  runGit(folder, ['worktree', 'add', '--quiet', '--detach', at, commit]);
}

/** Also where it is gone already. */
export function removeWorktree({ folder }: Repository, at: string): void {
  git(folder, ['worktree', 'remove', '--force', '--force', at]);
  git(folder, ['worktree', 'prune']);
}

/** `Name <address>` as commits of this repository would say. @throws UserError (2) where git knows nobody. */
export function committer(folder: string): string {
  const [name, address] = ['user.name', 'user.email'].map((key) => git(folder, ['config', key])?.trim() ?? '');
  if (name !== undefined && name !== '') return address === '' ? name : `${name} <${address}>`;
  throw new UserError('git does not know who accepts this', {
    exitCode: 2,
    hint: 'Tell it: git config user.name "..." && git config user.email ...',
  });
}

/** null where git fails. */
function git(folder: string, args: readonly string[]): string | null {
  try {
    return runGit(folder, args);
  } catch (error) {
    if (error instanceof UserError && error.exitCode === 3) throw error;
    return null;
  }
}

function runGit(folder: string, args: readonly string[]): string {
  try {
    return execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
    });
  } catch (cause) {
    const { code, stderr } = cause as { readonly code?: string; readonly stderr?: string };
    if (code === 'ENOENT') throw new UserError('git is not on the PATH', { exitCode: 3, hint: 'Install git.', cause });
    const said = (stderr ?? '').trim().split('\n').at(-1) ?? '';
    throw new UserError(`git ${args[0]} failed: ${said}`, { exitCode: 4, cause });
  }
}
