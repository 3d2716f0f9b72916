/** A file of rows while it is read, and what is recorded of it: what it was, and which of its rows were used. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { CorpusFunction } from '../corpus/corpus-function.ts';
import type { SourceFile } from '../corpus/source-file.ts';
import { fileDigest } from '../datasets/file-digest.ts';
import type { Rows } from '../rows.ts';
import type { CollectionShape } from './shapes.ts';
import type { SourceRow } from './source-row.ts';

/** One file of rows, as recorded: by its name, since it may lie anywhere. */
export interface CollectionSource {
  readonly file: string;
  readonly digest: string;
  readonly shape: string | null;
  readonly collection: { readonly homepage: string; readonly license: string } | null;
  readonly revision: string | null;
  /** Whether texts may be shown outside this machine; `ids`: only ids and digests of rows. */
  readonly publish: 'text' | 'ids';
  readonly rows: number;
  /** Rows of `publish: ids` from which a function was taken, by id and sha256 of the text; null where texts are. */
  readonly usedRows: readonly UsedRow[] | null;
}

interface UsedRow {
  readonly id: string;
  readonly sha256: string;
}

export interface RecordOptions {
  /** Of the collection; recorded. */
  readonly revision: string | null;
  /** null = `ids` for a collection whose terms ask for it, else `text`. */
  readonly publish: 'text' | 'ids' | null;
}

export class OpenedFile {
  readonly path: string;
  /** So far. */
  rows = 0;
  readonly #record: Omit<CollectionSource, 'rows' | 'usedRows'>;
  /** By the name of the source file in the row. */
  readonly #handedOn = new Map<string, UsedRow>();

  constructor(path: string, shape: CollectionShape | null, { revision, publish }: RecordOptions) {
    this.path = path;
    this.#record = {
      file: basename(path),
      digest: fileDigest(path),
      shape: shape?.name ?? null,
      collection: shape === null ? null : { homepage: shape.homepage, license: shape.license },
      revision,
      publish: publish ?? (shape?.hasTerms === true ? 'ids' : 'text'),
    };
  }

  /** Names a row that has no name of its own. */
  placeOf(row: number): string {
    return `${this.#record.digest.slice(0, 8)}-${row}`;
  }

  get recordsRows(): boolean {
    return this.#record.publish === 'ids';
  }

  handOn({ file, id }: SourceRow): SourceFile {
    if (this.recordsRows)
      this.#handedOn.set(nameOf(file), { id, sha256: createHash('sha256').update(file.text).digest('hex') });
    return file;
  }

  /** @param kept Names of source files of which a function is in the corpus. */
  recorded(kept: ReadonlySet<string>): CollectionSource {
    const used = [...this.#handedOn].filter(([name]) => kept.has(name)).map(([, row]) => row);
    return { ...this.#record, rows: this.rows, usedRows: this.recordsRows ? used : null };
  }
}

/** What is recorded of the files, once the functions are chosen. */
export async function recordedSources(
  opened: readonly OpenedFile[],
  chosen: readonly Rows<CorpusFunction>[],
): Promise<readonly CollectionSource[]> {
  const kept = new Set<string>();
  // A pass over all functions: only where their files are recorded one by one.
  if (opened.some(({ recordsRows }) => recordsRows))
    for (const functions of chosen) for await (const fn of functions) kept.add(nameOf(fn));
  return opened.map((file) => file.recorded(kept));
}

/** Of a source file in its collection. */
export function nameOf(file: Pick<SourceFile, 'package' | 'file'>): string {
  return `${file.package}/${file.file}`;
}
