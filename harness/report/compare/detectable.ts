/** What a comparison could have found, after the correction for all tests of its family. */
import { smallestEffect } from '../../stats/index.ts';
import type { Comparison } from '../report-types.ts';
import { isOneSided, levelOf, wantedPower } from './significance.ts';

/**
 * The smallest true difference that is found with 80 % power, given the spread seen over seeds. Exact for a claim; for
 * one of several tests at the level that Holm gives the smallest p: then the test is found whatever the others say.
 * null where there is no spread to go by.
 */
export function detectableDifference({ statistics, family, claim }: Omit<Comparison, 'sentence'>): number | null {
  if (statistics === null || statistics.standardError === null) return null;
  const { n, standardError } = statistics;
  return smallestEffect({
    power: wantedPower,
    alpha: levelOf(isOneSided(claim)) / family,
    n,
    standardError,
  });
}
