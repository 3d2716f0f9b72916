/**
 * The files of one folder, each read once: who compares a file with its digest and who parses it get the same bytes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ifThere } from './durable.ts';

export class FolderFiles {
  readonly folder: string;
  readonly #read = new Map<string, Buffer>();

  constructor(folder: string) {
    this.folder = folder;
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  /** Throws as the file system does. */
  bytes(file: string): Buffer {
    const known = this.#read.get(file);
    if (known !== undefined) return known;
    const bytes = readFileSync(this.path(file));
    this.#read.set(file, bytes);
    return bytes;
  }

  text(file: string): string {
    return this.bytes(file).toString('utf8');
  }

  /** null where there is no such file. */
  textIfThere(file: string): string | null {
    return ifThere(() => this.text(file));
  }
}
