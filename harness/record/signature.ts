/**
 * Has a record changed since it was collected? Told by size and modification time of its files. Where only the time has
 * changed, the record is read again and comes out the same. Files may be removed at any moment, and what cannot be read
 * is reported by its reader: neither throws here.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, type RecordSource } from '../store/index.ts';

/** `name size mtime` a file that is there, with the nanoseconds that a rename within one millisecond needs. */
export function signatureOf(folder: string, files: readonly string[]): string {
  return files
    .map((file) => {
      const stat = ifReadable(() => statSync(join(folder, file), { bigint: true, throwIfNoEntry: false }));
      if (typeof stat === 'string') return `${file} ${stat}`;
      return stat === undefined ? '' : `${file} ${stat.size} ${stat.mtimeNs}`;
    })
    .filter((line) => line !== '')
    .join('\n');
}

/** The same of a stage. @param committed What a glance at it says. */
export const signatureOfStage = (
  { folder, files }: Pick<RecordSource, 'folder' | 'files'>,
  committed: string | null,
): string => (committed === null ? signatureOf(folder, files) : `committed ${committed}`);

/** What was read, or the code of the error. */
function ifReadable<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return errorCode(error) ?? 'unreadable';
  }
}
