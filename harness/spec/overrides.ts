/**
 * Command line overrides `-s a.b=1,2`. They set keys that exist in the format and are typed by the rules of YAML.
 * Several values become an axis.
 */
import { z } from 'zod';
import { axesPrefix, axisSetting, restrictAxis } from './axis-overrides.ts';
import { entryAt, withEntry, type LocatedMap } from './located.ts';
import type { SpecError } from './problem.ts';
import { listOf, readOverride, refuse, type Override } from './read-override.ts';
import { childSchemas, peel, unknownPart, type UnknownPath } from './schema-keys.ts';
import { didYouMean } from './suggest.ts';
import { sectionNames } from './format.ts';
import { misplaced } from './unknown-key.ts';

export interface OverrideResult {
  readonly tree: LocatedMap;
  readonly errors: readonly SpecError[];
}

/** Applies each override in turn; those that cannot be applied are errors and change nothing. */
export function applyOverrides(tree: LocatedMap, overrides: readonly string[], schema: z.ZodType): OverrideResult {
  let result = tree;
  const errors: SpecError[] = [];
  for (const written of overrides) {
    const override = readOverride(written);
    const applied = 'errors' in override ? override.errors : apply(result, { ...override, schema });
    if ('kind' in applied) result = applied;
    else errors.push(...applied);
  }
  return { tree: result, errors };
}

/** An override, and the format that its path must be in. */
interface Target extends Override {
  readonly schema: z.ZodType;
}

/** The changed tree, or why it cannot be changed. */
function apply(tree: LocatedMap, override: Target): LocatedMap | readonly SpecError[] {
  if (override.name.startsWith(axesPrefix)) return restrictAxis(tree, override);
  const segments = segmentsOf(override.name);
  const owner = axisSetting(tree, segments.join('.'));
  return (
    pathErrors(tree, segments, override) ??
    axisErrors(owner, segments, override) ??
    set(tree, segments, owner, override)
  );
}

function set(tree: LocatedMap, segments: readonly string[], owner: string | null, override: Target): LocatedMap {
  const [first] = override.values;
  const one = override.values.length === 1 ? first : undefined;
  if (isList(segments, override.schema))
    return withEntry(tree, segments, one?.kind === 'list' ? one : listOf(override));
  if (owner === null && one !== undefined) return withEntry(tree, segments, one);
  return withEntry(tree, ['sweep', 'axes', override.name], listOf(override));
}

/** Below `select.at` and `select.over` the keys are dotted paths themselves. */
function segmentsOf(name: string): readonly string[] {
  const inSelect = /^select\.(at|over)\.(.+)$/.exec(name);
  return inSelect === null ? name.split('.') : ['select', inSelect[1] ?? '', inSelect[2] ?? ''];
}

function isList(segments: readonly string[], schema: z.ZodType): boolean {
  let schemas: readonly z.ZodType[] = [schema];
  for (const segment of segments) schemas = schemas.flatMap((schema) => childSchemas(schema, undefined, segment));
  return schemas.some((schema) => peel(schema) instanceof z.ZodArray);
}

/** Why an axis cannot take the values; null where it can, or where there is none to take them. */
function axisErrors(owner: string | null, segments: readonly string[], override: Target): readonly SpecError[] | null {
  const { name, values } = override;
  if (owner !== null && owner !== name) return setByAxis(owner, override);
  const mayBeAxis = (sectionNames as readonly string[]).includes(segments[0] ?? '');
  if (values.length === 1 || mayBeAxis || isList(segments, override.schema)) return null;
  return refuse(override, 'one value, since only paths of a trial can be an axis', `${values.length} values`);
}

function setByAxis(axis: string, override: Target): readonly SpecError[] {
  const remedy = `choose among its cases instead: -s ${axesPrefix}${axis}=...`;
  return refuse(override, 'a key that no axis sets', `a key set by the axis ${axis}`, remedy);
}

/** Why the path cannot be overridden; null where it can. */
function pathErrors(tree: LocatedMap, segments: readonly string[], override: Target): readonly SpecError[] | null {
  if (override.name === 'extends')
    return refuse(override, 'a key that can be overridden', 'extends', 'write `extends` in a file');
  const [section, part, path] = segments;
  if (segments.length === 3 && section === 'select' && entryAt(tree, segments) === undefined)
    return unknownSelectPath(tree, part ?? '', path ?? '', override);
  const unknown = unknownPart(override.schema, segments);
  return unknown === null ? null : unknownKey(tree, segments, unknown, override);
}

function unknownSelectPath(tree: LocatedMap, part: string, path: string, override: Target): readonly SpecError[] {
  const written = entryAt(tree, ['select', part]);
  const names = written?.kind === 'map' ? [...written.entries.keys()] : [];
  return refuse(override, `a path that select.${part} has`, path, didYouMean(path, names));
}

function unknownKey(
  tree: LocatedMap,
  segments: readonly string[],
  { depth, key, allowed }: UnknownPath,
  override: Target,
): readonly SpecError[] {
  const above = segments.slice(0, depth).join('.');
  const expected = allowed.length === 0 ? `no key below ${above}` : `one of ${allowed.join(', ')}`;
  const near = axisHint(tree, override) ?? didYouMean(key, allowed) ?? misplaced(override.schema, key);
  return refuse(override, expected, key === '' ? 'an empty key' : key, near);
}

function axisHint(tree: LocatedMap, { name }: Target): string | null {
  const isAxis = entryAt(tree, ['sweep', 'axes', name]) !== undefined;
  return isAxis ? `${name} is an axis: write -s ${axesPrefix}${name}=...` : null;
}
