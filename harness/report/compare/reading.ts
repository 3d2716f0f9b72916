/** What a comparison says by itself, before a claim is asked whether it survives. */
import { direction } from '../headlines.ts';
import type { Comparison, Reading } from '../report-types.ts';
import { isOneSided, leastUnits, significance } from './significance.ts';

/** Beyond noise is what stands clear of seeds and of test pairs. `p` is the adjusted one. */
export function readingOf(
  { statistics, itemInterval, headline, claim }: Pick<Comparison, 'statistics' | 'itemInterval' | 'headline' | 'claim'>,
  p: number | null,
): Reading {
  if (statistics === null) return 'missing';
  if (p === null || statistics.n < leastUnits) return 'no-claim';
  const isClearOfItems = itemInterval === null || itemInterval.low > 0 || itemInterval.high < 0;
  if (p >= significance || !isClearOfItems) return 'not-distinguishable';
  const reading = statistics.meanDifference * direction(headline) > 0 ? 'better' : 'worse';
  const isOtherSide = isOneSided(claim) && claim?.direction !== reading;
  return isOtherSide ? 'not-distinguishable' : reading;
}

export const isFinding = (reading: Reading): boolean => reading === 'better' || reading === 'worse';

/** A claim that was found at its own place, and lost (or is not measured) where it had to survive. */
export function isFoundAlone(comparison: Omit<Comparison, 'sentence'>): boolean {
  const alone = readingOf(comparison, comparison.adjustedP);
  return isFinding(alone) && alone !== comparison.reading;
}
