/** One command line override as written, `a.b=1,2` -> its path and its YAML values. */
import type { Located } from './located.ts';
import { hint, specError, type Origin, type SpecError } from './problem.ts';
import { readYamlValues } from './read-yaml.ts';

export interface Override {
  readonly origin: Origin;
  /** The path as written. */
  readonly name: string;
  readonly values: readonly Located[];
}

/** An override, or why it cannot be read. */
export function readOverride(written: string): Override | { readonly errors: readonly SpecError[] } {
  const origin: Origin = { file: `-s ${written}`, line: null, column: null };
  const equals = written.indexOf('=');
  if (equals < 1)
    return { errors: refuse({ origin, name: '(override)' }, 'path=value', equals < 0 ? 'no =' : 'no path') };
  return readValues(written.slice(equals + 1), { origin, name: written.slice(0, equals).trim() });
}

function readValues(
  text: string,
  place: Pick<Override, 'origin' | 'name'>,
): Override | { readonly errors: readonly SpecError[] } {
  const read = readYamlValues(text, place.name, place.origin);
  if (read === null) return { errors: refuse(place, 'a YAML value, or several between commas', text) };
  const errors = read.flatMap((one) => one.errors);
  if (errors.length > 0) return { errors };
  const values = read.flatMap(({ tree }) => tree ?? []);
  return values.length === 0
    ? { errors: refuse(place, 'a value', 'nothing', 'write null for off') }
    : { ...place, values };
}

/** The error of an override that cannot be applied. */
export function refuse(
  { origin, name }: Pick<Override, 'origin' | 'name'>,
  expected: string,
  found: string,
  suggestion: string | null = null,
): readonly SpecError[] {
  return [specError(origin, { path: name, expected, found, ...hint(suggestion) }, new Map())];
}

/** All values of an override as one list. */
export function listOf({ values, origin }: Override): Located {
  return { kind: 'list', origin, items: values };
}
