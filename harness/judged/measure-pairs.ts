/** What scores of pairs amount to: shares with intervals over groups, beside what rankers by length get. */
import { accuracyOfPairs, pairsOf, type Item } from '../eval/index.ts';
import { clusteredShare, type Interval } from '../stats/index.ts';

/** A share of n items with its 95 % interval over groups; null = fewer than two groups. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval | null;
  readonly n: number;
  /** n divided by the design effect. */
  readonly effectiveN: number;
}

export interface PairMeasure {
  readonly pairs: number;
  readonly groups: number;
  readonly accuracy: Estimate;
  readonly halfCredit: Estimate;
  readonly tieRate: number;
  /** Mean of -log sigmoid(margin). */
  readonly loss: number;
  readonly meanMargin: number;
  /** Pairs whose responses come from one writer; null where none is known to. */
  readonly withinSource: Estimate | null;
  /** What needs no model. Ties count one half, as a coin breaks them. */
  readonly baselines: readonly { readonly name: string; readonly estimate: Estimate }[];
}

export interface PairOptions {
  readonly withinSource: ReadonlySet<string>;
  readonly hasLengths: boolean;
}

/** null without pairs. All rewards must be finite. */
export function measurePairs(items: readonly Item[], options: PairOptions): PairMeasure | null {
  const pairs = pairsOf(items);
  if (pairs.length === 0) return null;
  const groups = groupsOf(pairs);
  const { tieRate, pairwiseLoss, meanMargin } = accuracyOfPairs(pairs);
  const within = pairs.filter(({ itemId }) => options.withinSource.has(itemId));
  return {
    pairs: pairs.length,
    groups: new Set(groups).size,
    accuracy: accuracyOf(pairs),
    halfCredit: estimate(creditsBy(pairs, byReward), groups),
    tieRate,
    loss: pairwiseLoss,
    meanMargin,
    withinSource: within.length === 0 ? null : accuracyOf(within),
    baselines: baselinesOf(pairs, options.hasLengths),
  };
}

type Pairs = ReturnType<typeof pairsOf>;

const groupsOf = (pairs: Pairs): readonly string[] => pairs.map(({ chosen }) => chosen.group);
const byReward = ({ reward }: Item): number => reward;

function creditsBy(pairs: Pairs, scoreOf: (item: Item) => number): readonly number[] {
  return pairs.map(({ chosen, rejected }) => credit(scoreOf(chosen), scoreOf(rejected)));
}

function accuracyOf(pairs: Pairs): Estimate {
  return estimate(creditsBy(pairs, byReward).map(strict), groupsOf(pairs));
}

function baselinesOf(pairs: Pairs, hasLengths: boolean): PairMeasure['baselines'] {
  const { length: n } = pairs;
  const random = { name: 'random', estimate: { value: 0.5, interval: null, n, effectiveN: n } };
  if (!hasLengths) return [random];
  const byLength = (sign: 1 | -1): Estimate =>
    estimate(
      creditsBy(pairs, ({ tokens }) => sign * tokens),
      groupsOf(pairs),
    );
  return [random, { name: 'longest', estimate: byLength(1) }, { name: 'shortest', estimate: byLength(-1) }];
}

/** 1 = above, one half = equal as float32, 0 = below. */
export function credit(chosen: number, rejected: number): number {
  const margin = Math.fround(chosen) - Math.fround(rejected);
  return margin > 0 ? 1 : margin === 0 ? 0.5 : 0;
}

/** A tie is not right. */
export const strict = (credit: number): number => (credit === 1 ? 1 : 0);

export function estimate(values: readonly number[], groups: readonly string[]): Estimate {
  const { share, interval, n, effectiveN } = clusteredShare(values, groups, { unit: 'groups' });
  return { value: share, interval, n, effectiveN };
}
