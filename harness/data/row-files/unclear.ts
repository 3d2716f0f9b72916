/**
 * What of a row is unclear: a name that stands twice, NaN, half of a surrogate pair. It matters in the fields that
 * somebody reads; what nobody reads stops nothing.
 */
import { loneSurrogatesIn } from './lone-surrogate.ts';
import type { PlacedOddity, ReadRow } from './read-row.ts';

/** Names of the fields that are read. */
export interface ReadNames {
  /** All that is within them is read too, but for the lists below. */
  readonly row: ReadonlySet<string>;
  /** Of fields that are lists of objects: what is read of each. */
  readonly listed: ReadonlyMap<string, ReadonlySet<string>>;
  /** What is only handed on, and may hold any text: an id. */
  readonly handedOn: ReadonlySet<string>;
}

export interface Unclear {
  readonly kind: PlacedOddity['kind'] | 'halfPair';
  /** As `candidates[2].text`. */
  readonly path: string;
  /** The word that is no number, the name, or the half. */
  readonly text: string;
  readonly line: number | null;
  readonly column: number | null;
}

export function unclearIn(
  { value, oddities }: Pick<ReadRow, 'value' | 'oddities'>,
  names: ReadNames,
): readonly Unclear[] {
  const all = [...oddities, ...halfPairs(value, names)];
  return all.filter(({ path }) => isRead(path, names));
}

/** The reason to leave a row out, without what differs from row to row: reasons are counted. */
export function dropReason({ kind, path, text }: Unclear): string {
  const field =
    path
      .replaceAll(/\[\d+\]/g, '')
      .split('.')
      .at(-1) ?? path;
  if (kind === 'halfPair') return `row: ${field} holds half of a surrogate pair`;
  return kind === 'repeated' ? `row: ${field} is there twice` : `row: ${field} is ${text}`;
}

function isRead(path: string, { row, listed }: ReadNames): boolean {
  const [, field = '', inner] = /^([^.[]*)(?:\[\d+\]\.([^.[]*))?/.exec(path) ?? [];
  return row.has(field) && (inner === undefined || listed.get(field)?.has(inner) !== false);
}

function halfPairs(value: unknown, { row, handedOn }: ReadNames): readonly Unclear[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]) =>
    row.has(field) && !handedOn.has(field)
      ? loneSurrogatesIn(inner, field).map(({ path, half }) => ({
          kind: 'halfPair' as const,
          path,
          text: half,
          line: null,
          column: null,
        }))
      : [],
  );
}
