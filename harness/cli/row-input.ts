/** The file of rows that a command is given. It is read more than once, which a pipe cannot be. */
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RowSource } from '../data/index.ts';

export interface RowInput extends RowSource {
  [Symbol.dispose](): void;
}

/** `-` is the standard input. What comes through a pipe, such as `<(zcat rows.gz)`, is kept in a file meanwhile. */
export async function rowInput(file: string): Promise<RowInput> {
  const stat = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false });
  const isPipe = file === '-' || (stat !== undefined && !stat.isFile() && !stat.isDirectory());
  if (!isPipe) return { path: file, name: file, [Symbol.dispose]: () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'harness-rows-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const path = join(folder, 'rows');
  try {
    await pipeline(file === '-' ? process.stdin : createReadStream(file), createWriteStream(path));
  } catch (error) {
    remove();
    throw error;
  }
  return { path, name: file === '-' ? 'stdin' : file, [Symbol.dispose]: remove };
}
