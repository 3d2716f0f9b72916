/**
 * A spec -> the points of its sweep: each resolved, validated by the schema and rules of the experiment itself, and
 * labelled. Pure. Problems point at the axis value that causes them.
 */
import { readAxes } from './axes.ts';
import type { AxisGroup } from './axis.ts';
import { claimProblems } from './claim.ts';
import { draftPoints } from './draft-points.ts';
import { applyExclude, readExclude, unknownExcludeValues, type ExcludeRule, type LeftOutPoint } from './exclude.ts';
import type { ExperimentFormat, ExperimentSpec } from './format.ts';
import type { SpecKinds } from './kind.ts';
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

/** @param options `isRestricted`: overrides may have removed axis values, so `exclude` may name those that are gone. */
export function expandSweep(
  spec: ExperimentSpec,
  format: ExperimentFormat,
  { isRestricted }: { readonly isRestricted: boolean } = { isRestricted: true },
): Expansion {
  const sweep = readSweep(spec, format);
  if (sweep.problems.length > 0) return { points: [], excluded: [], problems: sweep.problems };
  const resolver = new SectionResolver(spec, format);
  const { kept, excluded, problems } = keptDrafts(sweep, spec.seeds, resolver, isRestricted);
  if (problems.length > 0) return { points: [], excluded, problems };
  const expanded = tunePoints(kept, sweep.select, { resolver, format });
  const claimed = isRestricted ? [] : claimedProblems(spec, expanded, format);
  return { ...expanded, problems: [...expanded.problems, ...claimed], excluded };
}

/** Where overrides have taken a part of the sweep away, the claim may be about that part. */
function claimedProblems(
  { report: { claim } }: ExperimentSpec,
  { points, problems }: Pick<Expansion, 'points' | 'problems'>,
  { kinds }: ExperimentFormat,
): readonly Problem[] {
  return claim === null || problems.length > 0 ? [] : claimProblems(claim, { points, metrics: kinds.metrics });
}

interface KeptDrafts {
  readonly kept: readonly DraftPoint[];
  readonly excluded: readonly LeftOutPoint[];
  readonly problems: readonly Problem[];
}

function keptDrafts(
  sweep: ReadSweep,
  seeds: readonly number[],
  resolver: SectionResolver,
  isRestricted: boolean,
): KeptDrafts {
  const drafts = namedDrafts(sweep, seeds, resolver);
  const { kept, excluded } = applyExclude(drafts, sweep.rules, seeds);
  const unknown = isRestricted ? [] : unknownExcludeValues(sweep.rules, drafts, seeds);
  const problems = [...unknown, ...pointProblems(kept, drafts.length, resolver.format.kinds)];
  return { kept, excluded, problems };
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
  { groups, rules }: ReadSweep,
  seeds: readonly number[],
  resolver: SectionResolver,
): readonly DraftPoint[] {
  const drafts = draftPoints(groups, resolver);
  return withDerivedNames(drafts, applyExclude(drafts, rules, seeds).kept, resolver);
}

/** What is wrong with the points that are left of `all`. */
function pointProblems(kept: readonly DraftPoint[], all: number, kinds: SpecKinds): readonly Problem[] {
  const own = kept.flatMap((draft) => trialProblems(draft, kinds));
  return [...nothingLeft(kept.length, all), ...own, ...nameConflicts(kept)];
}

function tooManyTrials(groups: readonly AxisGroup[], seeds: readonly number[]): readonly Problem[] {
  const size = groups.reduce((product, [first]) => product * (first?.cases.length ?? 0), seeds.length);
  if (size <= maximumPoints) return [];
  const expected = `at most ${maximumPoints} trials`;
  return [{ at: ['sweep', 'axes'], atKey: true, path: 'sweep.axes', expected, found: String(size) }];
}

function nothingLeft(kept: number, all: number): readonly Problem[] {
  if (kept > 0) return [];
  const expected = 'at least one trial to remain';
  const found = `all ${all} points left out`;
  return [{ at: ['sweep', 'exclude'], atKey: true, path: 'sweep.exclude', expected, found }];
}
