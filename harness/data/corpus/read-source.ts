/** Files of code as text: what is no UTF-8 is no code that a grammar can read. */
import { readFileSync } from 'node:fs';
import type { Drop } from './drop.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Null where the file is left out, which `drop` is told. */
export function readSource(file: string, drop: Drop): string | null {
  const bytes = readBytes(file);
  if (bytes === null) return (drop('file: cannot be read'), null);
  return decodeSource(bytes, drop);
}

/** The same of bytes that come from elsewhere: a commit, an archive. */
export function decodeSource(bytes: Uint8Array, drop: Drop): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return (drop('file: not UTF-8 text'), null);
  }
}

function readBytes(file: string): Uint8Array | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}
