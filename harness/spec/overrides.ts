/**
 * Command line overrides `-s a.b=1,2`. They set keys that exist in the format and are typed by the rules of YAML; several
 * values become an axis.
 */
import { z } from 'zod';
import { experimentSchema } from './experiment-schema.ts';
import { entryAt, plainValue, withEntry, type Located, type LocatedMap } from './located.ts';
import { hint, specError, type Origin, type SpecError } from './problem.ts';
import { readYamlValues } from './read-yaml.ts';
import { childSchemas, pathsEndingIn, peel, unknownPart } from './schema-keys.ts';
import { didYouMean } from './suggest.ts';
import { sectionNames } from './trial-spec.ts';

const axesPrefix = 'sweep.axes.';

export interface OverrideResult {
  readonly tree: LocatedMap;
  readonly errors: readonly SpecError[];
}

/** Applies each override in turn; those that cannot be applied are errors and change nothing. */
export function applyOverrides(tree: LocatedMap, overrides: readonly string[]): OverrideResult {
  let result = tree;
  const errors: SpecError[] = [];
  for (const written of overrides) {
    const override = readOverride(written);
    const refusal = 'errors' in override ? override.errors : apply(result, override);
    if (isTree(refusal)) result = refusal;
    else errors.push(...refusal);
  }
  return { tree: result, errors };
}

interface Override {
  readonly origin: Origin;
  readonly name: string;
  readonly values: readonly Located[];
}

/** The changed tree, or why it cannot be changed. */
type Applied = LocatedMap | readonly SpecError[];

function isTree(applied: Applied): applied is LocatedMap {
  return 'entries' in applied && !Array.isArray(applied);
}

function readOverride(written: string): Override | { readonly errors: readonly SpecError[] } {
  const origin: Origin = { file: `-s ${written}`, line: null, column: null };
  const equals = written.indexOf('=');
  if (equals < 1)
    return { errors: refuse({ origin, name: '(override)' }, 'path=value', equals < 0 ? 'no =' : 'no path') };
  const name = written.slice(0, equals).trim();
  const text = written.slice(equals + 1);
  const read = readYamlValues(text, name, origin);
  if (read === null) return { errors: refuse({ origin, name }, 'a YAML value, or several between commas', text) };
  const errors = read.flatMap((one) => one.errors);
  if (errors.length > 0) return { errors };
  const values = read.flatMap(({ tree }) => tree ?? []);
  if (values.length === 0) return { errors: refuse({ origin, name }, 'a value', 'nothing', 'write null for off') };
  return { origin, name, values };
}

function refuse(
  { origin, name }: Pick<Override, 'origin' | 'name'>,
  expected: string,
  found: string,
  suggestion: string | null = null,
): readonly SpecError[] {
  return [specError(origin, { path: name, expected, found, ...hint(suggestion) }, new Map())];
}

function apply(tree: LocatedMap, override: Override): Applied {
  const { name, values } = override;
  if (name.startsWith(axesPrefix)) return restrictAxis(tree, name.slice(axesPrefix.length), override);
  if (name === 'extends') return refuse(override, 'a key that can be overridden', name, 'write `extends` in a file');
  const segments = segmentsOf(name);
  const unknown = unknownKey(tree, segments, override);
  if (unknown !== null) return unknown;
  const owner = axisSetting(tree, segments);
  if (owner !== null && owner !== name)
    return refuse(
      override,
      'a key that no axis sets',
      `a key set by the axis ${owner}`,
      `choose among its cases instead: -s ${axesPrefix}${owner}=...`,
    );
  const [first] = values;
  const isOne = values.length === 1 && first !== undefined;
  if (isList(segments)) return withEntry(tree, segments, isOne && first.kind === 'list' ? first : listOf(override));
  if (!isOne && !(sectionNames as readonly string[]).includes(segments[0] ?? ''))
    return refuse(override, 'one value, since only paths of a trial can be an axis', `${values.length} values`);
  if (owner === name || !isOne) return withEntry(tree, ['sweep', 'axes', name], listOf(override));
  return withEntry(tree, segments, first);
}

function listOf({ values, origin }: Override): Located {
  return { kind: 'list', origin, items: values };
}

