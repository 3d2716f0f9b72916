/** The two sides of a gate: a file of samples, a commit, the working tree, or the program that runs this. */
import { statSync } from 'node:fs';
import { extname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../spec/user-error.ts';
import { checkOutCommit, copyWorkingTree, isOurs, type CheckoutOptions } from './checkout.ts';
import { changedFiles, commitOf, repositoryAround, type Repository } from './git.ts';
import type { Program } from './program.ts';
import { readSamples } from './samples-file.ts';
import type { Samples } from './samples.ts';

/** What a side stands for, before anything is built. */
export interface Side {
  /** For people: `main (1a2b3c4d5e6f)`. */
  readonly name: string;
  readonly commit: string | null;
  /** Files that differ from the commit. */
  readonly changedFiles: number;
  /** What was stored; null where it has to be measured. */
  readonly samples: Samples | null;
  /** Builds it; null where only what was stored is known. */
  readonly open: ((options: CheckoutOptions) => Promise<OpenSide>) | null;
}

export interface OpenSide {
  readonly program: Program;
  release(): void;
}

/** Where sides are looked for. */
export interface Place {
  readonly folder: string;
  /** null where the folder is in none, or in one that holds another program. */
  readonly repository: Repository | null;
}

export function placeAt(folder: string): Place {
  const repository = repositoryAround(folder);
  return { folder, repository: repository !== null && isOurs(repository) ? repository : null };
}

/** @throws UserError (2) where it is neither a file of samples nor a commit of this repository. */
export function sideNamed(named: string, place: Place): Side {
  const file = resolve(place.folder, named);
  if (isFile(file)) return fileSide({ file, named }, place);
  const { repository } = place;
  if (repository === null) throw notThere(named, 'this is no git repository of the harness, so it can only be a file');
  const commit = commitOf(repository, named);
  if (commit === null) throw notThere(named, 'nor is it a commit, branch or tag of this repository');
  return commitSide(repository, commit, named);
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

function notThere(named: string, why: string): UserError {
  return new UserError(`there is no file ${named}, ${why}`, {
    exitCode: 2,
    hint: 'Record a baseline with `harness gate accept --reason "..."`, or name a commit that git has here.',
  });
}

/** Its commit, where that is still there, can be built to measure speed in turns. */
function fileSide({ file, named }: { readonly file: string; readonly named: string }, { repository }: Place): Side {
  const samples = readSamples(file);
  const { commit, changedFiles: changed } = samples;
  const known = repository === null || commit === null || changed > 0 ? null : commitOf(repository, commit);
  const open = repository === null || known === null ? null : commitSide(repository, known, known).open;
  return {
    name: `${named}${commit === null ? '' : ` (${commit.slice(0, 12)})`}`,
    commit,
    changedFiles: changed,
    samples,
    open,
  };
}

function commitSide(repository: Repository, commit: string, named: string): Side {
  const short = commit.slice(0, 12);
  return {
    name: commit.startsWith(named) ? short : `${named} (${short})`,
    commit,
    changedFiles: 0,
    samples: null,
    open: (options) => checkOutCommit(repository, commit, options),
  };
}

/** The working tree of the harness; outside of one, the program that runs this. */
export function sideHere({ folder, repository }: Place): Side {
  if (repository === null) return installedSide(folder);
  const changed = changedFiles(repository);
  const commit = commitOf(repository, 'HEAD');
  return {
    name: `the working tree (${commit === null ? 'no commit yet' : commit.slice(0, 12)}${dirtyText(changed.length)})`,
    commit,
    changedFiles: changed.length,
    samples: null,
    open: (options) => copyWorkingTree(repository, options),
  };
}

const dirtyText = (changed: number): string => (changed === 0 ? '' : `, ${changed} changed`);

function installedSide(folder: string): Side {
  const around = repositoryAround(folder);
  const changed = around === null ? 0 : changedFiles(around).length;
  const program = { entry: ownEntry, folder };
  return {
    name: 'this program',
    commit: around === null ? null : commitOf(around, 'HEAD'),
    changedFiles: changed,
    samples: null,
    open: () => Promise.resolve({ program, release: () => undefined }),
  };
}

/** The command line of this very program, in the sources and in the build alike. */
const ownEntry = fileURLToPath(new URL(`../cli/main${extname(import.meta.url)}`, import.meta.url));
export const ownProgram = (folder: string): Program => ({ entry: ownEntry, folder });

/** An experiment as every checkout has it: relative to the repository, where it lies in one. */
export function specBelow({ folder, repository }: Place, spec: string): string {
  const top = repository?.folder ?? folder;
  const below = relative(top, resolve(folder, spec));
  return below.startsWith('..') ? resolve(folder, spec) : below;
}
