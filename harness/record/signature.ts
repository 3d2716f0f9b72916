/**
 * Has a record changed since it was collected? Size and modification time of its files give a quick answer, their
 * sha256 a sure one. Files may be removed at any moment, and what cannot be read is reported by its reader: neither
 * throws here.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../store/index.ts';

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

/** sha256 over names and contents of the files that are there, and what else is known of them. */
export function digestOf(folder: string, files: readonly string[], known = ''): string {
  const hash = createHash('sha256').update(known);
  for (const file of files) {
    const content = ifReadable(() => readFileSync(join(folder, file)));
    if (content !== missing) hash.update(`${file}\n`).update(content).update('\n');
  }
  return hash.digest('hex');
}

const missing = 'ENOENT';

/** What was read, or the code of the error. */
function ifReadable<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return errorCode(error) ?? 'unreadable';
  }
}
