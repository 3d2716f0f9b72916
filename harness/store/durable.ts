/**
 * Files that are either wholly there or not there at all, whatever is killed and whenever: written to a temporary name,
 * fsynced, renamed, and the folder fsynced, because a rename is only durable once the folder is.
 */
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * fsync of a folder makes renames and removals in it durable. File systems that cannot do it (some network mounts) say
 * EINVAL or ENOTSUP.
 */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    const code = errorCode(error);
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EPERM') throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Replaces `file` atomically; `isDurable` also survives a power cut (two fsyncs), otherwise only a killed process. */
export function writeFileAtomically(file: string, text: string, isDurable: boolean): void {
  const temporary = `${file}.${process.pid}.tmp`;
  const descriptor = openSync(temporary, 'w');
  try {
    writeFileSync(descriptor, text);
    if (isDurable) fsyncSync(descriptor);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
  if (isDurable) syncFolder(dirname(file));
}

/**
 * Creates `file` with its whole text, or returns false because it exists: a hard link is exclusive like O_EXCL, and
 * never shows an empty file to a reader in between. File systems without hard links get O_EXCL itself.
 */
export function createExclusively(file: string, text: string): boolean {
  const temporary = `${file}.${process.pid}.tmp`;
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
