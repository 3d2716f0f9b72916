/** Which split does best within a budget of compute, honestly: see harness/stats/leave-one-out.ts. */
import type { Metric } from '../../kinds/metrics.ts';
import { chosenByOthers, leftOutMean } from '../../stats/index.ts';
import { ascending, groupBy, unique } from '../distinct.ts';
import { withinUnit } from '../estimate.ts';
import { direction } from '../headlines.ts';
import type { Estimate } from '../report-types.ts';
import type { BestSplit, SplitPoint } from './split-types.ts';

/** Two can be told apart by their order alone; the best of three has neighbours. */
const leastBudgets = 3;
const leastLengths = 2;
const leastSeeds = 3;

/** What is missing for a best split among the options; null where nothing is. */
export function lackOf(options: readonly SplitPoint[]): string | null {
  const pretrained = options.filter(({ pretrainFlops }) => pretrainFlops > 0);
  const perBudget = groupBy(pretrained, ({ pretrainFlops }) => String(pretrainFlops)).map(lengths);
  const needed = [
    [perBudget.length, leastBudgets, 'budgets of pretraining'],
    [lengths(options), leastLengths, 'lengths of finetuning'],
    [
      perBudget.filter((own) => own >= leastLengths).length,
      leastBudgets,
      `budgets of pretraining with ${leastLengths} lengths of finetuning each`,
    ],
    [seedsOfAll(options).length, leastSeeds, 'seeds that have all points'],
  ] as const;
  const lacking = needed.find(([found, least]) => found < least);
  return lacking === undefined ? null : `it needs at least ${lacking[1]} ${lacking[2]}, here ${lacking[0]}`;
}

const lengths = (points: readonly SplitPoint[]): number =>
  unique(points.map(({ finetuneFlops }) => finetuneFlops)).length;

/**
 * One a total of the options, from the first on within which there is a choice between shares; none where a larger
 * total changes nothing.
 * @param options The cheapest first, nothing missing by `lackOf`.
 */
export function bestSplits(options: readonly SplitPoint[], headline: Metric): readonly BestSplit[] {
  const seeds = seedsOfAll(options);
  const all = ascending(options.map(({ totalFlops }) => totalFlops)).flatMap((budgetFlops) => {
    const within = options.filter(({ totalFlops }) => totalFlops <= budgetFlops);
    const isChoice = unique(within.map(({ pretrainShare }) => pretrainShare)).length > 1;
    return isChoice ? [bestWithin(within, { budgetFlops, seeds, headline })] : [];
  });
  const resultOf = (best: BestSplit | undefined): string => JSON.stringify({ ...best, budgetFlops: null });
  return all.filter((best, i) => resultOf(best) !== resultOf(all[i - 1]));
}

interface Within {
  readonly budgetFlops: number;
  readonly seeds: readonly number[];
  readonly headline: Metric;
}

function bestWithin(within: readonly SplitPoint[], { budgetFlops, seeds, headline }: Within): BestSplit {
  const picks = picksOf(within, seeds, headline);
  const alone = within.filter(({ pretrainFlops }) => pretrainFlops === 0);
  return {
    budgetFlops,
    chosen: ascending(picks.map(({ point }) => point.pretrainShare)).map((pretrainShare) => ({
      pretrainShare,
      seeds: picks.filter(({ point }) => point.pretrainShare === pretrainShare).length,
    })),
    estimate: estimateOf(picks, headline),
    gain: alone.length === 0 ? null : gainOver(picks, picksOf(alone, seeds, headline), headline),
  };
}

interface Pick {
  readonly point: SplitPoint;
  readonly value: Estimate['values'][number];
}

/** Per seed the point that the other seeds choose, with its value there. */
function picksOf(points: readonly SplitPoint[], seeds: readonly number[], headline: Metric): readonly Pick[] {
  const sign = direction(headline);
  const chosen = chosenByOthers(seeds.map((seed) => points.map((point) => sign * valueAt(point, seed).value)));
  return chosen.map((option, i) => {
    const point = points[option] as SplitPoint;
    return { point, value: valueAt(point, seeds[i] as number) };
  });
}

function estimateOf(picks: readonly Pick[], headline: Metric): Estimate {
  const values = picks.map(({ value }) => value);
  const { n, mean, interval } = leftOutMean(
    values.map(({ value }) => value),
    'seeds',
  );
  return { n, mean, interval: withinUnit(interval, headline), values };
}

function gainOver(picks: readonly Pick[], alone: readonly Pick[], headline: Metric): BestSplit['gain'] {
  const sign = direction(headline);
  return leftOutMean(
    picks.map(({ value }, i) => sign * (value.value - (alone[i] as Pick).value.value)),
    'seeds',
  );
}

/** Of a seed that has all points. */
const valueAt = ({ estimate }: SplitPoint, seed: number): Pick['value'] =>
  estimate.values.find((one) => one.seed === seed) as Pick['value'];

function seedsOfAll(points: readonly SplitPoint[]): readonly number[] {
  const seeds = ascending(points.flatMap(({ estimate }) => estimate.values.map(({ seed }) => seed)));
  return seeds.filter((seed) => points.every(({ estimate }) => estimate.values.some((one) => one.seed === seed)));
}
