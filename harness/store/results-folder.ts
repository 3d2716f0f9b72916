/** A results folder that can be written to: created where it is missing, refused with the reason where it cannot be. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { errorCode } from './durable.ts';
import { foldersOf } from './layout.ts';

/** Creates the folders of the store. @throws UserError (3) */
export function createResultsFolder(resultsFolder: string): void {
  try {
    for (const folder of foldersOf(resultsFolder)) makeFolder(folder);
  } catch (error) {
    throw cannotWrite(resultsFolder, error);
  }
  assertWritable(resultsFolder);
}

/**
 * One name for all processes: what a killed one leaves is removed by the next.
 * @throws UserError (3) where nothing can be written: no permission, a read-only or a full disk.
 */
export function assertWritable(resultsFolder: string): void {
  const probe = join(resultsFolder, '.probe');
  try {
    writeFileSync(probe, '');
    rmSync(probe, { force: true });
  } catch (error) {
    throw cannotWrite(resultsFolder, error);
  }
}

/**
 * Like `mkdir -p`. Node's own recursive mkdir says ENOENT on a read-only file system, and people would look for the
 * wrong cause.
 */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

function cannotWrite(resultsFolder: string, error: unknown): UserError {
  const code = errorCode(error);
  return new UserError(`cannot write to the results folder ${resultsFolder}: ${code ?? String(error)}`, {
    exitCode: 3,
    hint:
      code === 'ENOSPC'
        ? 'The disk is full: free some room, or use --results DIR.'
        : 'Make it writable, or use --results DIR.',
    cause: error,
  });
}
