/**
 * Command line overrides `-s a.b=1,2`: they set keys that exist in the format, typed by the rules of YAML; several
 * values become an axis.
 */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { locatedFrom, plainValue, type Json, type Located, type LocatedMap } from './located.ts';
import { specError, type Origin, type SpecError } from './problem.ts';
import { childSchemas, pathsEndingIn, peel, unknownPart } from './schema-keys.ts';
import { didYouMean } from './suggest.ts';

const axesPrefix = 'sweep.axes.';

export interface OverrideResult {
  readonly tree: LocatedMap;
  readonly errors: readonly SpecError[];
}

/** Applies each override in turn; those that cannot be applied are errors and change nothing. */
export function applyOverrides(tree: LocatedMap, overrides: readonly string[], schema: z.ZodType): OverrideResult {
  let result = tree;
  const errors: SpecError[] = [];
  for (const override of overrides) {
    const applied = applyOverride(result, override, schema);
    if ('error' in applied) errors.push(applied.error);
    else result = applied.tree;
  }
  return { tree: result, errors };
}

type Applied = { readonly tree: LocatedMap } | { readonly error: SpecError };

function applyOverride(tree: LocatedMap, override: string, schema: z.ZodType): Applied {
  const origin: Origin = { file: `-s ${override}`, line: null, column: null };
  const refuse = (path: string, expected: string, found: string, suggestion?: string | null): Applied => ({
    error: specError(origin, { path, expected, found, ...(suggestion ? { suggestion } : {}) }, new Map()),
  });
  const equals = override.indexOf('=');
  const name = (equals < 0 ? override : override.slice(0, equals)).trim();
  if (equals < 1) return refuse('(override)', 'path=value', equals < 0 ? 'no =' : 'no path');
  const values = readValues(override.slice(equals + 1));
  if (values === null) return refuse(name, 'a YAML value, or several between commas', override.slice(equals + 1));
  if (values.length === 0) return refuse(name, 'a value', 'nothing', 'write null for off');
  if (name.startsWith(axesPrefix)) return restrictAxis(tree, name.slice(axesPrefix.length), values, origin, refuse);
  const segments = segmentsOf(name);
  if (segments.length === 3 && entryAt(tree, segments) === undefined && segments[0] === 'select')
    return refuse(name, `a path that select.${segments[1]} has`, segments[2] ?? '');
  const unknown = unknownPart(schema, segments);
  if (unknown !== null)
    return refuse(
      name,
      unknown.allowed.length === 0
        ? `no key below ${segments.slice(0, unknown.depth).join('.')}`
        : `one of ${unknown.allowed.join(', ')}`,
      unknown.key,
      axisNamed(tree, name) ?? suggestPath(unknown.key, unknown.allowed, schema),
    );
  const owner = axisSetting(tree, segments);
  if (owner !== null && owner !== name)
    return refuse(
      name,
      'a key that no axis sets',
      `a key set by the axis ${owner}`,
      `choose among its cases instead: -s ${axesPrefix}${owner}=...`,
    );
  if (isList(segments, schema))
    return {
      tree: setPath(
        tree,
        segments,
        locatedFrom(values.length === 1 && Array.isArray(values[0]) ? values[0] : values, origin),
      ),
    };
  if (owner === name || values.length > 1)
    return { tree: setPath(tree, ['sweep', 'axes', name], locatedFrom(values, origin)) };
  return { tree: setPath(tree, segments, locatedFrom(values[0] ?? null, origin)) };
}

/** Below `select.at` and `select.over` the keys are dotted paths themselves. */
function segmentsOf(name: string): readonly string[] {
  const inSelect = /^select\.(at|over)\.(.+)$/.exec(name);
  return inSelect === null ? name.split('.') : ['select', inSelect[1] ?? '', inSelect[2] ?? ''];
}

function readValues(text: string): Json[] | null {
  const document = parseDocument(`[${text}\n]`, { prettyErrors: false, version: '1.2' });
  if (document.errors.length > 0 || document.warnings.length > 0) return null;
  const value = document.toJS() as unknown;
  return Array.isArray(value) ? (value as Json[]) : null;
}

