/** Groups of axes -> every combination of their cases, resolved but not yet validated. */
import type { AxisGroup, Label, SweepAssignment } from './axis.ts';
import type { SectionResolver } from './section-resolver.ts';
import type { DraftPoint } from './sweep-point.ts';
import type { TrialSpec } from './format.ts';
import { canonicalAxes } from './trial-spec.ts';

interface ChosenCase {
  readonly axis: string;
  readonly label: Label;
  readonly assignments: readonly SweepAssignment[];
}
type Choice = readonly ChosenCase[];

/** All points of a sweep. The first axis varies slowest. */
export function draftPoints(groups: readonly AxisGroup[], resolver: SectionResolver): readonly DraftPoint[] {
  return combinations(groups).map((choice) => {
    const declared = Object.fromEntries(choice.map(({ axis, label }) => [axis, label]));
    const assignments = choice.flatMap((one) => one.assignments);
    return { declared, ...resolve(assignments, resolver), excludedSeeds: new Set() };
  });
}

/** The same point with other assignments. */
export function redraft(
  draft: DraftPoint,
  assignments: readonly SweepAssignment[],
  resolver: SectionResolver,
): DraftPoint {
  return { ...draft, ...resolve(assignments, resolver) };
}

function resolve(
  assignments: readonly SweepAssignment[],
  resolver: SectionResolver,
): Pick<DraftPoint, 'assignments' | 'resolved' | 'axes'> {
  const resolved = resolver.resolve(assignments);
  const { arms } = resolver.format.kinds;
  const axes = resolved.isComplete ? canonicalAxes(resolved.spec as TrialSpec, arms) : null;
  return { assignments, resolved, axes };
}

function combinations(groups: readonly AxisGroup[]): readonly Choice[] {
  return groups.reduce<readonly Choice[]>(
    (choices, group) => {
      const steps = stepsOf(group);
      return choices.flatMap((choice) => steps.map((step) => [...choice, ...step]));
    },
    [[]],
  );
}

/** The cases that zipped axes take together. */
function stepsOf(group: AxisGroup): readonly Choice[] {
  const length = group[0]?.cases.length ?? 0;
  return Array.from({ length }, (_, index) =>
    group.flatMap(({ name, cases }) => {
      const one = cases[index];
      return one === undefined ? [] : [{ axis: name, label: one.label, assignments: one.assignments }];
    }),
  );
}
