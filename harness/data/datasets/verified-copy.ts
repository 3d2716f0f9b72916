/** A file of a dataset, copied into the cache in pieces and held against its digest on the way. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../spec/user-error.ts';
import { fileDigest } from './file-digest.ts';
import type { DatasetFile, DatasetManifest } from './manifest.ts';

export interface Wanted {
  readonly manifest: DatasetManifest;
  readonly entry: DatasetFile;
}

/** A copy, what messages call it, and what to do where it is not the right one. */
export interface Copy {
  readonly path: string;
  readonly origin: string;
  readonly hint: string;
  readonly isPacked: boolean;
}

/** Renamed into place only when complete and right. @throws UserError (3) for other bytes than the manifest's. */
export async function copyVerified(wanted: Wanted, copy: Copy, target: string): Promise<void> {
  mkdirSync(path.dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  const hash = createHash('sha256');
  let bytes = 0;
  const hashed = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  try {
    const source = createReadStream(copy.path);
    const sink = createWriteStream(temporary);
    await (copy.isPacked ? pipeline(source, createGunzip(), hashed, sink) : pipeline(source, hashed, sink));
    requireDigest(wanted, copy, { sha256: hash.digest('hex'), bytes });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw unpackingError(wanted, copy, error) ?? error;
  }
}

/** A copy of our own becomes the file. @throws UserError (3) for other bytes than the manifest's. */
export async function moveVerified(wanted: Wanted, copy: Copy, target: string): Promise<void> {
  if (copy.isPacked) {
    await copyVerified(wanted, copy, target);
    rmSync(copy.path);
    return;
  }
  requireDigest(wanted, copy, { sha256: fileDigest(copy.path), bytes: statSync(copy.path).size });
  renameSync(copy.path, target);
}

/** Null for an error that is not about the packing. */
function unpackingError(wanted: Wanted, { origin, hint }: Copy, error: unknown): UserError | null {
  if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) return null;
  const reason = (error as Error).message;
  return new UserError(`${nameOf(wanted)}: ${origin} cannot be unpacked (${reason})`, {
    exitCode: 3,
    hint,
    cause: error,
  });
}

/** @throws UserError (3) with both digests. */
export function requireDigest(
  wanted: Wanted,
  { origin, hint }: Pick<Copy, 'origin' | 'hint'>,
  found: { readonly sha256: string; readonly bytes: number },
): void {
  const { entry } = wanted;
  if (found.sha256 === entry.sha256) return;
  throw new UserError(
    `${nameOf(wanted)}: wrong sha256 of the copy from ${origin}\n  expected ${entry.sha256} (${entry.bytes} ` +
      `bytes)\n  found    ${found.sha256} (${found.bytes} bytes)`,
    { exitCode: 3, hint },
  );
}

export function nameOf({ manifest, entry }: Wanted): string {
  return `dataset ${manifest.name}, file ${entry.file}`;
}
