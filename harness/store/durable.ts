/**
 * Files that are either wholly there or not there at all, whatever is killed and whenever: written to a temporary name,
 * fsynced, renamed, and the folder fsynced, because a rename is only durable once the folder is.
 */
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isRunning } from './process-identity.ts';

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
 * durably. Where `isStillWanted` says no at the end, nothing is replaced and the answer is false.
 */
export async function replaceFile(
  file: string,
  write: (temporary: string) => Promise<void>,
  isStillWanted: () => boolean = () => true,
): Promise<boolean> {
  const temporary = temporaryName(file);
  try {
    await write(temporary);
    if (!isStillWanted()) return false;
    moveIntoPlace(temporary, file, true);
    return true;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function moveIntoPlace(temporary: string, file: string, isDurable: boolean): void {
  if (isDurable) syncFile(temporary);
  renameSync(temporary, file);
  if (isDurable) syncFolder(dirname(file));
}

let temporaries = 0;

/** Unlike any other that exists, also one of this process; and it says which process may still need it. */
function temporaryName(file: string): string {
  temporaries += 1;
  return `${file}.${hostname()}.${process.pid}.${temporaries}.tmp`;
}

/** Removes temporary files of `file` that were left by processes of this host which are gone. */
export function removeAbandoned(file: string): void {
  const prefix = `${basename(file)}.${hostname()}.`;
  for (const name of readdirSync(dirname(file))) {
    if (!name.startsWith(prefix)) continue;
    const pid = /^(\d+)(\.\d+)?\.tmp(\.wal)?$/.exec(name.slice(prefix.length))?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(dirname(file), name), { force: true });
  }
}

function syncFile(file: string): void {
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

/**
 * Creates `file` with its whole text, or returns false because it exists: a hard link is exclusive like O_EXCL, and
 * never shows an empty file to a reader in between. File systems without hard links get O_EXCL itself.
 */
export function createExclusively(file: string, text: string): boolean {
  const temporary = temporaryName(file);
  try {
    writeFileSync(temporary, text);
    linkSync(temporary, file);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return createWithoutLinks(file, text);
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

function createWithoutLinks(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

export const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The file's text, or null where there is no such file. */
export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
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
