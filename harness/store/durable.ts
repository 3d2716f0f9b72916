/**
 * Files that are either wholly there or not there at all, whatever is killed and whenever: written to a temporary name,
 * fsynced, renamed, and the folder fsynced, because a rename is only durable once the folder is.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Replaces `file` atomically; `isDurable` also survives a power cut (two fsyncs), otherwise only a killed process. */
export function writeFileAtomically(file: string, text: string, isDurable: boolean): void {
  const temporary = temporaryName(file);
  try {
    writeFileSync(temporary, text);
    moveIntoPlace(temporary, file, isDurable);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * For files that a library writes: `write` fills a temporary file in the same folder, which then replaces `file`,
 * durably.
 */
export async function replaceFile(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryName(file);
  try {
    await write(temporary);
    moveIntoPlace(temporary, file, true);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function moveIntoPlace(temporary: string, file: string, isDurable: boolean): void {
  if (isDurable) syncFile(temporary);
  renameSync(temporary, file);
  if (isDurable) syncFolder(dirname(file));
}

const ownToken = randomBytes(8).toString('hex');
let temporaries = 0;

/** Unlike any other that exists: of this process, of another container's with the same pid, of another machine's. */
function temporaryName(file: string): string {
  temporaries += 1;
  return `${file}.${ownToken}.${temporaries}.tmp`;
}

/** Writes a file that the disk has when this returns. It is not there at once: for files that are moved into place. */
export function writeDurably(file: string, text: string): void {
  writeFileSync(file, text);
  syncFile(file);
}

/** Flushes a file, or a folder, to the disk. */
export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * fsync of a folder makes renames and removals in it durable. File systems that cannot do it (some network mounts) say
 * EINVAL or ENOTSUP.
 */
export function syncFolder(folder: string): void {
  try {
    syncFile(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EPERM') throw error;
  }
}

export const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The file's text, or null where there is no such file. */
export const readIfThere = (file: string): string | null => ifThere(() => readFileSync(file, 'utf8'));

/** What `read` returns, or null where there is no such file. */
export function ifThere<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** The `code` of a system error (`ENOSPC`), or null. */
export function errorCode(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