/** Below `select.at` and `select.over` the keys are dotted paths themselves. */
function segmentsOf(name: string): readonly string[] {
  const inSelect = /^select\.(at|over)\.(.+)$/.exec(name);
  return inSelect === null ? name.split('.') : ['select', inSelect[1] ?? '', inSelect[2] ?? ''];
}

function unknownKey(tree: LocatedMap, segments: readonly string[], override: Override): readonly SpecError[] | null {
  const [section, part, path] = segments;
  if (segments.length === 3 && section === 'select' && entryAt(tree, segments) === undefined) {
    const written = entryAt(tree, ['select', part ?? '']);
    const names = written?.kind === 'map' ? [...written.entries.keys()] : [];
    return refuse(override, `a path that select.${part} has`, path ?? '', didYouMean(path ?? '', names));
  }
  const unknown = unknownPart(experimentSchema, segments);
  if (unknown === null) return null;
  const { depth, key, allowed } = unknown;
  return refuse(
    override,
    allowed.length === 0 ? `no key below ${segments.slice(0, depth).join('.')}` : `one of ${allowed.join(', ')}`,
    key === '' ? 'an empty key' : key,
    axisNamed(tree, override.name) ?? suggestPath(segments, depth, allowed),
  );
}

/** An axis of a path takes the values given; an axis of cases keeps those named. */
function restrictAxis(tree: LocatedMap, name: string, override: Override): Applied {
  const axes = entryAt(tree, ['sweep', 'axes']);
  const names = axes?.kind === 'map' ? [...axes.entries.keys()] : [];
  const axis = entryAt(tree, ['sweep', 'axes', name]);
  if (axis === undefined) {
    const expected =
      names.length === 0 ? 'an axis, and the experiment has none' : `one of the axes ${names.join(', ')}`;
    return refuse(override, expected, name, didYouMean(name, names));
  }
  if (axis.kind !== 'map') return withEntry(tree, ['sweep', 'axes', name], listOf(override));
  const cases = [...axis.entries.keys()];
  const wanted = override.values.map((value) => String(plainValue(value)));
  const unknown = wanted.find((value) => !cases.includes(value));
  if (unknown !== undefined)
    return refuse(override, `one of the cases ${cases.join(', ')}`, unknown, didYouMean(unknown, cases));
  const kept = new Map(
    wanted.flatMap((value) => {
      const entry = axis.entries.get(value);
      return entry === undefined ? [] : [[value, entry] as const];
    }),
  );
  return withEntry(tree, ['sweep', 'axes', name], { ...axis, entries: kept });
}

/** The axis that would overwrite this path, or null. */
function axisSetting(tree: LocatedMap, segments: readonly string[]): string | null {
  const axes = entryAt(tree, ['sweep', 'axes']);
  if (axes?.kind !== 'map') return null;
  const path = segments.join('.');
  const overlaps = (other: string): boolean =>
    other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`);
  for (const [name, { value }] of axes.entries) if (pathsSetBy(name, value).some(overlaps)) return name;
  return null;
}

function pathsSetBy(name: string, axis: Located): readonly string[] {
  if (axis.kind !== 'map') return [name];
  return [...axis.entries.values()].flatMap(({ value }) => (value.kind === 'map' ? [...value.entries.keys()] : []));
}

function axisNamed(tree: LocatedMap, name: string): string | null {
  return entryAt(tree, ['sweep', 'axes', name]) === undefined
    ? null
    : `${name} is an axis: write -s ${axesPrefix}${name}=...`;
}

function isList(segments: readonly string[]): boolean {
  let schemas: readonly z.ZodType[] = [experimentSchema];
  for (const segment of segments) schemas = schemas.flatMap((schema) => childSchemas(schema, undefined, segment));
  return schemas.some((schema) => peel(schema) instanceof z.ZodArray);
}

function suggestPath(segments: readonly string[], depth: number, allowed: readonly string[]): string | null {
  const near = didYouMean(segments[depth] ?? '', allowed);
  if (near !== null) return near;
  const elsewhere = pathsEndingIn(experimentSchema, segments[depth] ?? '').slice(0, 3);
  const sections = elsewhere.map((path) => path.split('.').slice(0, -1).join('.') || 'the top level');
  return sections.length === 0 ? null : `${segments[depth]} belongs to ${sections.join(' or ')}`;
}
