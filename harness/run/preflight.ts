/**
 * Refused before start, with the numbers: a results folder that cannot be written to, or a disk with too little room.
 */
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { createResultsFolder, errorCode, sharedFileSystem } from '../store/index.ts';

/** @throws UserError (3). Creates the folders of the store. `warn` is told of what may go wrong, and need not. */
export function preflight(resultsFolder: string, minimumFreeBytes: number, warn: (text: string) => void): void {
  createResultsFolder(resultsFolder);
  checkFreeSpace(resultsFolder, minimumFreeBytes);
  const shared = sharedFileSystem(resultsFolder);
  if (shared !== null) warn(`${resultsFolder} lies on ${shared}`);
}

/** The cache may have all that is needed, so that one that takes no more is no reason to refuse. */
export function cacheTrouble(cacheFolder: string): string | null {
  try {
    accessSync(`${nearestFolder(cacheFolder)}${sep}.`, constants.W_OK); // of a file: ENOTDIR
    return null;
  } catch (error) {
    return (
      `the cache folder ${cacheFolder} cannot be written to (${errorCode(error) ?? String(error)}): ` +
      'what is not in it cannot be fetched. HARNESS_CACHE names another'
    );
  }
}

function checkFreeSpace(resultsFolder: string, minimumFreeBytes: number): void {
  const { bavail, bsize } = statfsSync(resultsFolder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= minimumFreeBytes) return;
  throw new UserError(
    `${megabytes(freeBytes)} free where ${resultsFolder} lies; ` +
      `a sweep does not start below ${megabytes(minimumFreeBytes)}`,
    {
      exitCode: 3,
      hint: 'Free some room, or use --results DIR on another disk.',
    },
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** Itself, or where it would be made: nothing is made for a question. */
function nearestFolder(folder: string): string {
  const above = dirname(folder);
  return existsSync(folder) || above === folder ? folder : nearestFolder(above);
}
