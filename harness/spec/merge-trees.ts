/**
 * One located tree on top of another. The upper one wins: maps are merged, lists and values are replaced, and `null`
 * takes away what is inherited.
 */
import { z } from 'zod';
import { plainValue, type Located, type LocatedEntry, type LocatedMap } from './located.ts';
import { formatPath, hint, specError, type Path, type SpecError } from './problem.ts';
import { childSchemas, discriminatorOf, exclusiveUnits, isRemovable, peel, unionOptions } from './schema-keys.ts';
import { didYouMean } from './suggest.ts';

interface Level {
  readonly base: LocatedMap;
  readonly over: LocatedMap;
  readonly schemas: readonly z.ZodType[];
  readonly path: Path;
}

/** Merges two experiment trees. Removing what is not inherited is an error. */
export function mergeTrees(
  base: LocatedMap,
  over: LocatedMap,
  sources: ReadonlyMap<string, string>,
  schema: z.ZodType,
): { readonly tree: LocatedMap; readonly errors: readonly SpecError[] } {
  const errors: SpecError[] = [];
  const tree = mergeMaps({ base, over, schemas: [schema], path: [] }, (entry, path, names) =>
    errors.push(nothingToRemove(entry, path, names, sources)),
  );
  return { tree, errors };
}

type OnNothingToRemove = (entry: LocatedEntry, path: Path, inherited: readonly string[]) => void;

function mergeMaps(level: Level, onNothing: OnNothingToRemove): LocatedMap {
  const { base, over, schemas, path } = level;
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries)
    if (!isNull(entry.value) || !mayBeRemoved(key, schemas)) entries.set(key, mergeEntry(level, key, entry, onNothing));
    else if (!entries.delete(key)) onNothing(entry, [...path, key], removableKeys(level));
  return { kind: 'map', origin: over.origin, entries };
}

function mayBeRemoved(key: string, schemas: readonly z.ZodType[]): boolean {
  return schemas.some((schema) => isRemovable(schema, key));
}

function removableKeys({ base, schemas }: Level): readonly string[] {
  return [...base.entries.keys()].filter((key) => mayBeRemoved(key, schemas));
}

function mergeEntry(level: Level, key: string, entry: LocatedEntry, onNothing: OnNothingToRemove): LocatedEntry {
  const [base, value] = [level.base.entries.get(key)?.value, entry.value];
  if (base?.kind !== 'map' || value.kind !== 'map') return entry;
  const schemas = schemasBelow(level, key);
  if (!schemas.some((schema) => isMergeable(peel(schema), base, value))) return entry;
  return { ...entry, value: mergeMaps({ base, over: value, schemas, path: [...level.path, key] }, onNothing) };
}

function schemasBelow({ over, schemas }: Level, key: string): readonly z.ZodType[] {
  const written = plainValue(over);
  return schemas.flatMap((schema) => childSchemas(schema, written, key));
}

/**
 * Sections and records of sections are merged. Alternatives (`{steps}` / `{fraction}`), another kind, and free values
 * (those behind a dotted path) are replaced whole.
 */
function isMergeable(schema: z.ZodType, base: LocatedMap, over: LocatedMap): boolean {
  const discriminator = discriminatorOf(schema);
  if (discriminator !== null) return isSameKind(discriminator, base, over);
  if (exclusiveUnits(schema) !== null) return false;
  if (schema instanceof z.ZodObject) return Object.hasOwn(schema.shape, 'kind') ? isSameKind('kind', base, over) : true;
  return (
    schema instanceof z.ZodRecord ||
    unionOptions(schema).some((option) => option instanceof z.ZodRecord && isOverrides(option))
  );
}

function isOverrides(record: z.ZodRecord): boolean {
  return peel(record.def.valueType as z.ZodType) instanceof z.ZodRecord;
}

function isSameKind(key: string, base: LocatedMap, over: LocatedMap): boolean {
  const found = over.entries.get(key);
  const before = base.entries.get(key);
  return found === undefined || before === undefined || plainValue(found.value) === plainValue(before.value);
}

function isNull(value: Located): boolean {
  return value.kind === 'scalar' && value.value === null;
}

function nothingToRemove(
  { keyOrigin }: LocatedEntry,
  path: Path,
  inherited: readonly string[],
  sources: ReadonlyMap<string, string>,
): SpecError {
  const name = String(path.at(-1));
  const expected =
    inherited.length === 0
      ? 'no null, since nothing that could be removed is inherited here'
      : `an inherited key to remove (null): ${inherited.join(', ')}`;
  const words = { path: formatPath(path), expected, found: name, ...hint(didYouMean(name, inherited)) };
  return specError(keyOrigin, words, sources);
}
