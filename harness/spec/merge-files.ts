/** `extends:`: an experiment on top of another one. Every value keeps its own file and line. */
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
  const sources = new Map<string, string>();
  const { trees, errors } = readChain({ name: file, text }, readFile, sources);
  if (trees === null) return { tree: null, errors, sources };
  const merged = mergeChain(trees, sources, schema);
  return { tree: merged.tree, errors: [...errors, ...merged.errors], sources };
}

/** The file that stands last in the chain is the base of all others. */
function mergeChain(
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

interface Chain {
  /** The experiment first, then what each extends; null where one of them cannot be read. */
  readonly trees: readonly LocatedMap[] | null;
  readonly errors: readonly SpecError[];
}

interface NamedText {
  readonly name: string;
  readonly text: string;
}
type Parent = NamedText | { readonly refused: SpecError } | null;

/** @param sources Each file is added as it is read. */
function readChain(first: NamedText, readFile: ReadFile, sources: Map<string, string>): Chain {
  const errors: SpecError[] = [];
  const trees: LocatedMap[] = [];
  let current: Parent = first;
  while (current !== null) {
    if ('refused' in current) return { trees: null, errors: [...errors, current.refused] };
    sources.set(current.name, current.text);
    const read = readYamlFile(current.text, current.name);
    errors.push(...read.errors);
    if (read.tree === null) return { trees: null, errors };
    trees.push(read.tree);
    current = readParent(read.tree, readFile, sources);
  }
  return { trees, errors };
}

function readParent(tree: LocatedMap, readFile: ReadFile, sources: ReadonlyMap<string, string>): Parent {
  const chain = [...sources.keys()].map((file) => path.normalize(file));
  const parent = parentOf(tree, chain.at(-1) ?? '');
  if (parent === null) return null;
  const { name, origin } = parent;
  const text = chain.includes(name) ? null : textOf(name, readFile);
  return text === null ? { refused: specError(origin, refusal(name, chain), sources) } : { name, text };
}

function refusal(name: string, chain: readonly string[]): Omit<Problem, 'at'> {
  if (!chain.includes(name))
    return { path: 'extends', expected: 'a file that can be read, relative to this one', found: name };
  const circle = [...chain, name].join(' -> ');
  return { path: 'extends', expected: 'files that do not extend each other', found: `the circle ${circle}` };
}

/** The path that `extends` names, and where it is written. */
function parentOf(tree: LocatedMap, file: string): { readonly name: string; readonly origin: Origin } | null {
  const entry = tree.entries.get('extends')?.value;
  if (entry?.kind !== 'scalar' || typeof entry.value !== 'string') return null;
  const { value, origin } = entry;
  const name = path.isAbsolute(value) ? path.normalize(value) : path.join(path.dirname(file), value);
  return { name, origin };
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
