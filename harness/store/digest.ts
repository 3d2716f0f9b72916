/**
 * sha256 of what a stage leaves: computed at the commit, compared again by whoever uses it (once a process for a file
 * that has not changed since).
 */
import { createHash, hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { isReserved, stageFiles } from './layout.ts';
import { bytesInWords } from './stage-records.ts';
import type { DoneRecord, OutputRecord } from './stage-records.ts';

const chunkBytes = 1 << 20;

interface Hashed {
  readonly bytes: number;
  readonly sha256: string;
}

/** Hashes one file; `isDurable` also fsyncs it, since the commit that names it must not outlive it. */
async function hashFile(file: string, isDurable: boolean): Promise<Hashed> {
  const handle = await open(file, 'r');
  try {
    const whole = createHash('sha256');
    const { size } = await handle.stat();
    const chunk = Buffer.allocUnsafe(Math.max(1, Math.min(size, chunkBytes)));
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) break;
      whole.update(chunk.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    if (isDurable) await handle.sync();
    return { bytes, sha256: whole.digest('hex') };
  } finally {
    await handle.close();
  }
}

/** Of `hashFileSync`, which nothing interrupts: a new one for each of thousands of small files is work for the GC. */
const ownChunk = Buffer.allocUnsafeSlow(chunkBytes);

/** The same where nobody can wait. */
export function hashFileSync(file: string, isDurable: boolean): Hashed {
  const descriptor = openSync(file, 'r');
  try {
    const first = fill(descriptor);
    // Most files are small: they take one chunk and no state of a hash.
    const isWhole = first < chunkBytes;
    const hashed = isWhole
      ? { bytes: first, sha256: hash('sha256', ownChunk.subarray(0, first), 'hex') }
      : rest(descriptor);
    if (isDurable) fsyncSync(descriptor);
    return hashed;
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes that were read into `ownChunk`: fewer than it takes at the end of the file alone. */
function fill(descriptor: number): number {
  let filled = 0;
  for (let read = -1; read !== 0 && filled < chunkBytes; filled += read)
    read = readSync(descriptor, ownChunk, filled, chunkBytes - filled, null);
  return filled;
}

/** Of a file whose first chunk is in `ownChunk`. */
function rest(descriptor: number): Hashed {
  const whole = createHash('sha256');
  let bytes = 0;
  for (let filled = chunkBytes; filled > 0; filled = fill(descriptor)) {
    whole.update(ownChunk.subarray(0, filled));
    bytes += filled;
  }
  return { bytes, sha256: whole.digest('hex') };
}

/**
 * Describes the outputs for done.json, in the order the stage named them. Throws where a name leads outside the folder
 * or to nothing.
 */
export async function hashOutputs(folder: string, outputs: readonly string[]): Promise<readonly OutputRecord[]> {
  const records: OutputRecord[] = [];
  for (const file of outputs) {
    if (isAbsolute(file) || normalize(file).startsWith('..'))
      throw new Error(`the stage names an output outside its folder: ${file}`);
    if (isReserved(firstPart(file)))
      throw new Error(`the stage names an output that is the runner's own file: ${file}`);
    records.push({ file, ...(await hashFile(join(folder, file), true)) });
  }
  return records;
}

const firstPart = (file: string): string => normalize(file).split(/[\\/]/)[0] ?? file;

/** `value.txt (5 bytes) has sha256 ..., done.json says ...`. */
export function differenceOf(expected: OutputRecord, sha256: string, statedIn: string = stageFiles.done): string {
  const [found, committed] = [sha256.slice(0, 12), expected.sha256.slice(0, 12)];
  return `${expected.file} (${bytesInWords(expected.bytes)}) has sha256 ${found}, ${statedIn} says ${committed}`;
}

/**
 * What tells that a file was not touched: size, times of its content and of its entry, and the file itself. A change
 * below the file system shows in none of them. null where there is no such file.
 */
export function stampOf(file: string): string | null {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}`;
}

/** Digests of input files this worker has already checked, keyed by path, valid while their stamps stay the same. */
export class VerifiedFiles {
  readonly #seen = new Map<string, { readonly stamp: string; readonly sha256: string }>();

  /** Null, or how the first wrong file differs from done.json. */
  async damageOf(folder: string, done: DoneRecord): Promise<string | null> {
    for (const output of done.outputs) {
      const sha256 = await this.#sha256(join(folder, output.file));
      if (sha256 !== output.sha256) return differenceOf(output, sha256);
    }
    return null;
  }

  async #sha256(file: string): Promise<string> {
    const stamp = stampOf(file) ?? 'missing';
    const seen = this.#seen.get(file);
    if (seen?.stamp === stamp) return seen.sha256;
    const { sha256 } = await hashFile(file, false);
    this.#seen.set(file, { stamp, sha256 });
    return sha256;
  }
}
