/**
 * `extends:`: an experiment on top of another one. The last wins, maps are merged, lists and values are replaced; every
 * value keeps its own file and line.
 */
import path from 'node:path';
import { z } from 'zod';
import { plainValue, readLocated, type Located, type LocatedEntry, type LocatedMap } from './located.ts';
import { specError, type Origin, type SpecError } from './problem.ts';
import { childSchemas, discriminatorOf, exclusiveUnits, peel, unionOptions } from './schema-keys.ts';

/** Returns the text of a file; throws where there is none. */
export type ReadFile = (file: string) => string;

export interface MergedFiles {
  readonly tree: LocatedMap | null;
  readonly errors: readonly SpecError[];
  /** File -> text, the experiment itself first. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Reads `text` and all it extends. `schema` tells which maps are merged. */
export function readFiles(text: string, file: string, readFile: ReadFile, schema: z.ZodType): MergedFiles {
  const sources = new Map([[file, text]]);
  const read = readLocated(text, file);
  if (!read.ok) return { tree: null, errors: read.errors, sources };
  let tree = read.tree;
  let from = tree;
  const chain = [path.normalize(file)];
  for (;;) {
    const parent = parentOf(from);
    if (parent === null) return { tree, errors: [], sources };
    const parentFile = path.isAbsolute(parent.name)
      ? path.normalize(parent.name)
      : path.join(path.dirname(chain.at(-1) ?? file), parent.name);
    const refuse = (expected: string, found: string): MergedFiles => ({
      tree: null,
      errors: [specError(parent.origin, { path: 'extends', expected, found }, sources)],
      sources,
    });
    if (chain.includes(parentFile))
      return refuse('files that do not extend each other', `the circle ${[...chain, parentFile].join(' -> ')}`);
    const parentText = textOf(parentFile, readFile);
    if (parentText === null) return refuse('a file that can be read, relative to this one', parentFile);
    sources.set(parentFile, parentText);
    const base = readLocated(parentText, parentFile);
    if (!base.ok) return { tree: null, errors: base.errors, sources };
    // The parent's own `extends` is followed, not inherited.
    tree = mergeMaps(without(base.tree, 'extends'), tree, [schema]);
    from = base.tree;
    chain.push(parentFile);
  }
}

function parentOf(tree: LocatedMap): { readonly name: string; readonly origin: Origin } | null {
  const entry = tree.entries.get('extends')?.value;
  return entry?.kind === 'scalar' && typeof entry.value === 'string'
    ? { name: entry.value, origin: entry.origin }
    : null;
}

function textOf(file: string, readFile: ReadFile): string | null {
  try {
    return readFile(file);
  } catch {
    return null;
  }
}

function without(tree: LocatedMap, key: string): LocatedMap {
  return { ...tree, entries: new Map([...tree.entries].filter(([name]) => name !== key)) };
}

function mergeMaps(base: LocatedMap, over: LocatedMap, schemas: readonly z.ZodType[]): LocatedMap {
  const entries = new Map<string, LocatedEntry>(base.entries);
  const value = plainValue(over);
  for (const [key, entry] of over.entries) {
    const below = base.entries.get(key);
    const children = schemas.flatMap((schema) => childSchemas(schema, value, key));
    entries.set(
      key,
      below === undefined ? entry : { ...entry, value: mergeValues(below.value, entry.value, children) },
    );
  }
  return { kind: 'map', origin: over.origin, entries };
}

function mergeValues(base: Located, over: Located, schemas: readonly z.ZodType[]): Located {
  return base.kind === 'map' && over.kind === 'map' && schemas.some((schema) => isMergeable(peel(schema), base, over))
    ? mergeMaps(base, over, schemas)
    : over;
}

/**
 * Sections and records of sections are merged; alternatives (`{steps}` / `{fraction}`), another kind, and free values
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
