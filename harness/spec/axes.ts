/**
 * `sweep.axes`, `zip` and `exclude` as written -> axes with labelled cases, groups that advance together, and rules;
 * each path checked against the format.
 */
import type { SweepSpec } from './experiment-schema.ts';
import type { Json } from './located.ts';
import { describeValue, formatPath, type Path, type Problem } from './problem.ts';
import { pathsEndingIn, unknownPart } from './schema-keys.ts';
import type { Assignment } from './section-resolver.ts';
import { didYouMean } from './suggest.ts';
import { sectionNames, type ExperimentFormat, type SectionName } from './format.ts';
import { canonicalAxisNames } from './trial-spec.ts';

export type Label = string | number;
export interface AxisCase {
  readonly label: Label;
  readonly assignments: readonly SweepAssignment[];
}
export interface SweepAssignment extends Assignment {
  readonly axis: string;
  readonly label: Label;
}
export interface Axis {
  readonly name: string;
  readonly cases: readonly AxisCase[];
}
/** Axes that advance together; one axis is a group of its own. */
export type AxisGroup = readonly Axis[];

export function readAxes(
  sweep: SweepSpec,
  format: ExperimentFormat,
): {
  readonly groups: readonly AxisGroup[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const axes = Object.entries(sweep.axes).map(([name, written]) => readAxis(name, written, { problems, format }));
  problems.push(...overwritten(axes));
  const groups = groupAxes(axes, sweep.zip, problems);
  return { groups, problems };
}

interface Checking {
  readonly problems: Problem[];
  readonly format: ExperimentFormat;
}

function readAxis(name: string, written: SweepSpec['axes'][string], checking: Checking): Axis {
  const at = ['sweep', 'axes', name];
  if (Array.isArray(written)) {
    const section = knownSection(name, at, checking, true);
    if (section === null) return { name, cases: [] };
    return {
      name,
      cases: (written as readonly Json[]).map((value, index) => {
        const label = labelOf(value);
        return {
          label,
          assignments: [{ section, path: name.split('.').slice(1), value, at: [...at, index], axis: name, label }],
        };
      }),
    };
  }
  const cases = Object.entries(written as Readonly<Record<string, Readonly<Record<string, Json>>>>);
  if (cases.length === 0)
    checking.problems.push({ at, path: formatPath(at), expected: 'at least one case', found: 'an empty map' });
  return {
    name,
    cases: cases.map(([caseName, overrides]) => {
      const label = numberOrText(caseName);
      return {
        label,
        assignments: Object.entries(overrides).flatMap(([path, value]) => {
          const section = knownSection(path, [...at, caseName, path], checking);
          return section === null
            ? []
            : [{ section, path: path.split('.').slice(1), value, at: [...at, caseName, path], axis: name, label }];
        }),
      };
    }),
  };
}

/** The section a dotted path lies in; null (and a problem) where a trial has no such path. */
export function knownSection(
  path: string,
  at: Path,
  { problems, format }: Checking,
  isAxisName = false,
): SectionName | null {
  const segments = path.split('.');
  const unknown = unknownPart(format.trial, segments);
  if (unknown === null) return segments[0] as SectionName;
  const before = segments.slice(0, unknown.depth).join('.');
  const expected =
    unknown.depth === 0
      ? `${isAxisName ? 'an axis over a list to be named by a path' : 'a path'} that begins with ${sectionNames.join(', ')}`
      : unknown.allowed.length === 0
        ? `nothing below ${before}, which has no keys`
        : `one of ${unknown.allowed.map((key) => `${before}.${key}`).join(', ')}`;
  const near = didYouMean(unknown.key, unknown.allowed);
  const elsewhere = pathsEndingIn(format.trial, segments.at(-1) ?? '').slice(0, 3);
  const suggestion =
    near === null
      ? elsewhere.length === 0
        ? null
        : `did you mean ${elsewhere.join(' or ')}?`
      : `did you mean ${[...segments.slice(0, unknown.depth), near.slice('did you mean '.length, -1), ...segments.slice(unknown.depth + 1)].join('.')}?`;
  problems.push({
    at,
    atKey: true,
    path: formatPath(at.slice(0, -1)),
    expected,
    found: path,
    ...(suggestion === null ? {} : { suggestion }),
  });
  return null;
}

function labelOf(value: Json): Label {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const kind = 'kind' in value && Object.keys(value).length === 1 ? value.kind : null;
  return typeof kind === 'string' ? kind : JSON.stringify(value);
}

function numberOrText(name: string): Label {
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(name) ? Number(name) : name;
}

/**
 * A later axis may go deeper into what an earlier one set (`model: {...}`, then `model.layers`), never over it: that
 * would hide the earlier axis.
 */
function overwritten(axes: readonly Axis[]): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [index, axis] of axes.entries()) {
    for (const { assignments } of axis.cases)
      for (const assignment of assignments) {
        const path = fullPath(assignment);
        const earlier = axes
          .slice(0, index)
          .find((other) =>
            other.cases.some((one) => one.assignments.some((before) => `${fullPath(before)}.`.startsWith(`${path}.`))),
          );
        if (earlier)
          problems.push({
            at: assignment.at,
            atKey: true,
            path: formatPath(['sweep', 'axes', axis.name]),
            expected: `a path that no earlier axis sets`,
            found: `${path}, which the axis ${earlier.name} sets`,
            suggestion: 'each trial would have the later value only',
          });
      }
  }
  return problems;
}

