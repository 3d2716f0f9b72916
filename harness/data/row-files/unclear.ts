/**
 * What of a row is unclear: a name that stands twice, NaN, half of a surrogate pair. It matters in the fields that
 * somebody reads; what nobody reads stops nothing.
 */
import type { PlacedOddity, ReadRow } from './read-row.ts';
import { loneSurrogateIn } from './lone-surrogate.ts';

/** Names of the fields that are read. */
export interface ReadNames {
  readonly row: ReadonlySet<string>;
  /** Within lists and objects. */
  readonly inner: ReadonlySet<string>;
  /** Of those in `row`, what is only handed on, and may hold any text: an id. */
  readonly handedOn: ReadonlySet<string>;
}

export interface Unclear {
  readonly kind: PlacedOddity['kind'] | 'halfPair';
  /** As `candidates[2].text`. */
  readonly path: string;
  /** Its last name, without the numbers of a list. */
  readonly field: string;
  /** The word that is no number, the name, or the half. */
  readonly text: string;
  readonly line: number | null;
  readonly column: number | null;
}

export function unclearIn(
  { value, oddities }: Pick<ReadRow, 'value' | 'oddities'>,
  names: ReadNames,
): readonly Unclear[] {
  const odd = oddities.filter(({ path }) => isRead(path, names));
  return [...odd.map((oddity) => ({ ...oddity, field: lastName(oddity.path) })), ...halfPairs(value, names)];
}

function namesOf(path: string): readonly string[] {
  return path.replaceAll(/\[\d+\]/g, '').split('.');
}

function lastName(path: string): string {
  return namesOf(path).at(-1) ?? path;
}

function isRead(path: string, { row, inner }: ReadNames): boolean {
  const [field = '', ...within] = namesOf(path);
  return row.has(field) && within.every((name) => inner.has(name));
}

function halfPairs(value: unknown, names: ReadNames): readonly Unclear[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]) => {
    const isText = names.row.has(field) && !names.handedOn.has(field);
    const found = isText ? loneSurrogateIn(inner, names.inner) : null;
    if (found === null) return [];
    const path = `${field}${found.path}`;
    return [{ kind: 'halfPair', path, field: lastName(path), text: found.half, line: null, column: null } as const];
  });
}
