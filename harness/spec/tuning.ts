/**
 * `select`: which tuning runs choose the hyperparameters of which points. Every combination of `over` is finetuned once
 * for each distinct value of `by`, at the point `at`; the winner on dev serves all points of that value.
 */
import type { Label } from './axis.ts';
import { diffFields } from './diff-fields.ts';
import type { Json } from './located.ts';
import type { Path, Problem } from './problem.ts';
import type { ReadSelect } from './read-select.ts';
import type { Assignment, ResolvedTrial, SectionResolver } from './section-resolver.ts';
import type { DraftPoint, SweepPoint, Tuning } from './sweep-point.ts';
import { fullPath } from './trial-path.ts';
import { trialProblems } from './trial-problems.ts';
import { sectionNames, type ExperimentFormat, type SectionName, type TrialSpec } from './format.ts';
import type { ArmFacts, SpecKinds } from './kind.ts';
import { armOf, type CanonicalAxes } from './trial-spec.ts';

interface Tuned {
  /** None where there are problems. */
  readonly points: readonly SweepPoint[];
  readonly problems: readonly Problem[];
}

/**
 * Draft points -> points with their tuning. Refuses an `at` that leaves the tuning runs of one choice different from
 * trial to trial.
 */
export function tunePoints(
  drafts: readonly DraftPoint[],
  select: ReadSelect | null,
  { resolver, format }: { readonly resolver: SectionResolver; readonly format: ExperimentFormat },
): Tuned {
  if (select === null) return { points: drafts.map((draft) => finished(draft, draft.resolved, null)), problems: [] };
  const tuner = new Tuner(select, resolver, format.kinds);
  const points = drafts.map((draft) => tuner.tune(draft));
  return { points: tuner.problems.length > 0 ? [] : points, problems: tuner.problems };
}

/** One choice, shared by all points of a value of `by`. */
interface Shared {
  readonly tuning: Tuning;
  /** What its tuning runs are made with; the same for every point that shares it. */
  readonly reference: Partial<TrialSpec>;
}

class Tuner {
  readonly problems: Problem[] = [];
  readonly #select: ReadSelect;
  readonly #resolver: SectionResolver;
  readonly #kinds: SpecKinds;
  readonly #shared = new Map<string, Shared>();
  /** The first combination: a trial has to be complete before one is chosen. */
  readonly #placeholder: readonly Assignment[];

  constructor(select: ReadSelect, resolver: SectionResolver, kinds: SpecKinds) {
    this.#select = select;
    this.#resolver = resolver;
    this.#kinds = kinds;
    this.#placeholder = select.combinations[0]?.assignments ?? [];
  }

