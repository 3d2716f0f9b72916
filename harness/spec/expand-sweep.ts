/**
 * A spec -> the points of its sweep: each resolved, validated by the schema and rules of the experiment itself, and
 * labelled. Pure. Problems point at the axis value that causes them.
 */
import { readAxes } from './axes.ts';
import type { AxisGroup } from './axis.ts';
import { draftPoints } from './draft-points.ts';
import { applyExclude, readExclude, unknownExcludeValues, type ExcludeRule, type LeftOutPoint } from './exclude.ts';
import type { ExperimentFormat, ExperimentSpec } from './format.ts';
import type { Problem } from './problem.ts';
import { nameConflicts, withDerivedNames } from './section-names.ts';
import { SectionResolver } from './section-resolver.ts';
import type { DraftPoint, SweepPoint } from './sweep-point.ts';
import { trialProblems } from './trial-problems.ts';
import { readSelect, type ReadSelect } from './read-select.ts';
import { tunePoints } from './tuning.ts';

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
  const { groups, rules, select, problems } = readSweep(spec, format);
  if (problems.length > 0) return { points: [], excluded: [], problems };
  const resolver = new SectionResolver(spec, format);
  const drafts = namedDrafts(groups, rules, spec.seeds, resolver);
  const { kept, excluded } = applyExclude(drafts, rules, spec.seeds);
  const found = [
    ...(options.isRestricted ? [] : unknownExcludeValues(rules, drafts, spec.seeds)),
    ...nothingLeft(kept, drafts),
    ...kept.flatMap((draft) => trialProblems(draft, format.kinds)),
    ...nameConflicts(kept),
  ];
  if (found.length > 0) return { points: [], excluded, problems: found };
  return { ...tunePoints(kept, select, { resolver, format }), excluded };
}

interface ReadSweep {
  readonly groups: readonly AxisGroup[];
  readonly rules: readonly ExcludeRule[];
  readonly select: ReadSelect | null;
  readonly problems: readonly Problem[];
}

/** The sweep as written; what is wrong with it by itself. */
function readSweep(spec: ExperimentSpec, format: ExperimentFormat): ReadSweep {
  const { groups, problems: axisProblems } = readAxes(spec.sweep, format);
  const problems = [...axisProblems];
  const rules = readExclude(spec.sweep, problems);
  const select = spec.select === null ? null : readSelect(spec.select, spec.sweep, { problems, format });
  problems.push(...tooManyTrials(groups, spec.seeds));
  return { groups, rules, select, problems };
}

function namedDrafts(
  groups: readonly AxisGroup[],
  rules: readonly ExcludeRule[],
  seeds: readonly number[],
  resolver: SectionResolver,
): readonly DraftPoint[] {
  const drafts = draftPoints(groups, resolver);
  return withDerivedNames(drafts, applyExclude(drafts, rules, seeds).kept, resolver);
}

function tooManyTrials(groups: readonly AxisGroup[], seeds: readonly number[]): readonly Problem[] {
  const size = groups.reduce((product, [first]) => product * (first?.cases.length ?? 0), seeds.length);
  if (size <= maximumPoints) return [];
  const expected = `at most ${maximumPoints} trials`;
  return [{ at: ['sweep', 'axes'], atKey: true, path: 'sweep.axes', expected, found: String(size) }];
}

function nothingLeft(kept: readonly DraftPoint[], drafts: readonly DraftPoint[]): readonly Problem[] {
  if (kept.length > 0) return [];
  return [
    {
      at: ['sweep', 'exclude'],
      atKey: true,
      path: 'sweep.exclude',
      expected: 'at least one trial to remain',
      found: `all ${drafts.length} points left out`,
    },
  ];
}
