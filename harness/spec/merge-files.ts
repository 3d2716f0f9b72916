/** `extends:`: an experiment on top of another one. Every value keeps its own file and line. */
import path from 'node:path';
import type { z } from 'zod';
import type { LocatedMap } from './located.ts';
import { mergeTrees } from './merge-trees.ts';
import { specError, type Origin, type SpecError } from './problem.ts';
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

/** Reads `text` and all it extends. `schema` tells which maps are merged. */
export function readFiles(text: string, file: string, readFile: ReadFile, schema: z.ZodType): MergedFiles {
  const sources = new Map([[file, text]]);
  const read = readChain(file, text, readFile, sources);
  if (read.trees === null) return { tree: null, errors: read.errors, sources };
  const errors = [...read.errors];
  // The file that stands last in the chain is the base of all others.
  const tree = read.trees.reduceRight((base, over) => {
    const merged = mergeTrees(withoutExtends(base), over, sources, schema);
    errors.push(...merged.errors);
    return merged.tree;
  });
  return { tree, errors, sources };
}

interface Chain {
  /** The experiment first, then what each extends; null where one of them cannot be read. */
  readonly trees: readonly LocatedMap[] | null;
  readonly errors: readonly SpecError[];
}

function readChain(file: string, text: string, readFile: ReadFile, sources: Map<string, string>): Chain {
  const errors: SpecError[] = [];
  const trees: LocatedMap[] = [];
  const names = [path.normalize(file)];
  let current: NamedText | null = { name: file, text };
  while (current !== null) {
    const read = readYamlFile(current.text, current.name);
    errors.push(...read.errors);
    if (read.tree === null) return { trees: null, errors };
    trees.push(read.tree);
    const parent = readParent(read.tree, names, readFile, sources);
    if (parent !== null && 'refused' in parent) return { trees: null, errors: [...errors, parent.refused] };
    if (parent !== null) sources.set(parent.name, parent.text);
    if (parent !== null) names.push(parent.name);
    current = parent;
  }
  return { trees, errors };
}

interface NamedText {
  readonly name: string;
  readonly text: string;
}
type Parent = NamedText | { readonly refused: SpecError } | null;

function readParent(
  tree: LocatedMap,
  chain: readonly string[],
  readFile: ReadFile,
  sources: ReadonlyMap<string, string>,
): Parent {
  const named = parentOf(tree);
  if (named === null) return null;
  const name = path.isAbsolute(named.name)
    ? path.normalize(named.name)
    : path.join(path.dirname(chain.at(-1) ?? ''), named.name);
  const refuse = (expected: string, found: string): Parent => ({
    refused: specError(named.origin, { path: 'extends', expected, found }, sources),
  });
  if (chain.includes(name))
    return refuse('files that do not extend each other', `the circle ${[...chain, name].join(' -> ')}`);
  const text = textOf(name, readFile);
  return text === null ? refuse('a file that can be read, relative to this one', name) : { name, text };
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

/** The base's own `extends` is followed, not inherited. */
function withoutExtends(tree: LocatedMap): LocatedMap {
  return { ...tree, entries: new Map([...tree.entries].filter(([name]) => name !== 'extends')) };
}
