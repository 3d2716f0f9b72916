/** One row of a collection as a source file, or the reason to leave it out. */
import { createHash } from 'node:crypto';
import { licenseByName } from '../corpus/license-names.ts';
import type { SourceFile } from '../corpus/source-file.ts';
import { languageNamed } from '../language/languages.ts';
import { textAt, valueAt } from '../row-files/column-rows.ts';
import { isRemoved, type Removals } from './removals.ts';
import type { SourceFieldName } from './shapes.ts';
import type { SourceColumns } from './source-columns.ts';
import { fulfils, type RowFilter } from './where.ts';

export interface RowOptions {
  readonly where: readonly RowFilter[];
  readonly removals: Removals;
}

export interface SourceRow {
  readonly file: SourceFile;
  /** What the collection calls it. */
  readonly id: string;
}

type Row = Readonly<Record<string, unknown>>;

/** @param place Names a row that says no path. */
export function sourceRow(
  value: unknown,
  columns: SourceColumns,
  options: RowOptions,
  place: string,
): SourceRow | string {
  if (typeof value !== 'object' || value === null) return 'row: not an object';
  const row = value as Row;
  const said = valuesOf(row, columns);
  if (said.text === null || said.text.trim() === '') return 'row: no text';
  const reason = reasonAgainst(row, said, columns, options);
  if (reason !== null) return reason;
  const { repository, id, text } = said;
  const name = { package: repository ?? '.', file: namedFile(said.path, said.language, id ?? place) };
  return { file: { ...name, text, license: licenseOf(said.license) }, id: id ?? `${name.package}/${name.file}` };
}

/** What the row says by field; null where it says nothing. */
type Said = Readonly<Record<Exclude<SourceFieldName, 'license' | 'text'>, string | null>> & {
  readonly text: string | null;
  readonly license: unknown;
};

function valuesOf(row: Row, { fields }: SourceColumns): Said {
  const of = (field: SourceFieldName): unknown => {
    const path = fields[field];
    return path === null ? null : valueAt(row, path);
  };
  const named = (field: SourceFieldName): string | null => {
    const path = fields[field];
    const text = path === null ? null : textAt(row, path);
    return text === '' ? null : text;
  };
  const text = of('text');
  return {
    text: typeof text === 'string' ? text : null,
    path: named('path'),
    repository: named('repository'),
    license: of('license'),
    language: named('language'),
    id: named('id'),
    digest: named('digest'),
  };
}

function reasonAgainst(row: Row, said: Said, { leftOut }: SourceColumns, options: RowOptions): string | null {
  const { repository, id, digest } = said;
  if (isRemoved(options.removals, repository, id === null ? [] : [id])) return 'row: removed by its author';
  const marked = Object.entries(leftOut).find(([path]) => valueAt(row, path) === true);
  if (marked !== undefined) return marked[1];
  if (!options.where.every((filter) => fulfils(row, filter))) return 'row: not what where asks for';
  return digest === null || isDigestOf(digest, said.text ?? '') ? null : 'row: text is not that of its digest';
}

/** The language is read off the extension: a row without a path gets one by the name of its language. */
function namedFile(path: string | null, language: string | null, id: string): string {
  if (path !== null) return path.replace(/^\/+/, '');
  const known = language === null ? null : languageNamed(language.toLowerCase());
  return `${id}${known === null ? '' : Object.keys(known.grammars)[0]}`;
}

/** A file that stands under several licences is used under all of them. */
function licenseOf(written: unknown): string {
  const names = [written]
    .flat()
    .filter((one): one is string => typeof one === 'string')
    .map((name) => licenseByName(name) ?? 'unknown');
  if (names.length === 0) return 'unknown';
  return [...new Set(names)]
    .sort()
    .map((name) => (names.length > 1 && name.includes(' ') ? `(${name})` : name))
    .join(' AND ');
}

/** sha256 of the text, or sha1 of it or of git's blob: collections write all three. */
function isDigestOf(digest: string, text: string): boolean {
  const written = digest.toLowerCase();
  if (written.length === 64) return hash('sha256', text) === written;
  return hash('sha1', text) === written || hash('sha1', `blob ${Buffer.byteLength(text)}\0${text}`) === written;
}

function hash(algorithm: string, text: string): string {
  return createHash(algorithm).update(text).digest('hex');
}
