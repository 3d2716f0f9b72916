/**
 * `select`: which tuning runs choose the hyperparameters of which points. Every combination of `over` is finetuned once
 * for each distinct value of `by`, at the point `at`; the winner on dev serves all points of that value.
 */
import type { Label } from './axis.ts';
import { diffFields } from './diff-fields.ts';
import type { SelectSpec, SweepSpec } from './experiment-schema.ts';
import type { Json, Scalar } from './located.ts';
import { formatPath, hint, type Problem } from './problem.ts';
import type { Assignment, ResolvedTrial, SectionResolver } from './section-resolver.ts';
import type { DraftPoint, SweepPoint, Tuning } from './sweep-point.ts';
import { fullPath, knownSection } from './trial-path.ts';
import { trialProblems } from './trial-problems.ts';
import { sectionNames, type ExperimentFormat, type TrialSpec } from './format.ts';
import type { ArmFacts } from './kind.ts';
import { armOf, type CanonicalAxes } from './trial-spec.ts';

interface Combination {
  readonly values: Readonly<Record<string, Scalar>>;
  readonly assignments: readonly Assignment[];
}

export interface ReadSelect {
  readonly by: SelectSpec['by'];
  readonly seed: number;
  readonly at: readonly Assignment[];
  readonly combinations: readonly Combination[];
  /** `at` with the budget in one unit, made once each: assignments are memory keys. */
  readonly atBudget: Map<string, readonly Assignment[]>;
}

export function readSelect(
  select: SelectSpec,
  sweep: SweepSpec,
  { problems, format }: { readonly problems: Problem[]; readonly format: ExperimentFormat },
): ReadSelect {
  const checking = { problems, format };
  const swept = Object.entries(sweep.axes).flatMap(([name, axis]) =>
    Array.isArray(axis) ? [name] : Object.values(axis).flatMap((one) => Object.keys(one as object)),
  );
  const at = Object.entries(select.at).flatMap(([path, value]) =>
    assignment(path, value, ['select', 'at', path], checking),
  );
  const over = Object.entries(select.over).map(([path, values]) => {
    problems.push(...overProblems(path, swept, Object.keys(select.at)));
    return {
      path,
      options: values.flatMap((value, index) =>
        assignment(path, value, ['select', 'over', path, index], checking, ['select', 'over', path]),
      ),
    };
  });
  if (over.length === 0)
    problems.push({
      at: ['select', 'over'],
      path: 'select.over',
      expected: 'at least one path to choose',
      found: 'an empty map',
    });
  const repeated = select.by.find((axis, index) => select.by.indexOf(axis) !== index);
  if (repeated !== undefined)
    problems.push({ at: ['select', 'by'], path: 'select.by', expected: 'each axis once', found: `${repeated} again` });
  const combinations = over.reduce<readonly Combination[]>(
    (all, { path, options }) =>
      all.flatMap((one) =>
        options.map((option) => ({
          values: { ...one.values, [path]: option.value as Scalar },
          assignments: [...one.assignments, option],
        })),
      ),
    [{ values: {}, assignments: [] }],
  );
  return { by: select.by, seed: select.seed, at, combinations, atBudget: new Map() };
}

function assignment(
  path: string,
  value: Json,
  at: readonly (string | number)[],
  { problems, format }: { readonly problems: Problem[]; readonly format: ExperimentFormat },
  keyAt = at,
): readonly Assignment[] {
  // The same path several times (one a value of `over`) is one problem, at the key.
  const known: Problem[] = [];
  const section = knownSection(path, keyAt, { problems: known, format });
  if (section !== null) return [{ section, path: path.split('.').slice(1), value, at }];
  if (!problems.some((problem) => formatPath(problem.at) === formatPath(keyAt))) problems.push(...known);
  return [];
}

function overProblems(path: string, swept: readonly string[], at: readonly string[]): readonly Problem[] {
  const place = ['select', 'over', path];
  const base = { at: place, atKey: true, path: 'select.over' };
  const overlapping = (others: readonly string[]): string | undefined =>
    others.find((other) => `${path}.`.startsWith(`${other}.`) || `${other}.`.startsWith(`${path}.`));
  if (path.split('.')[0] !== 'finetune' || path === 'finetune' || path === 'finetune.samples')
    return [{ ...base, expected: 'paths of finetune (but its samples): only finetuning is tuned', found: path }];
  const axis = overlapping(swept);
  if (axis !== undefined)
    return [
      {
        ...base,
        expected: 'paths that no axis sets',
        found: `${path}, which an axis sets (${axis})`,
        suggestion: 'either sweep it or let it be chosen',
      },
    ];
  const fixed = overlapping(at);
  return fixed === undefined ? [] : [{ ...base, expected: 'paths that select.at does not set', found: path }];
}

