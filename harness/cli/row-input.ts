/** The file of rows that a command is given. It is read more than once, which a pipe cannot be. */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RowSource } from '../data/index.ts';

export interface RowInput extends RowSource {
  [Symbol.dispose](): void;
}

/** `-` is the standard input. What comes through a pipe, such as `<(zcat rows.gz)`, is kept in a file meanwhile. */
export async function rowInput(file: string): Promise<RowInput> {
  const isPipe = file === '-' || (await isNoFile(file));
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

/** Not by `statSync`: after it has looked at a pipe, Node 22.23 loads a package that has parts as an empty one. */
async function isNoFile(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found !== null && !found.isFile() && !found.isDirectory();
}
