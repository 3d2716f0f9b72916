import { readFileSync } from 'node:fs';

/** The text of a file that may be left out: null where it is not there, or cannot be read. */
export function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
