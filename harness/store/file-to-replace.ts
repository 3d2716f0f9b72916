/**
 * Where a file may be written that the user names: at a new name, or over a regular file. A folder, a pipe or a device
 * is never replaced by a file.
 */
import { lstatSync, realpathSync, statSync, type Stats } from 'node:fs';
import { UserError } from '../spec/user-error.ts';

/**
 * The path to write: of a link to a regular file the file that it leads to, so that the link stays.
 * @throws UserError (2) where something else than a file is at that name.
 */
export function fileToReplace(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return path;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() === true) return realpathSync(path);
  throw new UserError(`${path} is ${stat === undefined ? 'a link to nothing' : sortOf(stat)}, and is not replaced`, {
    exitCode: 2,
    hint: 'Name a file; or write to standard output (-o -) and redirect it.',
  });
}

function sortOf(stat: Stats): string {
  if (stat.isDirectory()) return 'a folder';
  if (stat.isFIFO()) return 'a pipe';
  return stat.isSocket() ? 'a socket' : 'a device';
}
