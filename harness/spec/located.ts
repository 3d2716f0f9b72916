/** A tree of plain values that remembers where each key and value was written. */
import { formatPath, type Origin, type Path } from './problem.ts';

export type Scalar = string | number | boolean | null;
export type Json = Scalar | readonly Json[] | { readonly [key: string]: Json };

export type Located =
  | { readonly kind: 'scalar'; readonly origin: Origin; readonly value: Scalar }
  | { readonly kind: 'list'; readonly origin: Origin; readonly items: readonly Located[] }
  | LocatedMap;
export interface LocatedMap {
  readonly kind: 'map';
  readonly origin: Origin;
  readonly entries: ReadonlyMap<string, LocatedEntry>;
}
export interface LocatedEntry {
  readonly keyOrigin: Origin;
  readonly value: Located;
}

/** The tree without positions. Objects have no prototype surprises: keys are own properties only. */
export function plainValue(tree: Located): Json {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plainValue);
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, plainValue(value)]));
}

/**
 * Where a path is written, or where its nearest existing ancestor is. Maps are shown by their key: "the section
 * `model`", not its first field.
 */
export function originOf(tree: Located, path: Path, atKey: boolean): Origin {
  let node = tree;
  let origin: Origin = tree.origin.line === null ? tree.origin : { ...tree.origin, line: 1, column: 1 };
  for (const [depth, part] of path.entries()) {
    const child = childOf(node, part);
    if (child === undefined) return origin;
    node = child.value;
    const isAsked = atKey && depth === path.length - 1;
    origin = isAsked || node.kind === 'map' ? child.keyOrigin : node.origin;
  }
  return origin;
}

/** An item of a list has no key: its own place stands for it. */
function childOf(node: Located, part: string | number): LocatedEntry | undefined {
  if (node.kind === 'map') return node.entries.get(String(part));
  const item = node.kind === 'list' ? node.items[Number(part)] : undefined;
  return item && { keyOrigin: item.origin, value: item };
}

/** Path (as printed) -> where its value was written, for every value of the tree. */
export function originsOf(tree: Located): Map<string, Origin> {
  const origins = new Map<string, Origin>();
  const visit = (node: Located, path: Path): void => {
    if (path.length > 0) origins.set(formatPath(path), node.origin);
    if (node.kind === 'list') for (const [index, item] of node.items.entries()) visit(item, [...path, index]);
    if (node.kind === 'map') for (const [key, { value }] of node.entries) visit(value, [...path, key]);
  };
  visit(tree, []);
  return origins;
}

/** The value at a path of keys; undefined where there is none. */
export function entryAt(tree: Located, path: readonly string[]): Located | undefined {
  let node: Located | undefined = tree;
  for (const part of path) node = node?.kind === 'map' ? node.entries.get(part)?.value : undefined;
  return node;
}

/** The tree with one value set; maps on the way are made where there are none. */
export function withEntry(tree: LocatedMap, path: readonly string[], value: Located): LocatedMap {
  const [key, ...rest] = path;
  if (key === undefined) return tree;
  const entry = tree.entries.get(key);
  const child: LocatedMap =
    entry?.value.kind === 'map' ? entry.value : { kind: 'map', origin: value.origin, entries: new Map() };
  const changed = rest.length === 0 ? value : withEntry(child, rest, value);
  const keyOrigin = entry !== undefined && rest.length > 0 ? entry.keyOrigin : value.origin;
  return { ...tree, entries: new Map(tree.entries).set(key, { keyOrigin, value: changed }) };
}
