/**
 * Refused before start, with the numbers: a results folder that cannot be written to, or a disk with too little room.
 */
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { errorCode } from '../store/index.ts';

/** @throws UserError (3). Creates the folders of the store. */
export function preflight(resultsFolder: string, minimumFreeBytes: number): void {
  makeWritable(resultsFolder);
  checkFreeSpace(resultsFolder, minimumFreeBytes);
}

function makeWritable(resultsFolder: string): void {
  const probe = join(resultsFolder, `.probe-${process.pid}`);
  try {
    for (const name of ['store', 'experiments', 'logs']) makeFolder(join(resultsFolder, name));
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw new UserError(`cannot write to the results folder ${resultsFolder}: ${errorCode(error) ?? String(error)}`, {
      exitCode: 3,
      hint:
        errorCode(error) === 'ENOSPC'
          ? 'The disk is full: free some room, or use --results DIR.'
          : 'Make it writable, or use --results DIR.',
      cause: error,
    });
  }
}

/**
 * Like `mkdir -p`; Node's own recursive mkdir says ENOENT on a read-only file system, which would send people looking
 * for the wrong thing.
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

function checkFreeSpace(resultsFolder: string, minimumFreeBytes: number): void {
  const { bavail, bsize } = statfsSync(resultsFolder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= minimumFreeBytes) return;
  throw new UserError(
    `${megabytes(freeBytes)} free where ${resultsFolder} lies; a sweep does not start below ${megabytes(minimumFreeBytes)}`,
    {
      exitCode: 3,
      hint: 'Free some room, or use --results DIR on another disk.',
    },
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
