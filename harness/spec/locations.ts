/**
 * Where data lies: relative paths are resolved against the file that names them (those of the command line against the
 * working folder), so that an experiment means the same from wherever it is started.
 */
import path from 'node:path';
import type { Kind, SpecKinds } from './kind.ts';
import type { Located, LocatedEntry, LocatedMap } from './located.ts';
import type { Origin } from './problem.ts';

/** The tree with absolute paths in the fields that its kinds call locations. */
export function resolveLocations(tree: LocatedMap, kinds: SpecKinds): LocatedMap {
  const sections = {
    corpus: kinds.corpora,
    tokenizer: kinds.tokenizers,
    pairs: kinds.pairs,
    task: kinds.tasks,
    start: kinds.starts,
  };
  const all = [...Object.values(sections).flat(), ...kinds.descriptions, ...kinds.generators];
  return resolveIn(tree, { kinds: all, dotted: dottedLocations(sections) }) as LocatedMap;
}

interface Locations {
  readonly kinds: readonly Kind[];
  /** Fields with their section: `task.train` as an axis or in a case, and the same below `select.at`. */
  readonly dotted: ReadonlySet<string>;
}

function dottedLocations(sections: Readonly<Record<string, readonly Kind[]>>): ReadonlySet<string> {
  return new Set(
    Object.entries(sections).flatMap(([section, kinds]) =>
      kinds.flatMap(({ locations = [] }) => locations.map((field) => `${section}.${field}`)),
    ),
  );
}

function resolveIn(node: Located, locations: Locations): Located {
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => resolveIn(item, locations)) };
  if (node.kind !== 'map') return node;
  const fields = locationsOf(node, locations.kinds);
  const entries = [...node.entries].map(([key, entry]): [string, LocatedEntry] => {
    const isLocation = fields.includes(key) || locations.dotted.has(key);
    return [key, { ...entry, value: isLocation ? resolved(entry.value) : resolveIn(entry.value, locations) }];
  });
  return { ...node, entries: new Map(entries) };
}

function locationsOf(node: LocatedMap, kinds: readonly Kind[]): readonly string[] {
  const kind = node.entries.get('kind')?.value;
  if (kind?.kind !== 'scalar') return [];
  return kinds.filter((one) => one.kind === kind.value).flatMap(({ locations = [] }) => locations);
}

function resolved(node: Located): Located {
  if (node.kind === 'list') return { ...node, items: node.items.map(resolved) };
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return node;
  return { ...node, value: resolveBeside(node.origin, node.value) };
}

/** A path as written at `origin`, made absolute. */
export function resolveBeside({ file, line }: Origin, written: string): string {
  return path.resolve(line === null ? '.' : path.dirname(file), written);
}
