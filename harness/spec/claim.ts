/** `report.claim` against the sweep: a claim about what the sweep does not have could never be judged. */
import type { ClaimSpec } from './claim-schema.ts';
import type { MetricFacts } from './kind.ts';
import { hint, type Problem } from './problem.ts';
import { didYouMean } from './suggest.ts';
import type { SweepPoint } from './sweep-point.ts';
import type { CanonicalAxes } from './trial-spec.ts';

interface Sweep {
  readonly points: readonly Pick<SweepPoint, 'axes' | 'declared'>[];
  readonly metrics: readonly MetricFacts[];
}

/** What is wrong with a claim about this sweep. */
export function claimProblems(claim: ClaimSpec, sweep: Sweep): readonly Problem[] {
  const axes = sweep.points.map((point) => point.axes);
  const named = [
    ...armProblems(claim, axes),
    ...taskProblems(claim, axes),
    ...metricProblems(claim, sweep.metrics),
    ...caseProblems('variant', claim.variant, sweep.points),
    ...caseProblems('survives', claim.survives, sweep.points),
  ];
  if (named.length > 0) return named;
  return [
    ...budgetProblems(claim, axes),
    ...variantProblems(claim, sweep.points),
    ...survivalProblems(claim, sweep.points),
  ];
}

function armProblems(claim: ClaimSpec, axes: readonly CanonicalAxes[]): readonly Problem[] {
  const { treatment, reference } = claim;
  const arms = distinct(axes.map(({ arm }) => arm));
  const unknown = (['treatment', 'reference'] as const).flatMap((field) =>
    arms.includes(claim[field]) ? [] : [unknownName(field, claim[field], 'an arm of the sweep', arms)],
  );
  if (unknown.length > 0 || treatment !== reference) return unknown;
  return [problem('reference', 'another arm than the treatment', reference)];
}

function taskProblems({ task }: ClaimSpec, axes: readonly CanonicalAxes[]): readonly Problem[] {
  const tasks = distinct(axes.map((one) => one.task));
  if (task !== null) return tasks.includes(task) ? [] : [unknownName('task', task, 'a task of the sweep', tasks)];
  if (tasks.length < 2) return [];
  const found = `none, in a sweep over ${tasks.join(', ')}`;
  return [{ ...problem('task', 'the task that the claim is about', found), at: ['report', 'claim'] }];
}

function metricProblems({ metric }: ClaimSpec, metrics: readonly MetricFacts[]): readonly Problem[] {
  if (metric === null) return [];
  const known = metrics.find(({ name }) => name === metric) ?? metrics.find(({ name }) => isNamedBy(name, metric));
  // An open template takes any name; a slip of a name that is registered is no metric of its own.
  const isOpen = known !== undefined && known.name !== metric && !known.name.startsWith('eval/');
  if (known === undefined || isOpen) {
    const evaluated = metrics.filter(({ name, better }) => name.startsWith('eval/') && better !== null);
    const names = evaluated.map(({ name }) => name);
    return [unknownName('metric', metric, 'a metric of the evaluation', names)];
  }
  if (known.better !== null) return [];
  return [problem('metric', 'a metric with a better direction', `${metric}, which has none`)];
}

function budgetProblems(claim: ClaimSpec, axes: readonly CanonicalAxes[]): readonly Problem[] {
  const { treatment, pretrainPairs } = claim;
  const budgets = distinct(ofTask(claim, axes).flatMap((one) => (one.arm === treatment ? [one.pretrainPairs] : [])));
  if (pretrainPairs === null || budgets.includes(pretrainPairs)) return [];
  return [problem('pretrainPairs', `a budget of ${treatment}: ${budgets.join(', ')}`, String(pretrainPairs))];
}

/** Axes and cases that are not there. */
function caseProblems(
  field: 'variant' | 'survives',
  values: ClaimSpec['variant'],
  points: Sweep['points'],
): readonly Problem[] {
  return Object.entries(values ?? {}).flatMap(([axis, value]): readonly Problem[] => {
    const axes = distinct(points.flatMap(({ declared }) => Object.keys(declared)));
    if (!axes.includes(axis)) return [unknownName(field, axis, 'an axis of the sweep', axes)];
    const cases = distinct(points.map(({ declared }) => String(declared[axis])));
    return cases.includes(String(value)) ? [] : [unknownName(field, String(value), `a case of ${axis}`, cases)];
  });
}

/** Two points that differ in an axis of the author's alone would be two claims. */
function variantProblems(claim: ClaimSpec, points: Sweep['points']): readonly Problem[] {
  const places = comparedBy(claim, points).map(({ axes }) => placeOf(axes));
  if (new Set(places).size === places.length) return [];
  const found = 'several points that differ in another axis of the sweep';
  const suggestion = 'report.claim.variant names which of them: {axis: case}';
  return [{ ...problem('treatment', 'one point for each model, budget and number of samples', found), suggestion }];
}

/** What the claim must survive has to be another contrast of the same arms. */
function survivalProblems(claim: ClaimSpec, points: Sweep['points']): readonly Problem[] {
  if (claim.survives === null) return [];
  const there = comparedBy({ ...claim, variant: { ...claim.variant, ...claim.survives } }, points);
  const missing = [claim.treatment, claim.reference].filter((id) => !there.some(({ axes }) => axes.arm === id));
  if (missing.length > 0)
    return [
      problem('survives', `points of ${claim.treatment} and ${claim.reference}`, `none of ${missing.join(', ')}`),
    ];
  const before = new Set(comparedBy(claim, points));
  return there.every((point) => before.has(point))
    ? [problem('survives', 'other points than the claim', 'the same')]
    : [];
}

/** The points of both arms on its task, in its variant. */
export function comparedBy<Point extends Sweep['points'][number]>(
  claim: ClaimSpec,
  points: readonly Point[],
): readonly Point[] {
  return points.filter(
    ({ axes, declared }) =>
      (axes.arm === claim.treatment || axes.arm === claim.reference) &&
      (claim.task === null || axes.task === claim.task) &&
      Object.entries(claim.variant ?? {}).every(([axis, value]) => String(declared[axis]) === String(value)),
  );
}

const placeOf = ({ model, arm, pretrainPairs, samples }: CanonicalAxes): string =>
  JSON.stringify([model, arm, pretrainPairs, samples]);

const ofTask = ({ task }: ClaimSpec, axes: readonly CanonicalAxes[]): readonly CanonicalAxes[] =>
  axes.filter((one) => task === null || one.task === task);

function unknownName(field: keyof ClaimSpec, found: string, what: string, known: readonly string[]): Problem {
  return { ...problem(field, `${what}: ${known.join(', ')}`, found), ...hint(didYouMean(found, known)) };
}

function problem(field: keyof ClaimSpec, expected: string, found: string): Problem {
  return { at: ['report', 'claim', field], path: `report.claim.${field}`, expected, found };
}

/** Whether a template stands for the name: `{n}` for a whole number, `{anything else}` for any text. */
function isNamedBy(template: string, name: string): boolean {
  const open = template.replaceAll(/[.*+?^$()[\]\\|]/g, String.raw`\$&`);
  const pattern = open.replaceAll('{n}', String.raw`\d+`).replaceAll(/\{\w+\}/g, '.+');
  return new RegExp(`^${pattern}$`).test(name);
}

const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
