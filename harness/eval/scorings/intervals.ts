/**
 * 95 % intervals of a benchmark's own scores: percentile bootstrap over groups, drawn whole. Each section keeps its
 * number of groups, as the benchmark fixes it: a group is exchanged for one that touches the same sections. A score
 * that does not vary among the draws has no interval, since all right says nothing of how often one would be wrong.
 */
import { randomStream, type RandomStream } from '../../random/index.ts';
import { quantile } from '../../stats/index.ts';
import type { Item, Metric } from '../item.ts';
import { groupedBy } from './scoring.ts';

export interface ScoreInterval {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

export interface ScoreIntervalOptions {
  /** Absent = 1,000, and fewer of many items: at least 100. */
  readonly resamples?: number;
  readonly seed?: number;
}

/** Items that are scored in all draws together: some seconds. */
const scoredItems = 4e6;

function usualResamples(items: number): number {
  return Math.min(1000, Math.max(100, Math.round(scoredItems / items)));
}

/** By metric; one that fewer than half of the draws have is left out. */
export function scoreIntervals(
  items: readonly Item[],
  score: (items: readonly Item[]) => readonly Metric[],
  { resamples = usualResamples(items.length), seed = 0 }: ScoreIntervalOptions = {},
): readonly ScoreInterval[] {
  const strata = strataOf(items);
  const stream = randomStream(seed, 'score intervals');
  const drawn = Array.from({ length: resamples }, () => score(redrawn(strata, stream))).flat();
  return [...groupedBy(drawn, ({ name }) => name)].flatMap(([name, metrics]) => {
    if (metrics.length < resamples / 2) return [];
    const sorted = metrics.map(({ value }) => value).toSorted((a, b) => a - b);
    const [low, high] = [quantile(sorted, 0.025), quantile(sorted, 0.975)];
    return low === high ? [] : [{ name, low, high }];
  });
}

type Group = readonly Item[];

/** Groups that touch the same sections. */
function strataOf(items: readonly Item[]): readonly (readonly Group[])[] {
  const groups = [...groupedBy(items, ({ group }) => group).values()];
  const sectionsOf = (group: Group): string => [...new Set(group.map(({ subset }) => subset))].toSorted().join(' ');
  return [...groupedBy(groups, sectionsOf).values()];
}

/** A group that is drawn again gets ids of its own, so that its questions are not taken for one. */
function redrawn(strata: readonly (readonly Group[])[], stream: RandomStream): readonly Item[] {
  return strata.flatMap((groups) => {
    const times = new Map<Group, number>();
    return groups.flatMap(() => {
      const group = stream.pick(groups);
      const time = (times.get(group) ?? 0) + 1;
      times.set(group, time);
      return time === 1 ? group : group.map((item) => ({ ...item, itemId: `${item.itemId}@${time}` }));
    });
  });
}
