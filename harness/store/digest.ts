/**
 * sha256 of stage outputs: computed at the commit, checked again by whoever uses them (once a worker for a file that
 * has not changed since).
 */
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { stageFiles } from './layout.ts';
import { bytesInWords } from './stage-records.ts';
import type { DoneRecord, OutputRecord } from './stage-records.ts';

const chunkBytes = 1 << 20;
const reserved: ReadonlySet<string> = new Set(Object.values(stageFiles));

/** Hashes one file; `isDurable` also fsyncs it, since the commit that names it must not outlive it. */
async function hashFile(file: string, isDurable: boolean): Promise<{ bytes: number; sha256: string }> {
  const handle = await open(file, 'r');
  try {
    const hash = createHash('sha256');
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(chunk, 0, chunkBytes, null);
      if (bytesRead === 0) break;
      hash.update(chunk.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    if (isDurable) await handle.sync();
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
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
    if (reserved.has(file)) throw new Error(`the stage names an output that is the runner's own file: ${file}`);
    records.push({ file, ...(await hashFile(join(folder, file), true)) });
  }
  return records;
}

/**
 * Digests of input files this worker has already checked, keyed by path, valid while size and modification time stay
 * the same.
 */
export class VerifiedFiles {
  readonly #seen = new Map<string, { readonly stamp: string; readonly sha256: string }>();

  /** Null, or how the first wrong file differs from done.json. */
  async damageOf(folder: string, done: DoneRecord): Promise<string | null> {
    for (const output of done.outputs) {
      const file = join(folder, output.file);
      const sha256 = await this.#sha256(file);
      if (sha256 === output.sha256) continue;
      const [found, committed] = [sha256.slice(0, 12), output.sha256.slice(0, 12)];
      return `${output.file} (${bytesInWords(output.bytes)}) has sha256 ${found}, ${stageFiles.done} says ${committed}`;
    }
    return null;
  }

  async #sha256(file: string): Promise<string> {
    const { mtimeMs, size, ino } = await stat(file);
    const stamp = `${mtimeMs}:${size}:${ino}`;
    const seen = this.#seen.get(file);
    if (seen?.stamp === stamp) return seen.sha256;
    const { sha256 } = await hashFile(file, false);
    this.#seen.set(file, { stamp, sha256 });
    return sha256;
  }
}
