/** Where a file of rows has what: by the names an experiment gives, by a known shape, or by usual names. */
import { didYouMean, UserError } from '../../spec/index.ts';
import { fileColumns } from '../row-files/column-rows.ts';
import { shapeOf, shapes, sourceFieldNames, usualSourceNames } from './shapes.ts';
import type { CollectionShape, SourceFieldName } from './shapes.ts';
import type { RowFilter } from './where.ts';

/** null = one of the known names. */
export type SourceFieldNames = Readonly<Record<SourceFieldName, string | null>>;

export interface SourceColumns {
  readonly shape: CollectionShape | null;
  /** Paths of columns; null where the file has none for it. */
  readonly fields: SourceFieldNames & { readonly text: string };
  /** Columns that mark rows to leave out, with the reason. */
  readonly leftOut: Readonly<Record<string, string>>;
}

export interface ColumnOptions {
  /** null = the one whose columns the file has. */
  readonly shape: string | null;
  readonly fields: SourceFieldNames;
  readonly where: readonly RowFilter[];
}

/** @throws UserError (2) where a named column is missing, or where there is none for the text. */
export async function sourceColumns(file: string, options: ColumnOptions): Promise<SourceColumns> {
  const { paths } = await fileColumns(file);
  const shape = knownShape(file, paths, options.shape);
  const fields = Object.fromEntries(
    sourceFieldNames.map((field) => [field, columnFor(field, { file, paths, shape, given: options.fields[field] })]),
  ) as Record<SourceFieldName, string | null>;
  const missing = options.where.find(({ column }) => !paths.includes(column));
  if (missing !== undefined) throw noColumn(file, 'where', missing.column, paths);
  const { text } = fields;
  if (text === null) throw noText(file, paths, shape);
  const leftOut = Object.entries(shape?.leftOut ?? {}).filter(([path]) => paths.includes(path));
  return { shape, fields: { ...fields, text }, leftOut: Object.fromEntries(leftOut) };
}

function knownShape(file: string, paths: readonly string[], wanted: string | null): CollectionShape | null {
  const found = shapeOf(paths);
  if (wanted === null || found?.name === wanted) return found;
  const { signature } = shapes.find(({ name }) => name === wanted) as CollectionShape;
  throw new UserError(`${file}: corpus.shape: no rows of ${wanted}, which has ${signature.join(', ')}`, {
    exitCode: 2,
    hint: `Its columns are ${list(paths)}. Leave shape out to have it found, or name them in corpus.fields.`,
  });
}

interface Search {
  readonly file: string;
  readonly paths: readonly string[];
  readonly shape: CollectionShape | null;
  readonly given: string | null;
}

function columnFor(field: SourceFieldName, { file, paths, shape, given }: Search): string | null {
  if (given === null) {
    const known = [shape?.fields[field], ...usualSourceNames[field]];
    return known.find((name) => name !== undefined && paths.includes(name)) ?? null;
  }
  if (paths.includes(given)) return given;
  throw noColumn(file, `fields.${field}`, given, paths);
}

function noColumn(file: string, field: string, name: string, paths: readonly string[]): UserError {
  return new UserError(`${file}: corpus.${field}: there is no column ${name}`, {
    exitCode: 2,
    hint: didYouMean(name, paths) ?? `Its columns are ${list(paths)}.`,
  });
}

function noText(file: string, paths: readonly string[], shape: CollectionShape | null): UserError {
  return new UserError(`${file}: no column with the text of the files; there are ${list(paths)}`, {
    exitCode: 2,
    hint:
      shape?.name === 'the-stack-v2'
        ? 'The Stack v2 is published as ids: get the contents from Software Heritage first, and add them as a column.'
        : 'Name the column in corpus.fields: {text: ...}; a dot goes into a list or a structure.',
  });
}

function list(names: readonly string[]): string {
  const some = names.slice(0, 20);
  if (some.length === 0) return 'none';
  return names.length > some.length ? `${some.join(', ')} and ${names.length - some.length} more` : some.join(', ');
}
