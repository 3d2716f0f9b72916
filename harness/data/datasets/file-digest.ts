/** sha256 of a user's file, read in pieces. Remembered while its size and times are the same. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';

interface Known {
  readonly version: string;
  readonly digest: string;
}

/** By path: a plan asks for the same file once a trial. */
const known = new Map<string, Known>();

/** Lower-case hex. @throws the error of the file system where the file cannot be read. */
export function fileDigest(path: string): string {
  // `cp -p` and `touch -r` set the time of the last writing; the time of the last change nobody sets.
  const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true });
  const version = `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
  const before = known.get(path);
  if (before?.version === version) return before.digest;
  const digest = digestOf(path);
  known.set(path, { version, digest });
  return digest;
}

function digestOf(path: string): string {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(1 << 20);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) hash.update(piece.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
