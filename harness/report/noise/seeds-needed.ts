/** What the spread that a pilot has measured asks of the sweep: seeds for a difference, a difference for seeds. */
import { smallestEffect, unitsNeeded } from '../../stats/index.ts';
import { leastUnits, levelOf, wantedPower } from '../compare/significance.ts';
import type { SeedNoise } from './seed-noise.ts';

/** A result by the spread as it was measured, and by the upper end of its interval. */
interface ByDeviation<T> {
  readonly measured: T;
  readonly upper: T;
}

export interface SeedsNeeded {
  /** In the unit of the metric; of a share 0.01 is a point. */
  readonly difference: number;
  /** For 80 % power; null = more than `mostSeeds`. */
  readonly seeds: ByDeviation<number | null>;
}

/** Nobody trains more, and beyond it the search is slow. */
export const mostSeeds = 10_000;

export function seedsNeeded(noise: SeedNoise, differences: readonly number[]): readonly SeedsNeeded[] {
  const design = { alpha: levelOfClaim(noise), power: wantedPower, least: leastUnits, most: mostSeeds };
  return differences.map((difference) => ({
    difference,
    seeds: byDeviation(noise, (deviation) => unitsNeeded(difference, { ...design, deviation })),
  }));
}

/** The smallest true difference that a claim on `seeds` seeds finds with 80 % power; null where they make no claim. */
export function smallestFound(noise: SeedNoise, seeds: number): ByDeviation<number> | null {
  if (seeds < leastUnits) return null;
  const design = { alpha: levelOfClaim(noise), power: wantedPower, n: seeds };
  return byDeviation(noise, (deviation) => smallestEffect({ ...design, standardError: deviation / Math.sqrt(seeds) }));
}

/** The claim will be registered by then, so that a side that it names has the whole level. */
export const isOneSidedClaim = ({ direction }: Pick<SeedNoise, 'direction'>): boolean => direction !== 'different';

const levelOfClaim = (noise: SeedNoise): number => levelOf(isOneSidedClaim(noise));

function byDeviation<T>(noise: SeedNoise, of: (deviation: number) => T): ByDeviation<T> {
  return { measured: of(noise.deviation), upper: of(noise.deviationInterval.high) };
}
