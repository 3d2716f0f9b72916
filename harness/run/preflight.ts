/**
 * Refused before start, with the numbers: a results folder that cannot be written to, or a disk with too little room.
 */
import { statfsSync } from 'node:fs';
import { UserError } from '../spec/user-error.ts';
import { createResultsFolder } from '../store/index.ts';

/** @throws UserError (3). Creates the folders of the store. */
export function preflight(resultsFolder: string, minimumFreeBytes: number): void {
  createResultsFolder(resultsFolder);
  checkFreeSpace(resultsFolder, minimumFreeBytes);
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
