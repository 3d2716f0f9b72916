/** `sweep.axes` and `zip` as written -> axes with labelled cases. Each path is checked against the format. */
import { zipAxes } from './axis-groups.ts';
import type { SweepSpec } from './experiment-schema.ts';
import type { Json } from './located.ts';
import type { Axis, AxisGroup, Label } from './axis.ts';
import { formatPath, type Path, type Problem } from './problem.ts';
import type { Assignment } from './section-resolver.ts';
import type { ExperimentFormat } from './format.ts';
import { fullPath, isWithin, knownSection, type Checking } from './trial-path.ts';

type Overrides = Readonly<Record<string, Json>>;

export function readAxes(
  sweep: SweepSpec,
  format: ExperimentFormat,
): {
  readonly groups: readonly AxisGroup[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const checking = { problems, format };
  const axes = Object.entries(sweep.axes).map(([name, written]) =>
    Array.isArray(written)
      ? pathAxis(name, written as readonly Json[], checking)
      : caseAxis(name, written as Readonly<Record<string, Overrides>>, checking),
  );
  problems.push(...overwritten(axes));
  const groups = zipAxes(axes, sweep.zip, problems);
  return { groups, problems };
}

/** `finetune.samples: [64, 256]`. */
function pathAxis(name: string, values: readonly Json[], checking: Checking): Axis {
  const at = ['sweep', 'axes', name];
  const section = knownSection(name, at, checking, true);
  if (section === null) return { name, cases: [] };
  const path = name.split('.').slice(1);
  const cases = values.map((value, index) => {
    const label = labelOf(value);
    return { label, assignments: [{ section, path, value, at: [...at, index], axis: name, label }] };
  });
  return { name, cases };
}

/** `pretraining: {none: {...}, pmp-512: {...}}`. */
function caseAxis(name: string, written: Readonly<Record<string, Overrides>>, checking: Checking): Axis {
  const at = ['sweep', 'axes', name];
  checking.problems.push(...caseProblems(Object.keys(written), at));
  const cases = Object.entries(written).map(([caseName, overrides]) => {
    const label = numberOrText(caseName);
    const set = caseAssignments(overrides, [...at, caseName], checking);
    return { label, assignments: set.map((one) => ({ ...one, axis: name, label })) };
  });
  return { name, cases };
}

function caseProblems(names: readonly string[], at: Path): readonly Problem[] {
  if (names.length > 0) return repeatedLabels(names, at);
  return [{ at, path: formatPath(at), expected: 'at least one case', found: 'an empty map' }];
}

function caseAssignments(overrides: Overrides, at: Path, checking: Checking): readonly Assignment[] {
  return Object.entries(overrides).flatMap(([path, value]) => {
    const place = [...at, path];
    const section = knownSection(path, place, checking);
    return section === null ? [] : [{ section, path: path.split('.').slice(1), value, at: place }];
  });
}

/** The cases `1` and `1.0` would be one point in every table. */
function repeatedLabels(names: readonly string[], at: Path): readonly Problem[] {
  const labels = names.map(numberOrText);
  return names.flatMap((name, index) => {
    const first = names[labels.indexOf(labels[index] ?? '')] ?? name;
    if (first === name) return [];
    const place = [...at, name];
    const found = `${name}, the same number as ${first}`;
    return [{ at: place, atKey: true, path: formatPath(place), expected: 'each case once', found }];
  });
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
 * A later axis may go deeper into what an earlier one set (`model: {...}`, then `model.layers`). It may not set the
 * same again: that would hide the earlier axis.
 */
function overwritten(axes: readonly Axis[]): readonly Problem[] {
  return axes.flatMap((axis, index) =>
    axis.cases.flatMap(({ assignments }) =>
      assignments.flatMap((assignment) => {
        const earlier = axes.slice(0, index).find((other) => setsBelow(other, fullPath(assignment)));
        return earlier === undefined ? [] : [overwrites(axis, assignment, earlier)];
      }),
    ),
  );
}

/** Whether the axis sets this path or one below it. */
function setsBelow({ cases }: Axis, path: string): boolean {
  return cases.some(({ assignments }) => assignments.some((one) => isWithin(fullPath(one), path)));
}

function overwrites(axis: Axis, assignment: Assignment, earlier: Axis): Problem {
  return {
    at: assignment.at,
    atKey: true,
    path: formatPath(['sweep', 'axes', axis.name]),
    expected: 'a path that no earlier axis sets',
    found: `${fullPath(assignment)}, which the axis ${earlier.name} sets`,
    suggestion: 'each trial would have the later value only',
  };
}
