/**
 * Errors of the system (a full disk, a missing permission, a limit): trouble of the person's or of the machine's, never
 * a bug. Each has the exit code of the contract, and what to do about it.
 */
import { errorCode } from './durable.ts';

export interface SystemTrouble {
  readonly code: string;
  readonly exitCode: 2 | 3 | 4;
  readonly hint: string;
}

const packages = 'A package of the harness is missing: run `npm ci` in its folder.';
const memory = 'Memory is exhausted: use fewer workers (-j), or end other programs.';
const permission =
  'Give yourself access to it, or name another folder: --results DIR, --reports DIR, or HARNESS_CACHE for the cache.';

const troubles: Readonly<Record<string, readonly [exitCode: 2 | 3 | 4, hint: string, words?: RegExp]>> = {
  ENOSPC: [4, 'The disk is full: make room, or use --results DIR on another one.', /no space left on device/i],
  EDQUOT: [4, 'Your share of the disk is used up: make room, or use --results DIR on another one.', /quota exceeded/i],
  EFBIG: [4, 'A file may not become that large here: raise the limit (`ulimit -f unlimited`).', /file too large/i],
  EIO: [4, 'The disk cannot be read or written here: check it.', /input\/output error/i],
  ESTALE: [4, 'The file server has lost the file: try again.', /stale (nfs )?file handle/i],
  EMFILE: [4, 'This process may not open more files: raise the limit (`ulimit -n 4096`).', /too many open files/i],
  ENFILE: [4, 'The system has too many open files: end other programs, and try again.'],
  EAGAIN: [4, 'The system gives no more processes or memory now: raise the limit (`ulimit -u`), or try again.'],
  ENOMEM: [4, memory, /cannot allocate memory/i],
  ERR_MEMORY_ALLOCATION_FAILED: [4, memory],
  EROFS: [3, permission, /read-only file system/i],
  EACCES: [3, permission, /permission denied/i],
  EPERM: [3, permission, /operation not permitted/i],
  ENAMETOOLONG: [2, 'Take a shorter name, or a folder with a shorter path.', /file name too long/i],
  ERR_MODULE_NOT_FOUND: [4, packages],
  MODULE_NOT_FOUND: [4, packages],
};

/** null where neither the error nor what caused it is one of the system's. DuckDB has only words for them. */
export function systemTrouble(error: unknown): SystemTrouble | null {
  for (const cause of causesOf(error)) {
    const code = codeOf(cause);
    const [exitCode, hint] = (code === null ? undefined : troubles[code]) ?? [];
    if (code !== null && exitCode !== undefined && hint !== undefined) return { code, exitCode, hint };
  }
  return null;
}

function codeOf(error: unknown): string | null {
  const code = errorCode(error);
  if (code !== null) return code;
  const message = error instanceof Error ? error.message : '';
  return Object.entries(troubles).find(([, [, , words]]) => words?.test(message) === true)?.[0] ?? null;
}

/** An error, and what it was caused by. */
export function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (
    let cause = error;
    cause !== undefined && cause !== null && chain.length < 8;
    cause = cause instanceof Error ? cause.cause : undefined
  )
    chain.push(cause);
  return chain;
}
