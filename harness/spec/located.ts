/**
 * YAML text -> a tree of plain values that remembers where each key and value was written. YAML 1.2 core; nothing is
 * coerced.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Alias,
  type Document,
  type Node,
  type Pair,
} from 'yaml';
import { formatPath, type Origin, type Path, type SpecError, specError } from './problem.ts';

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

/** Aliases followed in all, nested ones each time: far above any experiment and far below an alias bomb. */
const maximumAliases = 500;

export type ReadResult =
  { readonly ok: true; readonly tree: LocatedMap } | { readonly ok: false; readonly errors: SpecError[] };

/** One YAML file -> a located map, or its syntax errors. */
export function readLocated(text: string, file: string): ReadResult {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const originAt = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const sources = new Map([[file, text]]);
  const refuse = (offset: number, expected: string, found: string, suggestion?: string): SpecError =>
    specError(
      originAt(offset),
      { path: '(file)', expected, found, ...(suggestion === undefined ? {} : { suggestion }) },
      sources,
    );
  const faults = [...document.errors, ...document.warnings].map((fault) => {
    const [expected, found, suggestion] = explainSyntax(fault.code, fault.message, text.slice(...fault.pos));
    return refuse(fault.pos[0], expected, found, suggestion);
  });
  if (faults.length > 0) return { ok: false, errors: faults };
  const root = document.contents;
  if (root === null) return { ok: false, errors: [refuse(0, 'an experiment (a map of keys)', 'an empty file')] };
  if (!isMap(root))
    return {
      ok: false,
      errors: [refuse(root.range?.[0] ?? 0, 'an experiment (a map of keys)', isSeq(root) ? 'a list' : 'plain text')],
    };
  const builder = new TreeBuilder(document, originAt, refuse);
  const tree = builder.build(root, []);
  return builder.errors.length > 0 || tree.kind !== 'map' ? { ok: false, errors: builder.errors } : { ok: true, tree };
}

function explainSyntax(code: string, message: string, text: string): [string, string, string?] {
  if (code === 'DUPLICATE_KEY') return ['each key once', 'the same key again'];
  if (code === 'TAB_AS_INDENT') return ['spaces', 'a tab as indentation', 'YAML is indented with spaces only'];
  if (code === 'MULTIPLE_DOCS') return ['one experiment a file', 'a second document (---)'];
  if (code === 'TAG_RESOLVE_FAILED') return ['a plain value', `the YAML tag ${text.split(/\s/)[0]}`];
  return ['valid YAML', message.replace(/\.$/, '')];
}

class TreeBuilder {
  readonly errors: SpecError[] = [];
  readonly #document: Document;
  readonly #originAt: (offset: number) => Origin;
  readonly #refuse: (offset: number, expected: string, found: string) => SpecError;
  readonly #open = new Set<Node>();
  #aliases = 0;

  constructor(
    document: Document,
    originAt: (offset: number) => Origin,
    refuse: (offset: number, expected: string, found: string) => SpecError,
  ) {
    this.#document = document;
    this.#originAt = originAt;
    this.#refuse = refuse;
  }

  build(node: Node | null, path: Path): Located {
    const offset = node?.range?.[0] ?? 0;
    const origin = this.#originAt(offset);
    const nothing: Located = { kind: 'scalar', origin, value: null };
    if (node === null) return nothing;
    if (isAlias(node)) return this.#follow(node, offset, path) ?? nothing;
    if (this.#open.has(node)) return nothing;
    this.#open.add(node);
    const located = this.#container(node, origin, path) ?? this.#scalar(node, origin, path);
    this.#open.delete(node);
    return located;
  }

  #follow(alias: Alias, offset: number, path: Path): Located | null {
    const name = alias.source;
    this.#aliases += 1;
    if (this.#aliases > maximumAliases) {
      if (this.#aliases === maximumAliases + 1)
        this.errors.push(this.#refuse(offset, `at most ${maximumAliases} aliases`, 'more'));
      return null;
    }
    const target = alias.resolve(this.#document) ?? null;
    if (target !== null && !this.#open.has(target)) return this.build(target, path);
    this.errors.push(
      this.#refuse(
        offset,
        `an anchor &${name} written before`,
        target === null ? `*${name}, which is nowhere` : `*${name} inside itself`,
      ),
    );
    return null;
  }

  #container(node: Node, origin: Origin, path: Path): Located | null {
    if (isSeq(node))
      return {
        kind: 'list',
        origin,
        items: node.items.map((item, index) => this.build(item as Node | null, [...path, index])),
      };
    if (!isMap(node)) return null;
    const entries = new Map<string, LocatedEntry>();
    for (const pair of node.items as Pair<Node, Node | null>[]) this.#entry(pair, entries, path);
    return { kind: 'map', origin, entries };
  }

  #entry({ key, value }: Pair<Node, Node | null>, entries: Map<string, LocatedEntry>, path: Path): void {
    const offset = key.range?.[0] ?? 0;
    // The text of the key as written: `64:` is the case "64" and `1e3:` stays "1e3".
    const name = isScalar(key) ? String(key.source ?? key.value) : null;
    if (name === null || name === '') {
      this.errors.push(
        this.#refuse(
          offset,
          `a plain key in ${formatPath(path)}`,
          name === '' ? 'an empty key' : 'a list or map as a key',
        ),
      );
      return;
    }
    const keyOrigin = this.#originAt(offset);
    // `key:` with nothing behind it has no position of its own.
    const located = value?.range
      ? this.build(value, [...path, name])
      : { kind: 'scalar' as const, origin: keyOrigin, value: null };
    entries.set(name, { keyOrigin, value: located });
  }

  #scalar(node: Node, origin: Origin, path: Path): Located {
    const value: unknown = isScalar(node) ? node.value : null;
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return { kind: 'scalar', origin, value };
    this.errors.push(
      this.#refuse(node.range?.[0] ?? 0, `text, a number, true, false or null at ${formatPath(path)}`, typeof value),
    );
    return { kind: 'scalar', origin, value: null };
  }
}

/** The tree without positions. Objects have no prototype surprises: keys are own properties only. */
export function plainValue(tree: Located): Json {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plainValue);
  return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, plainValue(value)]));
}

/** A plain value written all at one place (a command line override). */
export function locatedFrom(value: Json, origin: Origin): Located {
  if (Array.isArray(value))
    return { kind: 'list', origin, items: value.map((item: Json) => locatedFrom(item, origin)) };
  if (value === null || typeof value !== 'object') return { kind: 'scalar', origin, value: value as Scalar };
  return {
    kind: 'map',
    origin,
    entries: new Map(
      Object.entries(value).map(([key, item]) => [
        key,
        { keyOrigin: origin, value: locatedFrom(item as Json, origin) },
      ]),
    ),
  };
}

/**
 * Where a path is written, or where its nearest existing ancestor is. Maps are shown by their key: "the section
 * `model`", not its first field.
 */
export function originOf(tree: Located, path: Path, atKey: boolean): Origin {
  let node = tree;
  let origin: Origin = tree.origin.line === null ? tree.origin : { ...tree.origin, line: 1, column: 1 };
  for (const [depth, part] of path.entries()) {
    const isLast = depth === path.length - 1;
    if (node.kind === 'list') {
      const item = node.items[Number(part)];
      if (item === undefined) return origin;
      [node, origin] = [item, item.origin];
      continue;
    }
    const entry = node.kind === 'map' ? node.entries.get(String(part)) : undefined;
    if (entry === undefined) return origin;
    node = entry.value;
    origin = (isLast && atKey) || node.kind === 'map' ? entry.keyOrigin : node.origin;
  }
  return origin;
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
