/**
 * The unit of a comparison is a seed. Models and sample sizes of one seed share its random numbers, its finetuning
 * samples and the test pairs, so their differences go together: they are averaged into one unit, never counted as
 * independent. Both sides of a unit saw the same finetuning samples and the same test pairs.
 */
import type { TrialResult } from '../../record/trial-result.ts';
import { findCell } from '../arm-points.ts';
import { modelsOf, sampleSizes } from '../cells.ts';
import { ascending } from '../distinct.ts';
import { headlineOf } from '../estimate.ts';
import type { TrialPair } from '../pair-outcomes.ts';
import type { Cell } from '../report-types.ts';
import type { Contrast } from './contrasts.ts';

/** A model at a sample size at which the sweep has both sides. */
export interface GridPoint {
  readonly model: string;
  readonly samples: number;
  readonly treatment: Cell;
  readonly reference: Cell;
}

/** A seed: one pair of trials a grid point. */
export interface Unit {
  readonly seed: number;
  readonly pairs: readonly (TrialPair & { readonly difference: number })[];
}

export interface Units {
  /** Seeds that have both sides at every grid point. */
  readonly complete: readonly Unit[];
  /**
   * Seeds that have some of it. They are left out: a mean over seeds of which some lack a model or a size would differ
   * from one over complete seeds by what that model or size adds.
   */
  readonly incomplete: readonly number[];
}

/** Model by model, sizes ascending. `cells`: of one task. */
export function gridOf(cells: readonly Cell[], { treatment, reference }: Contrast): readonly GridPoint[] {
  return modelsOf(cells).flatMap((model) => {
    const ours = cells.filter((cell) => cell.model === model);
    return sampleSizes(ours).flatMap((samples) => {
      const [first, second] = [findCell(ours, treatment, samples), findCell(ours, reference, samples)];
      return first === undefined || second === undefined
        ? []
        : [{ model, samples, treatment: first, reference: second }];
    });
  });
}

/** Seeds ascending. */
export function unitsOf(grid: readonly GridPoint[]): Units {
  const cells = grid.flatMap(({ treatment, reference }) => [treatment, reference]);
  const seeds = ascending(cells.flatMap(({ used }) => used.map(({ seed }) => seed)));
  const units = seeds.map((seed) => ({ seed, pairs: grid.flatMap((point) => pairAt(point, seed) ?? []) }));
  const isComplete = ({ pairs }: Unit): boolean => pairs.length === grid.length;
  return {
    complete: units.filter(isComplete),
    incomplete: units.filter((unit) => !isComplete(unit)).map(({ seed }) => seed),
  };
}

function pairAt({ treatment, reference }: GridPoint, seed: number): Unit['pairs'][number] | null {
  const of = ({ used }: Cell): TrialResult | undefined => used.find((trial) => trial.seed === seed);
  const [first, second] = [of(treatment), of(reference)];
  if (first === undefined || second === undefined) return null;
  const difference = headlineOf(first, treatment.headline) - headlineOf(second, treatment.headline);
  return { treatment: first.trialId, reference: second.trialId, difference };
}
