/**
 * Candidates that no grader could judge count as wrong in every metric. Where there are any, what all of them being
 * wrong, or right, would make of a metric is told beside it.
 */
import type { Item } from './item.ts';
import type { AtN } from './subsets.ts';

/** In the pool. */
export function countUngraded(items: readonly Item[]): number {
  return items.filter(({ set, isCorrect }) => set === 'pool' && isCorrect === null).length;
}

/** At N: the value with all ungraded candidates wrong, and with all of them right. */
export interface Bounds {
  readonly N: number;
  readonly low: number;
  readonly high: number;
}

/** Empty where everything is graded. */
export function boundsAtN(items: readonly Item[], estimate: (items: readonly Item[]) => readonly AtN[]): Bounds[] {
  if (countUngraded(items) === 0) return [];
  const high = estimate(items.map((item) => ({ ...item, isCorrect: item.isCorrect ?? true })));
  const low = estimate(items.map((item) => ({ ...item, isCorrect: item.isCorrect ?? false })));
  return low.map(({ N, value }, index) => ({ N, low: value, high: (high[index] as AtN).value }));
}
