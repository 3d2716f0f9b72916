/** Files of rows that hold source code -> functions, with what became of every row. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { UserError } from '../../spec/index.ts';
import { addCount } from '../add-count.ts';
import { cutCorpus, type CutFiles, type CutIo, type CutOptions } from '../corpus/cut-corpus.ts';
import type { Drop } from '../corpus/drop.ts';
import { requireFunctions } from '../corpus/empty-corpus.ts';
import type { SourceFile } from '../corpus/source-file.ts';
import { fileDigest } from '../datasets/file-digest.ts';
import { readColumns } from '../row-files/column-rows.ts';
import { KeyTable } from '../storage/key-table.ts';
import { readRemovals } from './removals.ts';
import type { CollectionShape } from './shapes.ts';
import { sourceColumns, type ColumnOptions, type SourceColumns } from './source-columns.ts';
import { sourceRow, type RowOptions, type SourceRow } from './source-row.ts';
import type { RowFilter } from './where.ts';

export interface CollectionOptions extends CutOptions, ColumnOptions {
  readonly path: string | readonly string[];
  readonly where: readonly RowFilter[];
  /** Of the collection; recorded. */
  readonly revision: string | null;
  readonly removals: string | null;
  /** null = `ids` for a collection whose terms ask for it, else `text`. */
  readonly publish: 'text' | 'ids' | null;
}

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

/** A repository of the collection: its licences and what was taken of it. */
export type CollectionPackage = CutFiles['packages'][number];

interface Collection extends Omit<CutFiles, 'packages'> {
  readonly sources: readonly (CollectionSource | CollectionPackage)[];
}

/** @throws UserError (2) for files that cannot be read, break the terms of their collection, or hold no function. */
export async function readCollection(options: CollectionOptions, io: CutIo): Promise<Collection> {
  const counts: Record<string, number> = {};
  const opened: OpenedFile[] = [];
  const { packages, ...cut } = await cutCorpus(filesOf(options, { counts, opened, io }), options, { ...io, counts });
  requireFunctions({ ...cut, packages }, options, [options.path].flat().join(', '));
  const kept = await keptFiles(opened, cut);
  return { ...cut, sources: [...opened.map((file) => recorded(file, kept)), ...packages.filter(hasFunctions)] };
}

/** A file of rows while it is read. */
interface OpenedFile {
  readonly path: string;
  readonly source: Omit<CollectionSource, 'rows' | 'usedRows'>;
  rows: number;
  /** By the name of the source file in the row. */
  readonly handedOn: Map<string, UsedRow>;
}

interface Reading {
  readonly counts: Record<string, number>;
  readonly opened: OpenedFile[];
  readonly io: Pick<CutIo, 'note'>;
}

/** Names of source files that have a function in the corpus; only read where they are recorded. */
async function keptFiles(opened: readonly OpenedFile[], { functions, heldOut }: Cut): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  if (opened.every(({ source }) => source.publish === 'text')) return kept;
  for (const rows of [functions, heldOut]) for await (const fn of rows) kept.add(nameOf(fn));
  return kept;
}

type Cut = Pick<CutFiles, 'functions' | 'heldOut'>;

function recorded({ source, rows, handedOn }: OpenedFile, kept: ReadonlySet<string>): CollectionSource {
  const used = [...handedOn].filter(([name]) => kept.has(name)).map(([, row]) => row);
  return { ...source, rows, usedRows: source.publish === 'ids' ? used : null };
}

function hasFunctions({ functions }: CollectionPackage): boolean {
  return functions > 0;
}

function nameOf(file: Pick<SourceFile, 'package' | 'file'>): string {
  return `${file.package}/${file.file}`;
}

async function* filesOf(options: CollectionOptions, reading: Reading): AsyncGenerator<SourceFile> {
  const removals = options.removals === null ? new Set<string>() : await readRemovals(options.removals);
  const drop: Drop = (reason) => addCount(reading.counts, reason);
  const seen = new KeyTable();
  for (const path of [options.path].flat()) {
    const columns = await sourceColumns(path, options);
    requireTerms(path, columns.shape, options, reading.io);
    const file = openFile(path, columns.shape, options);
    reading.opened.push(file);
    for await (const row of rowsOf(file, columns, { where: options.where, removals }, drop)) {
      const { count: before } = seen;
      // Functions are named by repository and path: a second file of that name is another version of the first.
      if (seen.numberOf(keyOf(nameOf(row.file))) < before) drop('row: path of its repository again');
      else yield handOn(file, row);
    }
  }
}

function keyOf(name: string): Uint32Array {
  const bytes = createHash('sha256').update(name).digest();
  return Uint32Array.of(bytes.readUInt32LE(0), bytes.readUInt32LE(4));
}

async function* rowsOf(
  file: OpenedFile,
  columns: SourceColumns,
  options: RowOptions,
  drop: Drop,
): AsyncGenerator<SourceRow> {
  const { text, ...others } = columns.fields;
  const asked = [
    ...Object.values(others),
    ...Object.keys(columns.leftOut),
    ...options.where.map(({ column }) => column),
  ];
  const besides = [...new Set(asked.filter((path): path is string => path !== null && path !== text))];
  const { digest } = file.source;
  for await (const { row, value } of readColumns(file.path, text, besides)) {
    file.rows = row;
    const found = sourceRow(value, columns, options, `${digest.slice(0, 8)}-${row}`);
    if (typeof found === 'string') drop(found);
    else yield found;
  }
}

function handOn({ source, handedOn }: OpenedFile, { file, id }: SourceRow): SourceFile {
  if (source.publish === 'ids')
    handedOn.set(nameOf(file), { id, sha256: createHash('sha256').update(file.text).digest('hex') });
  return file;
}

function openFile(path: string, shape: CollectionShape | null, options: CollectionOptions): OpenedFile {
  const source = {
    file: basename(path),
    digest: fileDigest(path),
    shape: shape?.name ?? null,
    collection: shape === null ? null : { homepage: shape.homepage, license: shape.license },
    revision: options.revision,
    publish: options.publish ?? (shape?.hasTerms === true ? 'ids' : 'text'),
  };
  return { path, source, rows: 0, handedOn: new Map() };
}

/** Its terms: which revision it is must be known, and what authors withdrew since then must go. */
function requireTerms(
  path: string,
  shape: CollectionShape | null,
  { revision, removals }: CollectionOptions,
  { note }: Pick<CutIo, 'note'>,
): void {
  if (shape === null || !shape.hasTerms) return;
  if (revision === null)
    throw new UserError(`${path}: corpus.revision: rows of ${shape.name} need the revision that they were taken from`, {
      exitCode: 2,
      hint: `Write the commit of ${shape.homepage} into corpus.revision: its terms ask for the newest one.`,
    });
  if (removals === null)
    note(`${path}: rows of ${shape.name} without corpus.removals: nothing withdrawn since ${revision} is left out`);
}