export function fullPath({ section, path }: Pick<Assignment, 'section' | 'path'>): string {
  return [section, ...path].join('.');
}

function groupAxes(axes: readonly Axis[], zip: SweepSpec['zip'], problems: Problem[]): readonly AxisGroup[] {
  const names = axes.map(({ name }) => name);
  const zipped = new Map<string, AxisGroup>();
  for (const [index, members] of zip.entries()) {
    const group = members.flatMap((name, position) => {
      const at = ['sweep', 'zip', index, position];
      const axis = axes.find((one) => one.name === name);
      if (axis === undefined)
        problems.push({
          at,
          path: formatPath(at),
          expected:
            names.length === 0 ? 'the name of an axis, and there is none' : `one of the axes ${names.join(', ')}`,
          found: describeValue(name),
          ...hint(didYouMean(name, names)),
        });
      else if (zipped.has(name) || members.indexOf(name) < position)
        problems.push({
          at,
          path: formatPath(at),
          expected: 'each axis in one zip group, once',
          found: `${name} again`,
        });
      return axis === undefined ? [] : [axis];
    });
    const lengths = group.map(({ name, cases }) => `${name} has ${cases.length}`);
    if (new Set(group.map(({ cases }) => cases.length)).size > 1)
      problems.push({
        at: ['sweep', 'zip', index],
        path: formatPath(['sweep', 'zip', index]),
        expected: 'axes of equal length',
        found: lengths.join(', '),
      });
    for (const { name } of group) zipped.set(name, group);
  }
  return [...new Set(axes.map((axis) => zipped.get(axis.name) ?? [axis]))];
}

export interface ExcludeRule {
  readonly index: number;
  readonly text: string;
  readonly conditions: readonly { readonly axis: string; readonly values: readonly string[] }[];
}

/** @returns Rules with their values as text: the label 64 and the value 64 are one. */
export function readExclude(sweep: SweepSpec, problems: Problem[]): readonly ExcludeRule[] {
  const known = [...Object.keys(sweep.axes), ...canonicalAxisNames, 'seed'];
  return sweep.exclude.map((entry, index) => {
    if (Object.keys(entry).length === 0)
      problems.push({
        at: ['sweep', 'exclude', index],
        path: formatPath(['sweep', 'exclude', index]),
        expected: 'at least one axis',
        found: 'an empty map, which would leave out everything',
      });
    const conditions = Object.entries(entry).map(([axis, written]) => {
      const at = ['sweep', 'exclude', index, axis];
      if (!known.includes(axis))
        problems.push({
          at,
          atKey: true,
          path: formatPath(at),
          expected: `one of the axes ${known.join(', ')}`,
          found: axis,
          ...hint(didYouMean(axis, known)),
        });
      return { axis, values: (Array.isArray(written) ? written : [written]).map(String) };
    });
    return {
      index,
      conditions,
      text: `exclude[${index}]: ${conditions.map(({ axis, values }) => `${axis} = ${values.join(' or ')}`).join(', ')}`,
    };
  });
}

export function hint(suggestion: string | null): { suggestion?: string } {
  return suggestion === null ? {} : { suggestion };
}
