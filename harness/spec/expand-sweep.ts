/**
 * A spec -> the points of its sweep, each resolved, validated by the same schema and rules as the experiment itself,
 * and labelled. Pure; problems point at the axis value that causes them.
 */
import {
  hint,
  readAxes,
  readExclude,
  type AxisGroup,
  type ExcludeRule,
  type Label,
  type SweepAssignment,
} from './axes.ts';
import type { ExperimentFormat, ExperimentSpec, TrialSpec } from './format.ts';
import { formatPath, type Problem } from './problem.ts';
import { SectionResolver } from './section-resolver.ts';
import { didYouMean } from './suggest.ts';
import type { DraftPoint, SweepPoint } from './sweep-point.ts';
import { blame, trialProblems } from './trial-problems.ts';
import { canonicalAxes } from './trial-spec.ts';
import { readSelect, tunePoints } from './tuning.ts';

export interface LeftOutPoint {
  readonly axes: Readonly<Record<string, Label>>;
  readonly rule: string;
}

export interface Expansion {
  readonly points: readonly SweepPoint[];
  readonly excluded: readonly LeftOutPoint[];
  readonly problems: readonly Problem[];
}

const maximumPoints = 100_000;

/** @param options.isRestricted Overrides may have removed axis values that `exclude` names; they are then no error. */
export function expandSweep(
  spec: ExperimentSpec,
  format: ExperimentFormat,
  options: { readonly isRestricted: boolean } = { isRestricted: true },
): Expansion {
  const { groups, problems: axisProblems } = readAxes(spec.sweep, format);
  const problems: Problem[] = [...axisProblems];
  const rules = readExclude(spec.sweep, problems);
  const select = spec.select === null ? null : readSelect(spec.select, spec.sweep, { problems, format });
  const size = groups.reduce((product, [first]) => product * (first?.cases.length ?? 0), 1);
  if (size * spec.seeds.length > maximumPoints)
    problems.push({
      at: ['sweep', 'axes'],
      atKey: true,
      path: 'sweep.axes',
      expected: `at most ${maximumPoints} trials`,
      found: `${size * spec.seeds.length}`,
    });
  if (problems.length > 0) return { points: [], excluded: [], problems };

  const resolver = new SectionResolver(spec, format);
  const drafts = combinations(groups).map((choice) => draftPoint(choice, resolver, format));
  if (!options.isRestricted) problems.push(...unknownExcludeValues(rules, drafts, spec.seeds));
  const { kept, excluded } = applyExclude(drafts, rules, spec.seeds);
  if (kept.length === 0)
    problems.push({
      at: ['sweep', 'exclude'],
      atKey: true,
      path: 'sweep.exclude',
      expected: 'at least one trial to remain',
      found: `all ${drafts.length} points left out`,
    });
  problems.push(...kept.flatMap((draft) => trialProblems(draft, format.kinds)), ...nameConflicts(kept));
  if (problems.length > 0) return { points: [], excluded, problems };
  const tuned = tunePoints(kept, select, { resolver, format });
  return { points: tuned.points, excluded, problems: tuned.problems };
}

type Choice = readonly {
  readonly axis: string;
  readonly label: Label;
  readonly assignments: readonly SweepAssignment[];
}[];

/** The first axis varies slowest. */
function combinations(groups: readonly AxisGroup[]): readonly Choice[] {
  return groups.reduce<readonly Choice[]>(
    (choices, group) => {
      const length = group[0]?.cases.length ?? 0;
      const steps = Array.from({ length }, (_, index) =>
        group.flatMap(({ name, cases }) => {
          const one = cases[index];
          return one === undefined ? [] : [{ axis: name, label: one.label, assignments: one.assignments }];
        }),
      );
      return choices.flatMap((choice) => steps.map((step) => [...choice, ...step]));
    },
    [[]],
  );
}

function draftPoint(choice: Choice, resolver: SectionResolver, { kinds }: ExperimentFormat): DraftPoint {
  const assignments = choice.flatMap((one) => one.assignments);
  const resolved = resolver.resolve(assignments);
  return {
    declared: Object.fromEntries(choice.map(({ axis, label }) => [axis, label])),
    assignments,
    resolved,
    axes: resolved.isComplete ? canonicalAxes(resolved.spec as TrialSpec, kinds.arms) : null,
    excludedSeeds: new Set(),
  };
}

/** Declared labels stand before canonical axes of the same name. */
function valueOf(point: DraftPoint, axis: string): Label | undefined {
  return point.declared[axis] ?? (point.axes as Readonly<Record<string, Label>> | null)?.[axis];
}

function applyExclude(
  drafts: readonly DraftPoint[],
  rules: readonly ExcludeRule[],
  seeds: readonly number[],
): { kept: readonly DraftPoint[]; excluded: readonly LeftOutPoint[] } {
  const excluded: LeftOutPoint[] = [];
  const kept = drafts.flatMap((point) => {
    const matching = rules.filter(({ conditions }) =>
      conditions.every(({ axis, values }) => axis === 'seed' || values.includes(String(valueOf(point, axis)))),
    );
    const whole = matching.find(({ conditions }) => conditions.every(({ axis }) => axis !== 'seed'));
    const where = { ...point.declared };
    if (whole) {
      excluded.push({ axes: where, rule: whole.text });
      return [];
    }
    const bySeed = matching.flatMap((rule) => seedsOf(rule, seeds).map((seed) => [seed, rule.text] as const));
    const excludedSeeds = new Map(bySeed);
    for (const [seed, rule] of excludedSeeds) excluded.push({ axes: { ...where, seed }, rule });
    return excludedSeeds.size === seeds.length ? [] : [{ ...point, excludedSeeds: new Set(excludedSeeds.keys()) }];
  });
  return { kept, excluded };
}

function seedsOf(rule: ExcludeRule, seeds: readonly number[]): readonly number[] {
  const wanted = new Set(rule.conditions.flatMap(({ axis, values }) => (axis === 'seed' ? values : [])));
  return seeds.filter((seed) => wanted.has(String(seed)));
}

function unknownExcludeValues(
  rules: readonly ExcludeRule[],
  drafts: readonly DraftPoint[],
  seeds: readonly number[],
): readonly Problem[] {
  const seen = (axis: string): readonly string[] => [
    ...new Set(axis === 'seed' ? seeds.map(String) : drafts.map((point) => String(valueOf(point, axis)))),
  ];
  return rules.flatMap(({ index, conditions }) =>
    conditions.flatMap(({ axis, values }) => {
      const known = seen(axis);
      return values
        .filter((value) => !known.includes(value))
        .map((value) => {
          const at = ['sweep', 'exclude', index, axis];
          return {
            at,
            path: formatPath(at),
            expected: `a value that ${axis} takes: ${known.join(', ')}`,
            found: value,
            ...hint(didYouMean(value, known)),
          };
        });
    }),
  );
}

/** Names are how results are grouped: two models, or two tasks, must not share one. */
function nameConflicts(points: readonly DraftPoint[]): readonly Problem[] {
  return (['model', 'task'] as const).flatMap((section) => {
    const owners = new Map<string, object>();
    return points.flatMap(({ resolved, assignments }) => {
      const value = resolved.spec[section];
      if (value === undefined) return [];
      const owner = owners.get(value.name) ?? value;
      owners.set(value.name, owner);
      if (owner === value) return [];
      return [
        {
          at: blame(assignments, [section]),
          path: `${section}.name`,
          expected: `a name of its own for each ${section}`,
          found: `${value.name} for two that differ`,
          suggestion: `vary ${section}s by named cases that set ${section}.name too`,
        },
      ];
    });
  });
}
