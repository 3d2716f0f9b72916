/**
 * Names are how results are grouped, so two models, or two tasks, must not share one. Where an axis over a path
 * (`model.hiddenSize: [96, 192]`) makes several of one name, each gets a name of its own: `small-hidden-size-96`.
 */
import type { SweepAssignment } from './axis.ts';
import { redraft } from './draft-points.ts';
import type { Json } from './located.ts';
import type { Problem } from './problem.ts';
import type { SectionResolver } from './section-resolver.ts';
import type { DraftPoint } from './sweep-point.ts';
import { fullPath } from './trial-path.ts';
import { blame } from './trial-problems.ts';

const namedSections = ['model', 'task'] as const;
type NamedSection = (typeof namedSections)[number];

/**
 * The drafts, with derived names where `kept` (what `exclude` leaves of them) has two models or tasks of one name.
 * Where all names are unique nothing changes.
 */
export function withDerivedNames(
  drafts: readonly DraftPoint[],
  kept: readonly DraftPoint[],
  resolver: SectionResolver,
): readonly DraftPoint[] {
  return namedSections.reduce((all, section) => {
    const axesOf = namingAxes(section, kept);
    return axesOf.size === 0 ? all : renamed(section, all, axesOf, resolver);
  }, drafts);
}

function renamed(
  section: NamedSection,
  drafts: readonly DraftPoint[],
  axesOf: ReadonlyMap<string, readonly string[]>,
  resolver: SectionResolver,
): readonly DraftPoint[] {
  // The resolver remembers assignments by identity: one object a name.
  const known = new Map<Json, SweepAssignment>();
  return drafts.map((draft) => {
    const made = nameAssignment(section, axesOf, draft);
    if (made === null) return draft;
    const one = known.get(made.value) ?? made;
    known.set(made.value, one);
    return redraft(draft, [...draft.assignments, one], resolver);
  });
}

/** For every name that two sections share: the path axes that vary among the points of this name. */
function namingAxes(section: NamedSection, points: readonly DraftPoint[]): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...bearers(section, points)].flatMap(([name, group]) => {
      const axes = isShared(section, group) ? varyingAxes(section, group) : [];
      return axes.length === 0 ? [] : [[name, axes] as const];
    }),
  );
}

function bearers(section: NamedSection, points: readonly DraftPoint[]): ReadonlyMap<string, readonly DraftPoint[]> {
  const groups = new Map<string, DraftPoint[]>();
  for (const point of points) {
    const name = nameOf(section, point);
    if (name === null) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [point]);
    else group.push(point);
  }
  return groups;
}

function nameOf(section: NamedSection, { resolved }: DraftPoint): string | null {
  return resolved.spec[section]?.name ?? null;
}

function isShared(section: NamedSection, group: readonly DraftPoint[]): boolean {
  return new Set(group.map(({ resolved }) => resolved.spec[section])).size > 1;
}

function varyingAxes(section: NamedSection, group: readonly DraftPoint[]): readonly string[] {
  const values = new Map<string, Set<string>>();
  for (const { assignments } of group)
    for (const assignment of assignments.filter((one) => isPathAxis(section, one))) {
      const seen = values.get(assignment.axis) ?? new Set();
      values.set(assignment.axis, seen.add(JSON.stringify(assignment.value)));
    }
  return [...values].filter(([, seen]) => seen.size > 1).map(([axis]) => axis);
}

/** An axis named by the path it sets, below the section and other than its name. */
function isPathAxis(section: NamedSection, assignment: SweepAssignment): boolean {
  const { path } = assignment;
  return (
    assignment.section === section && assignment.axis === fullPath(assignment) && path.length > 0 && path[0] !== 'name'
  );
}

/** `model.name: small-hidden-size-96`, at the place of the axis value; null where the name needs nothing. */
function nameAssignment(
  section: NamedSection,
  axesOf: ReadonlyMap<string, readonly string[]>,
  draft: DraftPoint,
): SweepAssignment | null {
  const name = nameOf(section, draft) ?? '';
  const axes = axesOf.get(name) ?? [];
  const naming = draft.assignments.filter((one) => isPathAxis(section, one) && axes.includes(one.axis));
  const last = naming.at(-1);
  return last === undefined ? null : { ...last, path: ['name'], value: [name, ...suffixes(naming)].join('-') };
}

/** The last key of each path and its value; the whole path where two end in one key. */
function suffixes(naming: readonly SweepAssignment[]): readonly string[] {
  const keys = naming.map(({ path }) => path.at(-1) ?? '');
  return naming.map(({ path, value }, index) => {
    const key = keys[index] ?? '';
    const isUnique = keys.indexOf(key) === keys.lastIndexOf(key);
    return inName(`${isUnique ? key : path.join('-')}-${textOf(value)}`);
  });
}

function textOf(value: Json): string {
  if (typeof value === 'number' && value < 0) return `minus-${-value}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `hiddenSize-0.5` -> `hidden-size-0-5`: what the pattern of names allows. */
function inName(text: string): string {
  return text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** Two models, or two tasks, of one name. */
export function nameConflicts(points: readonly DraftPoint[]): readonly Problem[] {
  return namedSections.flatMap((section) => {
    const owners = new Map<string, object>();
    return points.flatMap((point) => {
      const value = point.resolved.spec[section];
      if (value === undefined) return [];
      const owner = owners.get(value.name) ?? value;
      owners.set(value.name, owner);
      return owner === value ? [] : [sharedName(section, value.name, point)];
    });
  });
}

function sharedName(section: NamedSection, name: string, { assignments }: DraftPoint): Problem {
  return {
    at: blame(assignments, [section]),
    path: `${section}.name`,
    expected: `a name of its own for each ${section}`,
    found: `${name} for two that differ`,
    suggestion: `set ${section}.name in each case that changes the ${section}`,
  };
}
