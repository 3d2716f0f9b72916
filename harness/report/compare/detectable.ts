/** What a comparison could have found, after the correction for all tests of its family. */
import { normalQuantile, smallestEffect, type Interval } from '../../stats/index.ts';
import type { Comparison } from '../report-types.ts';
import { isOneSided, levelOf, wantedPower } from './significance.ts';

/**
 * The smallest true difference that is found with 80 % power, given the spread seen over seeds and, where recorded,
 * over test pairs: a finding has to stand clear of both, so it is the larger of what each lets be found. The first is
 * exact for a claim; for one of several tests it is at the level that Holm gives the smallest p: then the test is found
 * whatever the others say. null where there is no spread to go by.
 */
export function detectableDifference({
  statistics,
  family,
  claim,
  itemInterval,
}: Omit<Comparison, 'sentence'>): number | null {
  if (statistics === null || statistics.standardError === null) return null;
  const { n, standardError } = statistics;
  const overSeeds = smallestEffect({
    power: wantedPower,
    alpha: levelOf(isOneSided(claim)) / family,
    n,
    standardError,
  });
  return itemInterval === null ? overSeeds : Math.max(overSeeds, clearOf(itemInterval));
}

/** So far from 0 a difference has to be, that its interval leaves out 0 with 80 % power. */
function clearOf({ low, high, level }: Interval): number {
  const ends = normalQuantile((1 + level) / 2);
  return ((high - low) / 2) * (1 + normalQuantile(wantedPower) / ends);
}
