/**
 * `extends:`: an experiment on top of others, the later of a list over the earlier. Every value keeps its own file and
 * line.
 */
import path from 'node:path';
import type { z } from 'zod';
import type { LocatedMap } from './located.ts';
import { mergeTrees } from './merge-trees.ts';
import { specError, type Origin, type Problem, type SpecError } from './problem.ts';
import { readYamlFile } from './read-yaml.ts';

/** Returns the text of a file; throws where there is none. */
export type ReadFile = (file: string) => string;

export interface MergedFiles {
  /** Null where a file cannot be read as a map of keys; `errors` then say why. */
  readonly tree: LocatedMap | null;
  readonly errors: readonly SpecError[];
  /** File -> text, the experiment itself first. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Reads `text` and all it extends. `schema` says which maps are merged. */
export function readFiles(text: string, file: string, readFile: ReadFile, schema: z.ZodType): MergedFiles {
  const reading: Reading = { readFile, sources: new Map(), errors: [] };
  const trees = readWithBases({ name: file, text }, [], reading);
  const { sources, errors } = reading;
  if (trees === null) return { tree: null, errors, sources };
  const merged = mergeAll(eachOnce(trees), sources, schema);
  return { tree: merged.tree, errors: [...errors, ...merged.errors], sources };
}

/** The file that stands last is the base of all others. */
function mergeAll(
  trees: readonly LocatedMap[],
  sources: ReadonlyMap<string, string>,
  schema: z.ZodType,
): { readonly tree: LocatedMap; readonly errors: readonly SpecError[] } {
  const errors: SpecError[] = [];
  const tree = trees.reduceRight((base, over) => {
    const merged = mergeTrees(withoutExtends(base), over, sources, schema);
    errors.push(...merged.errors);
    return merged.tree;
  });
  return { tree, errors };
}

/** What two files extend is the base of both: of a file that comes twice the deeper place counts. */
function eachOnce(trees: readonly NamedTree[]): readonly LocatedMap[] {
  return trees
    .filter(({ name }, index) => trees.findLastIndex((other) => other.name === name) === index)
    .map(({ tree }) => tree);
}

interface Reading {
  readonly readFile: ReadFile;
  /** Each file is added as it is read. */
  readonly sources: Map<string, string>;
  readonly errors: SpecError[];
}

interface NamedText {
  readonly name: string;
  readonly text: string;
}

interface NamedTree {
  readonly name: string;
  readonly tree: LocatedMap;
}

/** @param above The files that led here, the experiment first. Null where one of the files cannot be read. */
function readWithBases({ name, text }: NamedText, above: readonly string[], reading: Reading): NamedTree[] | null {
  reading.sources.set(name, text);
  const { tree, errors } = readYamlFile(text, name);
  reading.errors.push(...errors);
  if (tree === null) return null;
  const trees = [{ name: path.normalize(name), tree }];
  for (const base of basesOf(tree, name).toReversed()) {
    const read = readBase(base, [...above, path.normalize(name)], reading);
    if (read === null) return null;
    trees.push(...read);
  }
  return trees;
}

function readBase({ name, origin }: Base, above: readonly string[], reading: Reading): NamedTree[] | null {
  const text = above.includes(name) ? null : textOf(name, reading.readFile);
  if (text !== null) return readWithBases({ name, text }, above, reading);
  reading.errors.push(specError(origin, refusal(name, above), reading.sources));
  return null;
}

function refusal(name: string, above: readonly string[]): Omit<Problem, 'at'> {
  if (!above.includes(name))
    return { path: 'extends', expected: 'a file that can be read, relative to this one', found: name };
  const circle = [...above.slice(above.indexOf(name)), name].join(' -> ');
  return { path: 'extends', expected: 'files that do not extend each other', found: `the circle ${circle}` };
}

/** A path that `extends` names, and where it is written. */
interface Base {
  readonly name: string;
  readonly origin: Origin;
}

function basesOf(tree: LocatedMap, file: string): readonly Base[] {
  const written = tree.entries.get('extends')?.value;
  if (written === undefined) return [];
  return (written.kind === 'list' ? written.items : [written]).flatMap((one) =>
    one.kind === 'scalar' && typeof one.value === 'string'
      ? [{ name: pathBeside(file, one.value), origin: one.origin }]
      : [],
  );
}

function pathBeside(file: string, written: string): string {
  return path.isAbsolute(written) ? path.normalize(written) : path.join(path.dirname(file), written);
}

function textOf(file: string, readFile: ReadFile): string | null {
  try {
    return readFile(file);
  } catch {
    return null;
  }
}

/** The base's own `extends` is followed, not inherited. */
function withoutExtends(tree: LocatedMap): LocatedMap {
  return { ...tree, entries: new Map([...tree.entries].filter(([name]) => name !== 'extends')) };
}
