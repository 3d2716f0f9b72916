/** Files of rows that hold source code -> functions, with what became of every row. */
import { createHash } from 'node:crypto';
import { UserError } from '../../spec/index.ts';
import { addCount } from '../add-count.ts';
import { cutCorpus, type CutFiles, type CutIo, type CutOptions } from '../corpus/cut-corpus.ts';
import type { Drop } from '../corpus/drop.ts';
import { requireFunctions } from '../corpus/empty-corpus.ts';
import type { SourceFile } from '../corpus/source-file.ts';
import { columnOf, readColumns } from '../row-files/column-rows.ts';
import { dropReason, unclearIn, type ReadNames } from '../row-files/unclear.ts';
import { KeyTable } from '../storage/key-table.ts';
import { nameOf, OpenedFile, recordedSources, type CollectionSource, type RecordOptions } from './opened-file.ts';
import { readRemovals } from './removals.ts';
import type { CollectionShape } from './shapes.ts';
import { sourceColumns, type ColumnOptions, type SourceColumns } from './source-columns.ts';
import { sourceRow, type RowOptions, type SourceRow } from './source-row.ts';

export interface CollectionOptions extends CutOptions, ColumnOptions, RecordOptions {
  readonly path: string | readonly string[];
  readonly removals: string | null;
}

/** A repository of the collection: its licences and what was taken of it. */
type CollectionPackage = CutFiles['packages'][number];

interface Collection extends Omit<CutFiles, 'packages'> {
  readonly sources: readonly (CollectionSource | CollectionPackage)[];
}

/** @throws UserError (2) for files that cannot be read, break the terms of their collection, or hold no function. */
export async function readCollection(options: CollectionOptions, io: CutIo): Promise<Collection> {
  const counts: Record<string, number> = {};
  const opened: OpenedFile[] = [];
  const { packages, ...cut } = await cutCorpus(filesOf(options, { counts, opened, io }), options, { ...io, counts });
  requireFunctions({ ...cut, packages }, options, [options.path].flat().join(', '));
  const files = await recordedSources(opened, [cut.functions, cut.heldOut]);
  return { ...cut, sources: [...files, ...packages.filter(({ functions }) => functions > 0)] };
}

interface Reading {
  readonly counts: Record<string, number>;
  readonly opened: OpenedFile[];
  readonly io: Pick<CutIo, 'note'>;
}

async function* filesOf(options: CollectionOptions, { counts, opened, io }: Reading): AsyncGenerator<SourceFile> {
  const removals = options.removals === null ? new Set<string>() : await readRemovals(options.removals);
  const drop: Drop = (reason) => addCount(counts, reason);
  const seen = new KeyTable();
  for (const path of [options.path].flat()) {
    const columns = await sourceColumns(path, options);
    requireTerms(path, columns.shape, options, io);
    const file = new OpenedFile(path, columns.shape, options);
    opened.push(file);
    for await (const row of rowsOf(file, columns, { where: options.where, removals }, drop)) {
      const { count: before } = seen;
      // Functions are named by repository and path: a second file of that name is another version of the first.
      if (seen.numberOf(keyOf(nameOf(row.file))) < before) drop('row: path of its repository again');
      else yield file.handOn(row);
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
  const names = namesOf([text, ...besides]);
  for await (const read of readColumns(file.path, text, besides)) {
    const { row, value } = read;
    file.rows = row;
    const [unclear] = unclearIn(read, names);
    const found = unclear === undefined ? sourceRow(value, columns, options, file.placeOf(row)) : dropReason(unclear);
    if (typeof found === 'string') drop(found);
    else yield found;
  }
}

function namesOf(paths: readonly string[]): ReadNames {
  const inner = (column: string): readonly string[] =>
    paths.filter((path) => columnOf(path) === column && path !== column).map((path) => path.slice(column.length + 1));
  const row = new Set(paths.map(columnOf));
  const listed = new Map([...row].map((column) => [column, new Set(inner(column))] as const));
  return { row, listed, handedOn: new Set() };
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