/**
 * Draft points -> points with their tuning. Refuses an `at` that leaves the tuning runs of one choice different from
 * trial to trial.
 */
export function tunePoints(
  drafts: readonly DraftPoint[],
  select: ReadSelect | null,
  { resolver, format }: { readonly resolver: SectionResolver; readonly format: ExperimentFormat },
): { readonly points: readonly SweepPoint[]; readonly problems: readonly Problem[] } {
  if (select === null) return { points: drafts.map((draft) => finished(draft, draft.resolved, null)), problems: [] };
  const problems: Problem[] = [];
  const groups = new Map<string, { readonly tuning: Tuning; readonly reference: Partial<TrialSpec> }>();
  const placeholder = select.combinations[0]?.assignments ?? [];
  const points = drafts.flatMap((draft) => {
    const resolved = resolver.resolve([...draft.assignments, ...placeholder]);
    const axes = draft.axes as CanonicalAxes;
    const key = select.by.map((axis) => axes[axis]).join(', ');
    const at = atFor(select, draft.resolved.spec as TrialSpec);
    const reference = resolver.resolve([...draft.assignments, ...at, ...placeholder]);
    const known = groups.get(key);
    if (known !== undefined) {
      problems.push(...differences(known.reference, reference.spec, key));
      return [finished(draft, resolved, known.tuning)];
    }
    const candidates = select.combinations.map(({ values, assignments }) => ({
      values,
      assignments: [...draft.assignments, ...at, ...assignments],
      resolved: resolver.resolve([...draft.assignments, ...at, ...assignments]),
    }));
    problems.push(
      ...candidates.flatMap((candidate) => trialProblems(candidate, format.kinds)),
      ...armChange(axes, reference, at, format.kinds.arms),
    );
    const tuning: Tuning = {
      seed: select.seed,
      paths: Object.keys(select.combinations[0]?.values ?? {}),
      candidates: candidates.map(({ values, resolved: tuned }) => ({ values, spec: tuned.spec as TrialSpec })),
    };
    groups.set(key, { tuning, reference: reference.spec });
    return [finished(draft, resolved, tuning)];
  });
  return { points: problems.length > 0 ? [] : points, problems };
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
 * `at` for one trial: nothing of pretraining for a trial without it; elsewhere the trial keeps the unit of its own
 * budget and takes the number.
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
  axes: CanonicalAxes,
  { spec }: ResolvedTrial,
  at: readonly Assignment[],
  arms: readonly ArmFacts[],
): readonly Problem[] {
  if (spec.pretrain === undefined || armOf(spec.pretrain, arms) === axes.arm) return [];
  const culprit = at.find((one) => one.section === 'pretrain' && one.path[0] !== 'budget');
  return [
    {
      at: culprit?.at ?? ['select', 'at'],
      atKey: true,
      path: 'select.at',
      expected: `to leave the arm as it is (${axes.arm})`,
      found: `${culprit === undefined ? 'pretrain' : fullPath(culprit)}, which makes it ${armOf(spec.pretrain, arms)}`,
    },
  ];
}

function differences(reference: Partial<TrialSpec>, spec: Partial<TrialSpec>, group: string): readonly Problem[] {
  const changed = sectionNames.filter(
    (name) =>
      name !== 'evaluate' &&
      reference[name] !== spec[name] &&
      !(
        name === 'pretrain' &&
        spec.pretrain?.objective.kind === 'none' &&
        reference.pretrain?.objective.kind === 'none'
      ),
  );
  if (changed.length === 0) return [];
  const [first] = changed.flatMap((name) =>
    diffFields(reference[name], spec[name]).map(
      ({ path, before, after }) => `${name}.${path} is ${JSON.stringify(before)} or ${JSON.stringify(after)}`,
    ),
  );
  return [
    {
      at: ['select', 'at'],
      atKey: true,
      path: 'select.at',
      expected: 'to fix one point for all trials that share a choice',
      found: `trials of (${group}) whose ${first ?? changed.join(', ')}`,
      ...hint('set that path in select.at, or add its axis to select.by'),
    },
  ];
}
