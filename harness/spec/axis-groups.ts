/** `sweep.zip`: groups of axes that advance together. */
import type { Axis, AxisGroup } from './axis.ts';
import type { SweepSpec } from './experiment-schema.ts';
import { describeValue, formatPath, hint, type Path, type Problem } from './problem.ts';
import { didYouMean } from './suggest.ts';

/** Every axis in its group, an axis that is zipped with no other in a group of its own. */
export function zipAxes(axes: readonly Axis[], zip: SweepSpec['zip'], problems: Problem[]): readonly AxisGroup[] {
  const zipped = new Map<string, AxisGroup>();
  for (const [index, members] of zip.entries()) {
    const at = ['sweep', 'zip', index];
    problems.push(...memberProblems(members, axes, zipped, at));
    const group = members.flatMap((name) => axes.find((axis) => axis.name === name) ?? []);
    problems.push(...unequalLengths(group, at));
    for (const { name } of group) zipped.set(name, group);
  }
  return [...new Set(axes.map((axis) => zipped.get(axis.name) ?? [axis]))];
}

function memberProblems(
  members: readonly string[],
  axes: readonly Axis[],
  zipped: ReadonlyMap<string, AxisGroup>,
  group: Path,
): readonly Problem[] {
  return members.flatMap((name, position) => {
    const at = [...group, position];
    if (!axes.some((axis) => axis.name === name)) return [unknownAxis(name, axes, at)];
    if (!zipped.has(name) && members.indexOf(name) === position) return [];
    return [{ at, path: formatPath(at), expected: 'each axis in one zip group, once', found: `${name} again` }];
  });
}

function unknownAxis(name: string, axes: readonly Axis[], at: Path): Problem {
  const names = axes.map((axis) => axis.name);
  return {
    at,
    path: formatPath(at),
    expected: names.length === 0 ? 'the name of an axis, and there is none' : `one of the axes ${names.join(', ')}`,
    found: describeValue(name),
    ...hint(didYouMean(name, names)),
  };
}

function unequalLengths(group: AxisGroup, at: Path): readonly Problem[] {
  if (new Set(group.map(({ cases }) => cases.length)).size <= 1) return [];
  const found = group.map(({ name, cases }) => `${name} has ${cases.length}`).join(', ');
  return [{ at, path: formatPath(at), expected: 'axes of equal length', found }];
}