/** An axis of a path takes the values given; an axis of cases keeps those named. */
function restrictAxis(
  tree: LocatedMap,
  name: string,
  values: readonly Json[],
  origin: Origin,
  refuse: (path: string, expected: string, found: string, suggestion?: string | null) => Applied,
): Applied {
  const axes = entryAt(tree, ['sweep', 'axes']);
  const names = axes?.kind === 'map' ? [...axes.entries.keys()] : [];
  const axis = axes?.kind === 'map' ? axes.entries.get(name)?.value : undefined;
  if (axis === undefined)
    return refuse(
      `${axesPrefix}${name}`,
      names.length === 0 ? 'an axis, and the experiment has none' : `one of the axes ${names.join(', ')}`,
      name,
      didYouMean(name, names),
    );
  if (axis.kind !== 'map') return { tree: setPath(tree, ['sweep', 'axes', name], locatedFrom(values, origin)) };
  const cases = [...axis.entries.keys()];
  const unknown = values.map(String).find((value) => !cases.includes(value));
  if (unknown !== undefined)
    return refuse(`${axesPrefix}${name}`, `one of the cases ${cases.join(', ')}`, unknown, didYouMean(unknown, cases));
  const kept = new Map(
    values.map(String).flatMap((value) => {
      const entry = axis.entries.get(value);
      return entry === undefined ? [] : [[value, entry] as const];
    }),
  );
  return { tree: setPath(tree, ['sweep', 'axes', name], { ...axis, entries: kept }) };
}

/** The axis that would overwrite this path, or null. */
function axisSetting(tree: LocatedMap, segments: readonly string[]): string | null {
  const axes = entryAt(tree, ['sweep', 'axes']);
  if (axes?.kind !== 'map') return null;
  const path = segments.join('.');
  const overlaps = (other: string): boolean =>
    other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`);
  for (const [name, { value }] of axes.entries) {
    const paths =
      value.kind === 'map'
        ? Object.values(plainValue(value) as object).flatMap((oneCase) => Object.keys((oneCase ?? {}) as object))
        : [name];
    if (paths.some(overlaps)) return name;
  }
  return null;
}

function axisNamed(tree: LocatedMap, name: string): string | null {
  return entryAt(tree, ['sweep', 'axes', name]) === undefined
    ? null
    : `${name} is an axis: write -s ${axesPrefix}${name}=...`;
}

function isList(segments: readonly string[], schema: z.ZodType): boolean {
  let schemas: readonly z.ZodType[] = [schema];
  for (const segment of segments) schemas = schemas.flatMap((schema) => childSchemas(schema, undefined, segment));
  return schemas.some((schema) => peel(schema) instanceof z.ZodArray);
}

function suggestPath(key: string, allowed: readonly string[], schema: z.ZodType): string | null {
  const near = didYouMean(key, allowed);
  if (near !== null) return near;
  const elsewhere = pathsEndingIn(schema, key).slice(0, 3);
  return elsewhere.length === 0
    ? null
    : `${key} belongs to ${elsewhere.map((path) => path.split('.').slice(0, -1).join('.') || 'the top level').join(' or ')}`;
}

function entryAt(tree: Located, path: readonly string[]): Located | undefined {
  let node: Located | undefined = tree;
  for (const part of path) node = node?.kind === 'map' ? node.entries.get(part)?.value : undefined;
  return node;
}

function setPath(tree: LocatedMap, path: readonly string[], value: Located): LocatedMap {
  const [key, ...rest] = path;
  if (key === undefined) return tree;
  const entry = tree.entries.get(key);
  const child: LocatedMap =
    entry?.value.kind === 'map' ? entry.value : { kind: 'map', origin: value.origin, entries: new Map() };
  const changed = rest.length === 0 ? value : setPath(child, rest, value);
  return {
    ...tree,
    entries: new Map(tree.entries).set(key, {
      keyOrigin: entry !== undefined && rest.length > 0 ? entry.keyOrigin : value.origin,
      value: changed,
    }),
  };
}
