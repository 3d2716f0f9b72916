/**
 * Sections of trials, parsed once: a sweep of ten thousand trials has a few dozen distinct sections. Equal sections are
 * the same object, so that later work (fingerprints, costs, duplicates) can be remembered by identity.
 */
import { deepFreeze } from './deep-freeze.ts';
import type { Json } from './located.ts';
import type { Path, Problem } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import { DerivedSections, type WrittenTrial } from './derived-sections.ts';
import { sectionNames, type ExperimentFormat, type SectionName, type TrialSpec } from './format.ts';

/** One value set by an axis, `select.at` or `select.over`. The object itself is the memory key: create each once. */
export interface Assignment {
  readonly section: SectionName;
  /** Path below the section; empty = the whole section. */
  readonly path: readonly string[];
  readonly value: Json;
  /** Where it is written, for errors. */
  readonly at: Path;
}

/** `value` is undefined where the section did not parse; null is a value. */
export interface ResolvedSection {
  readonly value: object | null | undefined;
  readonly problems: readonly Problem[];
}

/** `spec` lacks the sections that did not parse; `isComplete` says that none does. */
export interface ResolvedTrial {
  readonly spec: Partial<TrialSpec>;
  readonly isComplete: boolean;
  readonly problems: readonly Problem[];
}

interface Node {
  readonly raw: Json;
  resolved: ResolvedSection | null;
  readonly next: Map<Assignment, Node>;
}

export class SectionResolver {
  readonly #roots: Readonly<Record<SectionName, Node>>;
  readonly #interned = new Map<string, object>();
  readonly format: ExperimentFormat;
  readonly #derived: DerivedSections;

  constructor(base: Readonly<Partial<Record<SectionName, unknown>>>, format: ExperimentFormat) {
    this.format = format;
    this.#derived = new DerivedSections(format.kinds);
    this.#roots = Object.fromEntries(
      sectionNames.map((name) => [name, { raw: base[name] as Json, resolved: null, next: new Map() }]),
    ) as unknown as Record<SectionName, Node>;
  }

  resolve(assignments: readonly Assignment[]): ResolvedTrial {
    const sections = this.#sections(assignments);
    const parsed = sections.filter(([, { value }]) => value !== undefined);
    const written = Object.fromEntries(parsed.map(([name, { value }]) => [name, value])) as Partial<WrittenTrial>;
    const { spec, problems } = this.#derived.complete(written);
    return {
      spec,
      isComplete: sectionNames.every((name) => spec[name] !== undefined),
      problems: [...sections.flatMap(([, section]) => section.problems), ...problems],
    };
  }

  #sections(assignments: readonly Assignment[]): readonly (readonly [SectionName, ResolvedSection])[] {
    const nodes: Record<SectionName, Node> = { ...this.#roots };
    for (const assignment of assignments) nodes[assignment.section] = follow(nodes[assignment.section], assignment);
    return sectionNames.map((name) => [name, this.#section(name, nodes[name])]);
  }

  #section(name: SectionName, node: Node): ResolvedSection {
    node.resolved ??= this.#parse(name, node.raw);
    return node.resolved;
  }

  #parse(name: SectionName, raw: Json): ResolvedSection {
    const schema = this.format.sections[name];
    const parsed = schema.safeParse(raw);
    if (!parsed.success) return { value: undefined, problems: schemaProblems(schema, raw, [name]) };
    if (parsed.data === null) return { value: null, problems: [] };
    const key = `${name} ${JSON.stringify(parsed.data)}`;
    const value = this.#interned.get(key) ?? deepFreeze(parsed.data as object);
    this.#interned.set(key, value);
    return { value, problems: [] };
  }
}

function follow(node: Node, assignment: Assignment): Node {
  let next = node.next.get(assignment);
  if (next === undefined)
    node.next.set(
      assignment,
      (next = { raw: withValue(node.raw, assignment.path, assignment.value), resolved: null, next: new Map() }),
    );
  return next;
}

/** The value at the path is replaced whole, whatever kind it had before. */
function withValue(base: Json, path: readonly string[], value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const fields =
    typeof base === 'object' && base !== null && !Array.isArray(base) ? (base as Readonly<Record<string, Json>>) : {};
  return { ...fields, [key]: withValue(fields[key] ?? null, rest, value) };
}
