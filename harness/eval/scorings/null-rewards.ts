/**
 * Rewards of rankers that understand nothing, for scorings that read rewards: a coin, the longest and the shortest
 * response. What a coin decides is averaged over sixty turns of one random order of each item's candidates and their
 * reverses. So each candidate is above each other one in exactly half of them, and on top equally often where an item
 * has 2 to 6, 10 or 12 candidates: pairs, best-of-4 and options have no sampling error.
 */
import { randomStream } from '../../random/index.ts';
import type { Item, Metric } from '../item.ts';
import { groupedBy, mean } from './scoring.ts';

export const nullRankers = {
  random: (_: Item, coin: number) => coin,
  longest: ({ tokens }: Item, coin: number) => tokens + coin,
  shortest: ({ tokens }: Item, coin: number) => coin - tokens,
} as const satisfies Readonly<Record<string, NullRanker>>;

/** `coin`: in (0, 1), different for each candidate of an item. Lengths are whole numbers, so it breaks ties only. */
type NullRanker = (item: Item, coin: number) => number;

const turns = 60;

/** Mean of what `score` gives, by metric, over the turns. */
export function nullMetrics(
  items: readonly Item[],
  ranker: NullRanker,
  score: (items: readonly Item[]) => readonly Metric[],
): readonly Metric[] {
  const coins = coinsOf(items);
  const all = Array.from({ length: 2 * turns }, (_, turn) =>
    score(items.map((item, index) => ({ ...item, reward: ranker(item, coins(index, turn)) }))),
  ).flat();
  return [...groupedBy(all, ({ name }) => name)].map(([name, values]) => ({
    name,
    value: mean(values.map(({ value }) => value)),
  }));
}

/** The coin of the item at an index in one of the turns. */
function coinsOf(items: readonly Item[]): (index: number, turn: number) => number {
  const places: { readonly values: readonly number[]; readonly place: number }[] = [];
  const indexed = items.map((item, index) => ({ item, index }));
  for (const [key, candidates] of groupedBy(indexed, ({ item }) => `${item.set} ${item.itemId}`)) {
    const stream = randomStream(0, 'null rewards', key);
    const values = candidates.map(() => stream.uniform());
    for (const [place, { index }] of candidates.entries()) places[index] = { values, place };
  }
  return (index, turn) => {
    const { values, place } = places[index] as (typeof places)[number];
    const coin = values[(place + turn) % values.length] as number;
    return turn < turns ? coin : 1 - coin;
  };
}
