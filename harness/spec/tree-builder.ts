/** A parsed YAML document -> the located tree. What a plain reader would misunderstand is an error with its place. */
import { isAlias, isMap, isScalar, isSeq, type Alias, type Document, type Node, type Pair } from 'yaml';
import type { Located, LocatedEntry } from './located.ts';
import { formatPath, specError, type Origin, type Path, type ProblemWords, type SpecError } from './problem.ts';
import { numberFault } from './yaml-number.ts';

/** Aliases followed in all, nested ones each time. Experiments have far fewer; malicious files have far more. */
const maximumAliases = 500;

const plainTags = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((tag) => `tag:yaml.org,2002:${tag}`),
);

type YamlPair = Pair<Node, Node | null>;

export interface BuildContext {
  readonly document: Document;
  readonly originAt: (offset: number) => Origin;
  readonly sources: ReadonlyMap<string, string>;
}

export class TreeBuilder {
  /** Errors that leave the tree incomplete. Checking it further would report keys as missing only because of them. */
  readonly faults: SpecError[] = [];
  /** Values that YAML reads otherwise than they look. The tree is complete and can be checked further. */
  readonly misreadings: SpecError[] = [];
  readonly #context: BuildContext;
  readonly #open = new Set<Node>();
  #aliases = 0;

  constructor(context: BuildContext) {
    this.#context = context;
  }

  build(node: Node | null, path: Path): Located {
    const offset = node?.range?.[0] ?? 0;
    const origin = this.#context.originAt(offset);
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
    this.#aliases += 1;
    // One error for all aliases beyond.
    if (this.#aliases === maximumAliases + 1)
      this.#refuse(offset, [], { expected: `at most ${maximumAliases} aliases`, found: 'more' });
    if (this.#aliases > maximumAliases) return null;
    const target = alias.resolve(this.#context.document) ?? null;
    if (target !== null && !this.#open.has(target)) return this.build(target, path);
    this.#refuse(offset, [], noAnchor(alias.source, target !== null));
    return null;
  }

  #container(node: Node, origin: Origin, path: Path): Located | null {
    this.#checkTag(node, path);
    if (isSeq(node)) {
      const items = node.items.map((item, index) => this.build(item as Node | null, [...path, index]));
      return { kind: 'list', origin, items };
    }
    if (!isMap(node)) return null;
    const entries = new Map<string, LocatedEntry>();
    for (const pair of node.items as YamlPair[]) this.#entry(pair, entries, path);
    return { kind: 'map', origin, entries };
  }

  #checkTag(node: Node, path: Path): void {
    const { tag } = node as { tag?: string };
    if (tag !== undefined && !plainTags.has(tag))
      this.#refuse(node.range?.[0] ?? 0, path, {
        expected: 'a plain value',
        found: `the YAML tag ${tag.replace('tag:yaml.org,2002:', '!!')}`,
      });
  }

  #entry({ key, value }: YamlPair, entries: Map<string, LocatedEntry>, path: Path): void {
    const offset = key.range?.[0] ?? 0;
    // The text of the key as written: `64:` is the case "64" and `1e3:` stays "1e3".
    const name = isScalar(key) ? String(key.source ?? key.value) : '';
    const fault = isScalar(key) ? keyFault(name, value, path, entries) : notPlain(path, 'a list or map as a key');
    if (fault !== null) this.#refuse(offset, name === '' ? [] : [...path, name], fault);
    else entries.set(name, this.#entryOf(value, this.#context.originAt(offset), [...path, name]));
  }

  /** `key:` with nothing behind it has no position of its own. */
  #entryOf(value: Node | null, keyOrigin: Origin, path: Path): LocatedEntry {
    const nothing: Located = { kind: 'scalar', origin: keyOrigin, value: null };
    return { keyOrigin, value: value?.range ? this.build(value, path) : nothing };
  }

  #scalar(node: Node, origin: Origin, path: Path): Located {
    const value: unknown = isScalar(node) ? node.value : null;
    const written = isScalar(node) ? (node.source ?? String(value)) : '';
    const fault = typeof value === 'number' ? numberFault(written, value) : null;
    if (fault !== null) this.misreadings.push(this.#error(node.range?.[0] ?? 0, path, fault));
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return { kind: 'scalar', origin, value: isPlain ? value : null };
  }

  #refuse(offset: number, path: Path, words: ProblemWords): void {
    this.faults.push(this.#error(offset, path, words));
  }

  #error(offset: number, path: Path, words: ProblemWords): SpecError {
    const { originAt, sources } = this.#context;
    return specError(originAt(offset), { path: path.length === 0 ? '(file)' : formatPath(path), ...words }, sources);
  }
}

function noAnchor(name: string, isOpen: boolean): ProblemWords {
  const found = isOpen ? `*${name} inside itself` : `*${name}, which is nowhere`;
  return { expected: `an anchor &${name} written before`, found };
}

function keyFault(
  name: string,
  value: Node | null,
  path: Path,
  entries: ReadonlyMap<string, LocatedEntry>,
): ProblemWords | null {
  if (name === '') return notPlain(path, 'an empty key');
  if (name === '<<') return mergeKey(value);
  // Objects of JavaScript, and so every library on the way, lose a key of this name.
  if (name === '__proto__') return { expected: 'another name', found: '__proto__, which JavaScript reserves' };
  // YAML takes `1` and `"1"` for two keys; here both are the name "1".
  return entries.has(name) ? { expected: 'each key once', found: `${name} again` } : null;
}

function notPlain(path: Path, found: string): ProblemWords {
  return { expected: `a plain key in ${formatPath(path)}`, found };
}

function mergeKey(value: Node | null): ProblemWords {
  const whose = value !== null && isAlias(value) ? `the keys of *${value.source}` : 'its keys';
  return {
    expected: 'every key written out',
    found: 'the merge key <<, which YAML 1.2 does not have',
    suggestion: `write ${whose} here, or keep shared keys in a file of their own and name it in \`extends\``,
  };
}
