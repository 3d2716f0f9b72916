/**
 * Zip archives by yazl and yauzl. Equal contents give equal bytes: names are sorted, and no entry has a time of day.
 */
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { ZipFile } from 'yazl';
import { UserError } from '../spec/user-error.ts';

export interface ArchiveEntry {
  readonly name: string;
  /** Its bytes, or the file that has them. */
  readonly content: Buffer | { readonly path: string };
}

/** The first time that a zip archive can hold. */
const noTime = { mtime: new Date(1980, 0, 1), mode: 0o100644, forceDosTimestamp: true };

/** @throws Error of the file system; `file` is then not whole. */
export async function writeArchive(file: string, entries: readonly ArchiveEntry[]): Promise<void> {
  const zip = new ZipFile();
  for (const { name, content } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (Buffer.isBuffer(content)) zip.addBuffer(content, name, noTime);
    else zip.addFile(content.path, name, noTime);
  }
  // A file that cannot be read is told by the archive, not by its stream.
  const failed = new Promise<never>((_, reject) => zip.on('error', reject));
  zip.end();
  await Promise.race([pipeline(zip.outputStream, createWriteStream(file)), failed]);
}

/**
 * Writes all files of an archive below a folder. yauzl refuses names that lead out of it, and sizes that are not those
 * that the archive states.
 * @throws UserError (2) where the file is no archive, or not a whole one.
 */
export async function unpackArchive(file: string, folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    const zip = await openPromise(file);
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      const path = join(folder, entry.fileName);
      mkdirSync(dirname(path), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, { flags: 'wx' }));
      names.push(entry.fileName);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  return names;
}

function unreadable(file: string, error: unknown): unknown {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code === 'string' && !code.startsWith('Z_')) return error; // of the file system
  const why = error instanceof Error ? error.message : String(error);
  return new UserError(`${file}: no whole archive: ${why}`, {
    exitCode: 2,
    hint: 'Give an archive as `harness bundle` wrote it.',
    cause: error,
  });
}
