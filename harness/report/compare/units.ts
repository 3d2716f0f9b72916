/**
 * The units of a comparison: a seed of a model, with the trials of both sides. Both sides of a unit saw the same
 * finetuning samples and the same test pairs, so differences are taken inside units.
 */
import type { TrialResult } from '../../record/trial-result.ts';
import { findCell } from '../arm-points.ts';
import { unique } from '../distinct.ts';
import { headlineOf } from '../estimate.ts';
import type { TrialPair } from '../pair-outcomes.ts';
import type { Cell } from '../report-types.ts';
import type { Contrast } from './contrasts.ts';

/** One pair a sample size. */
export interface Unit {
  readonly model: string;
  readonly seed: number;
  readonly pairs: readonly (TrialPair & { readonly difference: number })[];
}

/** Of one model at one sample size: seeds that are complete on both sides. */
export function unitsAt(
  cells: readonly Cell[],
  { treatment, reference }: Contrast,
  { model, samples }: { readonly model: string; readonly samples: number },
): readonly Unit[] {
  const ours = cells.filter((cell) => cell.model === model);
  const [first, second] = [findCell(ours, treatment, samples), findCell(ours, reference, samples)];
  if (first === undefined || second === undefined) return [];
  return first.used.flatMap((trial) => {
    const other = second.used.find(({ seed }) => seed === trial.seed);
    return other === undefined ? [] : [{ model, seed: trial.seed, pairs: [pairOf(trial, other, first)] }];
  });
}

function pairOf(treatment: TrialResult, reference: TrialResult, { headline }: Cell): Unit['pairs'][number] {
  const difference = headlineOf(treatment, headline) - headlineOf(reference, headline);
  return { treatment: treatment.trialId, reference: reference.trialId, difference };
}

/**
 * Sample sizes of one seed share their pretraining run: they are averaged into one unit, never counted as independent.
 */
export function mergeUnits(units: readonly Unit[]): readonly Unit[] {
  return unique(units.map((unit) => unit.seed)).map((seed) => {
    const same = units.filter((unit) => unit.seed === seed);
    return { model: (same[0] as Unit).model, seed, pairs: same.flatMap((unit) => unit.pairs) };
  });
}
