/** Judged scores -> everything that is told of them, and the metrics that are recorded. */
import {
  evaluateTask,
  rankerMetrics,
  scoringBaselines,
  scoringMetrics,
  type Item,
  type Metric,
  type TaskScoring,
} from '../eval/index.ts';
import type { JudgedItems } from './match-scores.ts';
import { measurePairs, type Estimate, type PairMeasure } from './measure-pairs.ts';
import { isShownN, measurePool, type PoolMeasure } from './measure-pool.ts';

export interface Measurement {
  /** null without pairs, and where a score is not finite. */
  readonly pairs: PairMeasure | null;
  readonly pool: PoolMeasure | null;
  /** By section, in alphabetical order; empty where there are fewer than two. */
  readonly sections: readonly {
    readonly section: string;
    readonly pairs: PairMeasure | null;
    readonly pool: Omit<PoolMeasure, 'bestOf'> | null;
  }[];
  /** By the names under which they are recorded. */
  readonly metrics: readonly Metric[];
}

/**
 * Where a score is not finite, only counts: a share of the rest would hide a broken model.
 * @param scoring The benchmark's own; null = none.
 */
export function measure(judged: JudgedItems, scoring: TaskScoring | null): Measurement {
  const { items, withinSource, counts, lengthUnit } = judged;
  const hasLengths = lengthUnit !== null;
  const isSound = counts.nonFinite === 0;
  const pairs = isSound ? measurePairs(items, { withinSource, hasLengths }) : null;
  const pool = isSound ? measurePool(items, hasLengths) : null;
  return {
    pairs,
    pool,
    sections: isSound ? sectionsOf(items, { withinSource, hasLengths }) : [],
    metrics: metricsOf(judged, { pairs, pool }, scoring),
  };
}

function sectionsOf(
  items: readonly Item[],
  options: { readonly withinSource: ReadonlySet<string>; readonly hasLengths: boolean },
): Measurement['sections'] {
  const names = [...new Set(items.flatMap(({ subset }) => subset ?? []))].toSorted();
  if (names.length < 2) return [];
  return names.map((section) => {
    const own = items.filter(({ subset }) => subset === section);
    const pool = measurePool(own, options.hasLengths);
    if (pool === null) return { section, pairs: measurePairs(own, options), pool };
    const { bestOf: _, ...ofAll } = pool;
    return { section, pairs: measurePairs(own, options), pool: ofAll };
  });
}

/** What an evaluation and its baselines record, as far as it is known without a model. */
function metricsOf(
  { items, withinSource, lengthUnit, counts }: JudgedItems,
  { pairs, pool }: Pick<Measurement, 'pairs' | 'pool'>,
  scoring: TaskScoring | null,
): readonly Metric[] {
  const most = pool?.candidates.most ?? 0;
  const bestOf = (pool?.bestOf ?? []).map(({ N }) => N).filter((N) => isShownN(N, most));
  const baselines = [
    ...rankerMetrics(items, bestOf),
    ...scoringBaselines(scoring, { untrainedHead: items, zeroShot: null }),
  ].filter(({ name, value }) => Number.isFinite(value) && !name.includes('untrained_head'));
  return [
    ...evaluateTask({ items, bestOf, withinSource: withinSource.size === 0 ? null : withinSource }),
    ...(pairs === null ? [] : endMetrics('pairwise_accuracy', pairs.accuracy)),
    ...(pool === null ? [] : poolMetrics(pool)),
    ...scoringMetrics(scoring, items),
    ...baselines,
    { name: 'eval/left_out', value: counts.missing },
  ].filter(({ name }) => lengthUnit !== null || !needsLengths(name));
}

function poolMetrics({ ofAll, alone, meanReciprocalRank }: PoolMeasure): readonly Metric[] {
  return [
    { name: 'eval/best_of_all', value: ofAll.value },
    ...endMetrics('best_of_all', ofAll),
    { name: 'eval/alone_on_top', value: alone.value },
    { name: 'eval/mean_reciprocal_rank', value: meanReciprocalRank },
  ];
}

function endMetrics(name: string, { interval }: Estimate): readonly Metric[] {
  if (interval === null) return [];
  return (['low', 'high'] as const).map((end) => ({ name: `eval/${name}_${end}`, value: interval[end] }));
}

const needsLengths = (metric: string): boolean => /longest|shortest|length/.test(metric);
