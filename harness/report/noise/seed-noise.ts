/**
 * How far seeds differ in the claim of an experiment, from the trials of its pilot. The unit is a seed, as in every
 * comparison: all models and sample sizes of a seed are one value an arm and one difference.
 *
 * The mean difference is not among the results, nor anything it could be made of (values of seeds, means of single
 * arms). Who knows it before a claim is registered chooses the claim by its outcome.
 */
import type { Metric } from '../../kinds/metrics.ts';
import { metricLookup } from '../../kinds/metrics.ts';
import type { TrialResult } from '../../record/trial-result.ts';
import type { ClaimSpec } from '../../spec/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { deviationInterval, mean, standardDeviation, type Interval } from '../../stats/index.ts';
import { armResolver } from '../arm-points.ts';
import { claimOf } from '../compare/claim.ts';
import type { Draft } from '../compare/drafts.ts';
import { leastUnits } from '../compare/significance.ts';
import { unitsOf } from '../compare/units.ts';
import { sumCounts } from '../counts.ts';
import { ascending, unique } from '../distinct.ts';
import { headlineOf } from '../estimate.ts';
import type { ReportKinds } from '../report-input.ts';
import type { ArmPoint, Cell, Counts } from '../report-types.ts';

export interface SeedNoise {
  readonly task: string;
  readonly headline: Metric;
  readonly direction: ClaimSpec['direction'];
  readonly treatment: ArmNoise;
  readonly reference: ArmNoise;
  readonly models: readonly string[];
  readonly samples: readonly number[];
  /** Complete on both sides. */
  readonly seeds: readonly number[];
  /** Left out: some of their trials have no result. */
  readonly incomplete: readonly number[];
  readonly counts: Counts;
  /** Of both arms together. */
  readonly mean: number;
  /** Of the arms, over seeds; null where one of them does not vary. */
  readonly correlation: number | null;
  /** Of the difference treatment - reference, over seeds, with its interval. */
  readonly deviation: number;
  readonly deviationInterval: Interval;
}

interface ArmNoise {
  readonly arm: ArmPoint;
  /** Over seeds. */
  readonly deviation: number;
}

interface NoiseInput extends ReportKinds {
  readonly trials: readonly TrialResult[];
  readonly claim: ClaimSpec;
}

/** @throws UserError (5) where the trials cannot tell: too few complete seeds, or no spread at all. */
export function seedNoise(input: NoiseInput): SeedNoise {
  const draft = claimOf(
    { ...input, registered: [], firstResultAt: null },
    { armNamed: armResolver(input.arms), metricOf: metricLookup(input.metrics) },
  );
  if (draft === null) throw inconclusive('the pilot has no trials of the claim', 'Run the command again.');
  return noiseOf(draft, input.claim);
}

function noiseOf({ grid, task, headline, treatment, reference }: Draft, { direction }: ClaimSpec): SeedNoise {
  const { complete, incomplete } = unitsOf(grid);
  const seeds = complete.map(({ seed }) => seed);
  const sides = { treatment: grid.map((point) => point.treatment), reference: grid.map((point) => point.reference) };
  const counts = sumCounts([...sides.treatment, ...sides.reference]);
  if (seeds.length < leastUnits) throw tooFew(seeds.length, counts);
  const values = { treatment: valuesOf(sides.treatment, seeds), reference: valuesOf(sides.reference, seeds) };
  const differences = values.treatment.map((value, index) => value - (values.reference[index] as number));
  return {
    task,
    headline,
    direction,
    treatment: { arm: treatment, deviation: deviationOf(values.treatment) },
    reference: { arm: reference, deviation: deviationOf(values.reference) },
    models: unique(grid.map(({ model }) => model)),
    samples: ascending(grid.map(({ samples }) => samples)),
    seeds,
    incomplete,
    counts,
    mean: mean([...values.treatment, ...values.reference]),
    correlation: correlationOf(values.treatment, values.reference, differences),
    ...spreadOf(differences),
  };
}

/** One a seed: the mean over the cells of an arm. */
function valuesOf(cells: readonly Cell[], seeds: readonly number[]): readonly number[] {
  return seeds.map((seed) =>
    mean(
      cells.flatMap(({ used, headline }) =>
        used.filter((one) => one.seed === seed).map((one) => headlineOf(one, headline)),
      ),
    ),
  );
}

const deviationOf = (values: readonly number[]): number => standardDeviation(values) ?? 0;

/** Pearson's, since the variance of a difference is the sum of the variances less twice the covariance. */
function correlationOf(
  first: readonly number[],
  second: readonly number[],
  differences: readonly number[],
): number | null {
  const [a, b, d] = [first, second, differences].map(deviationOf) as [number, number, number];
  return isRounding(a) || isRounding(b) ? null : (a * a + b * b - d * d) / (2 * a * b);
}

function spreadOf(differences: readonly number[]): Pick<SeedNoise, 'deviation' | 'deviationInterval'> {
  const deviation = deviationOf(differences);
  const interval = deviationInterval(differences, { unit: 'seeds' });
  if (interval === null || isRounding(deviation))
    throw inconclusive(
      `the difference is the same in all ${differences.length} seeds of the pilot: there is no spread to go by`,
      'Take more seeds (--seeds), or a test split with more pairs.',
    );
  return { deviation, deviationInterval: interval };
}

/** Equal decimal fractions differ in their last bits after a subtraction. */
const isRounding = (deviation: number): boolean => deviation < 1e-12;

const tooFew = (seeds: number, { planned, used, diverged }: Counts): UserError =>
  inconclusive(
    `${seeds} of the pilot's seeds ${seeds === 1 ? 'is' : 'are'} complete on both sides ` +
      `(${used} of ${planned} trials used, ${diverged} diverged); ${leastUnits} are the least`,
    'Take more seeds (--seeds); where training diverges, lower its learning rate first.',
  );

function inconclusive(message: string, hint: string): UserError {
  return new UserError(message, { exitCode: 5, hint });
}
