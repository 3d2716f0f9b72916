/**
 * A built program of a state of the code, in a folder of its own: a commit as a git worktree, or the working tree as a
 * copy. Both sides of a comparison are made alike, and nothing in the user's folder is touched.
 */
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { UserError } from '../spec/user-error.ts';
import { addWorktree, changedFiles, commitOf, filesOf, removeWorktree, type Repository } from './git.ts';
import type { Program } from './program.ts';

export interface Checkout {
  readonly program: Program;
  readonly commit: string | null;
  /** Files that differ from the commit. */
  readonly changedFiles: number;
  release(): void;
}

export interface CheckoutOptions {
  /** Does not exist yet. */
  readonly folder: string;
  /** Told before each step that takes time. */
  readonly onStep: (step: string) => void;
  readonly signal: AbortSignal;
}

const entry = join('harness', 'cli', 'bin.mjs');

/** Whether the program that this repository holds is ours. */
export function isOurs({ folder }: Repository): boolean {
  return existsSync(join(folder, entry)) && existsSync(join(folder, 'package.json'));
}

/** @throws UserError: 2 where the commit has no such program, 4 where it cannot be installed or built. */
export async function checkOutCommit(
  repository: Repository,
  commit: string,
  { folder, onStep, signal }: CheckoutOptions,
): Promise<Checkout> {
  const release = (): void => {
    removeWorktree(repository, folder);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    addWorktree(repository, commit, folder);
    if (!isOurs({ folder })) throw notOurs(commit);
    await build(repository, { folder, onStep, signal }, commit.slice(0, 12));
    return { program: programIn(folder), commit, changedFiles: 0, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Files that git ignores stay behind. */
export async function copyWorkingTree(
  repository: Repository,
  { folder, onStep, signal }: CheckoutOptions,
): Promise<Checkout> {
  const release = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    for (const file of filesOf(repository)) copyFile(join(repository.folder, file), join(folder, file));
    await build(repository, { folder, onStep, signal }, 'the working tree');
    const changed = changedFiles(repository).length;
    return { program: programIn(folder), commit: commitOf(repository, 'HEAD'), changedFiles: changed, release };
  } catch (error) {
    release();
    throw error;
  }
}

function notOurs(commit: string): UserError {
  return new UserError(`${commit.slice(0, 12)} holds no harness: there is no ${entry}`, {
    exitCode: 2,
    hint: 'A gate measures commits of the harness itself; for your own experiments give a file as --baseline.',
  });
}

/** A file that was deleted is still in git's list. */
function copyFile(from: string, to: string): void {
  if (lstatSync(from, { throwIfNoEntry: false }) === undefined) return;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { verbatimSymlinks: true, recursive: true });
}

const programIn = (folder: string): Program => ({ entry: join(folder, entry), folder });

async function build(repository: Repository, options: CheckoutOptions, name: string): Promise<void> {
  const { folder, onStep, signal } = options;
  const npm = async (args: readonly string[]): Promise<void> => {
    const { failed, all, isCanceled } = await execa('npm', args, {
      cwd: folder,
      all: true,
      reject: false,
      stdin: 'ignore',
      cancelSignal: signal,
    });
    if (isCanceled) signal.throwIfAborted();
    if (failed) throw buildFailed(name, args.join(' '), all);
  };
  if (hasSamePackages(repository.folder, folder))
    symlinkSync(join(repository.folder, 'node_modules'), join(folder, 'node_modules'), 'dir');
  else {
    onStep(`installing the packages of ${name}`);
    await npm(['ci', '--no-audit', '--no-fund']);
  }
  onStep(`building ${name}`);
  await npm(['run', 'build']);
}

/** Packages are shared where the lock file is the same to the byte. */
function hasSamePackages(ours: string, theirs: string): boolean {
  const lockOf = (folder: string): string | null => {
    const file = join(folder, 'package-lock.json');
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  };
  const lock = lockOf(theirs);
  return lock !== null && lock === lockOf(ours) && existsSync(join(ours, 'node_modules'));
}

function buildFailed(name: string, command: string, output: string): UserError {
  const last = output.trim().split('\n').slice(-5).join('\n  ');
  return new UserError(`npm ${command} failed for ${name}:\n  ${last}`, {
    exitCode: 4,
    hint: 'Check that it builds by itself: git worktree add DIR REF && cd DIR && npm ci',
  });
}
