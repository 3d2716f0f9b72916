/**
 * Has a record changed since it was collected? Size and time of change of its files tell quickly; their sha256 tells
 * for sure.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** `name size mtime` a file that is there, with the nanoseconds that a rename within one millisecond needs. */
export function signatureOf(folder: string, files: readonly string[]): string {
  return files
    .flatMap((file) => {
      const stat = statSync(join(folder, file), { bigint: true, throwIfNoEntry: false });
      return stat === undefined ? [] : [`${file} ${stat.size} ${stat.mtimeNs}`];
    })
    .join('\n');
}

/** sha256 over names and contents of the files that are there. */
export function digestOf(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    const path = join(folder, file);
    if (statSync(path, { throwIfNoEntry: false }) !== undefined)
      hash.update(`${file}\n`).update(readFileSync(path)).update('\n');
  }
  return hash.digest('hex');
}
