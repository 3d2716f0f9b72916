/** All that is told of judged scores: what is kept beside them, and what `--json` prints. */
import { scoringIntervals, type Item, type TaskScoring } from '../eval/index.ts';
import type { JudgedItems, MatchCounts } from './match-scores.ts';
import { measure, type Measurement } from './measure.ts';

export interface JudgedReport extends Measurement {
  readonly counts: MatchCounts & {
    readonly pairs: number;
    readonly questions: number;
    readonly responses: number;
  };
  readonly lengthUnit: JudgedItems['lengthUnit'];
  readonly unscoredSets: JudgedItems['unscoredSets'];
  /** Every score is the same: nothing was ranked. */
  readonly areAllEqual: boolean;
  /** The benchmark's own scores, beside those of rankers that understand nothing. */
  readonly benchmark: readonly BenchmarkScore[];
}

export interface BenchmarkScore {
  readonly name: string;
  readonly value: number;
  /** 95 %, over groups drawn whole; null where it did not vary. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  readonly baselines: Readonly<Record<string, number>>;
}

export function judgedReport(judged: JudgedItems, scoring: TaskScoring | null): JudgedReport {
  const { items, counts, lengthUnit, unscoredSets } = judged;
  const measurement = measure(judged, scoring);
  const idsOf = (set: 'pairs' | 'pool'): number =>
    new Set(items.filter((item) => item.set === set).map(({ itemId }) => itemId)).size;
  const [first] = items;
  return {
    counts: { pairs: idsOf('pairs'), questions: idsOf('pool'), responses: items.length, ...counts },
    lengthUnit,
    unscoredSets,
    areAllEqual: items.length > 1 && items.every(({ reward }) => reward === first?.reward),
    ...measurement,
    benchmark: scoring === null ? [] : benchmarkScores(measurement, scoring, items),
  };
}

const rankers = ['random', 'longest', 'shortest'] as const;

function benchmarkScores(
  { metrics }: Measurement,
  scoring: TaskScoring,
  items: readonly Item[],
): readonly BenchmarkScore[] {
  const values = new Map(metrics.map(({ name, value }) => [name, value]));
  const prefix = `eval/${scoring.name}_`;
  const intervals = new Map(scoringIntervals(scoring, items).map(({ name, low, high }) => [name, { low, high }]));
  return metrics.flatMap(({ name, value }) => {
    if (!name.startsWith(prefix)) return [];
    const own = name.slice(prefix.length);
    const baselines = rankers.flatMap((ranker) => {
      const found = values.get(`baseline/${ranker}_${scoring.name}_${own}`);
      return found === undefined ? [] : [[ranker, found] as const];
    });
    return [{ name: own, value, interval: intervals.get(name) ?? null, baselines: Object.fromEntries(baselines) }];
  });
}