  tune(draft: DraftPoint): SweepPoint {
    return finished(draft, this.#resolved(draft, []), this.#tuningOf(draft));
  }

  /** Made for the first point of a choice, and checked against every other one. */
  #tuningOf(draft: DraftPoint): Tuning {
    const key = this.#keyOf(draft);
    const at = atFor(this.#select, draft.resolved.spec as TrialSpec);
    const reference = this.#resolved(draft, at);
    const known = this.#shared.get(key);
    const tuning = known?.tuning ?? this.#newTuning([...draft.assignments, ...at]);
    if (known === undefined) this.problems.push(...armChange(draft, reference, at, this.#kinds.arms));
    else this.problems.push(...differences(known.reference, reference.spec, key));
    this.#shared.set(key, known ?? { tuning, reference: reference.spec });
    return tuning;
  }

  #keyOf(draft: DraftPoint): string {
    const values: Readonly<Record<string, unknown>> = { ...draft.declared, ...(draft.axes as CanonicalAxes) };
    return this.#select.by.map((axis) => String(values[axis])).join(', ');
  }

  #resolved({ assignments }: DraftPoint, at: readonly Assignment[]): ResolvedTrial {
    return this.#resolver.resolve([...assignments, ...at, ...this.#placeholder]);
  }

  #newTuning(point: readonly Assignment[]): Tuning {
    const { seeds, combinations } = this.#select;
    const candidates = combinations.map(({ values, assignments: chosen }) => {
      const assignments = [...point, ...chosen];
      return { values, assignments, resolved: this.#resolver.resolve(assignments) };
    });
    this.problems.push(...candidates.flatMap((candidate) => trialProblems(candidate, this.#kinds)));
    return {
      seeds,
      paths: Object.keys(combinations[0]?.values ?? {}),
      candidates: candidates.map(({ values, resolved }) => ({ values, spec: resolved.spec as TrialSpec })),
    };
  }
}

function finished(
  { declared, axes, excludedSeeds }: DraftPoint,
  { spec }: ResolvedTrial,
  tuning: Tuning | null,
): SweepPoint {
  return {
    declared: declared as Readonly<Record<string, Label>>,
    spec: spec as TrialSpec,
    axes: axes as CanonicalAxes,
    excludedSeeds,
    tuning,
  };
}

/**
 * `at` for one trial: nothing of pretraining for a trial without it. Any other trial takes the number of the budget and
 * keeps its own unit.
 */
function atFor(select: ReadSelect, { pretrain }: TrialSpec): readonly Assignment[] {
  const unit = pretrain.objective.kind === 'none' ? 'none' : 'pairs' in pretrain.budget ? 'pairs' : 'tokensOfPairs';
  const known = select.atBudget.get(unit);
  if (known !== undefined) return known;
  const adapted = select.at.flatMap((one) => {
    if (one.section !== 'pretrain') return [one];
    if (unit === 'none') return [];
    const number = budgetNumber(one);
    return number === null ? [one] : [{ ...one, path: ['budget'], value: { [unit]: number } }];
  });
  select.atBudget.set(unit, adapted);
  return adapted;
}

/**
 * The number of a budget written as `pretrain.budget: {pairs: n}` or `pretrain.budget.pairs: n`; null for anything
 * else.
 */
function budgetNumber({ path, value }: Assignment): Json | null {
  if (path[0] !== 'budget') return null;
  if (path.length === 2) return value;
  const entries = typeof value === 'object' && value !== null ? Object.values(value as object) : [];
  return entries.length === 1 ? (entries[0] as Json) : null;
}

function armChange(
  { axes }: DraftPoint,
  { spec }: ResolvedTrial,
  at: readonly Assignment[],
  arms: readonly ArmFacts[],
): readonly Problem[] {
  const { arm } = axes as CanonicalAxes;
  if (spec.pretrain === undefined) return [];
  const became = armOf(spec as TrialSpec, arms);
  if (became === arm) return [];
  const culprit = at.find((one) => one.section === 'pretrain' && one.path[0] !== 'budget');
  const path = culprit === undefined ? 'pretrain' : fullPath(culprit);
  const found = `${path}, which makes it ${became}`;
  return [atProblem(culprit?.at ?? ['select', 'at'], `to leave the arm as it is (${arm})`, found)];
}

function differences(reference: Partial<TrialSpec>, spec: Partial<TrialSpec>, group: string): readonly Problem[] {
  const changed = changedSections(reference, spec);
  if (changed.length === 0) return [];
  const [first] = changed.flatMap((name) => fieldDifferences(name, reference, spec));
  const found = `trials of (${group}) whose ${first ?? changed.join(', ')}`;
  const problem = atProblem(['select', 'at'], 'to fix one point for all trials that share a choice', found);
  return [{ ...problem, suggestion: 'set that path in select.at, or add its axis to select.by' }];
}

function atProblem(at: Path, expected: string, found: string): Problem {
  return { at, atKey: true, path: 'select.at', expected, found };
}

function fieldDifferences(
  name: SectionName,
  reference: Partial<TrialSpec>,
  spec: Partial<TrialSpec>,
): readonly string[] {
  return diffFields(reference[name], spec[name]).map(
    ({ path, before, after }) =>
      `${path === '' ? name : `${name}.${path}`} is ${JSON.stringify(before)} or ${JSON.stringify(after)}`,
  );
}

/** Sections that tuning runs depend on and that differ. Equal sections are the same object. */
function changedSections(reference: Partial<TrialSpec>, spec: Partial<TrialSpec>): readonly SectionName[] {
  const changed = sectionNames.filter((name) => name !== 'evaluate' && reference[name] !== spec[name]);
  return isUnpretrained(reference) && isUnpretrained(spec) ? changed.filter((name) => name !== 'pretrain') : changed;
}

function isUnpretrained({ pretrain }: Partial<TrialSpec>): boolean {
  return pretrain?.objective.kind === 'none';
}
