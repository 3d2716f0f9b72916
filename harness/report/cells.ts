/**
 * Trials -> cells (trials that differ in their seed only). Here nothing is dropped in silence: every trial is used or
 * counted by what became of it.
 */
import type { Arm } from '../kinds/arms.ts';
import type { Metric } from '../kinds/metrics.ts';
import type { TrialResult } from '../record/trial-result.ts';
import { countTrials, isUsed } from './counts.ts';
import { ascending, groupBy, unique } from './distinct.ts';
import type { Cell } from './report-types.ts';
import { variantNamer } from './variants.ts';

interface Resolvers {
  readonly armNamed: (id: string) => Arm;
  readonly headlineFor: (task: string) => Metric;
}

/** In the order in which the plan first names them. */
export function groupCells(trials: readonly TrialResult[], { armNamed, headlineFor }: Resolvers): readonly Cell[] {
  const variantOf = variantNamer(trials, armNamed);
  const placeOf = (trial: TrialResult) => {
    const { task, model, arm, pretrainPairs, samples } = trial;
    return { task, model, arm: armNamed(arm).id, pretrainPairs, variant: variantOf(trial), samples };
  };
  return groupBy(trials, (trial) => JSON.stringify(placeOf(trial))).map((group) => {
    const place = placeOf(group[0]);
    return cellOf(group, { ...place, arm: armNamed(place.arm), headline: headlineFor(place.task) });
  });
}

function cellOf(group: readonly TrialResult[], at: Omit<Cell, 'used' | 'counts'>): Cell {
  return {
    ...at,
    used: group.filter((trial) => isUsed(trial, at.headline)).toSorted((a, b) => a.seed - b.seed),
    counts: countTrials(group, at.headline),
  };
}

export const sampleSizes = (cells: readonly Cell[]): readonly number[] => ascending(cells.map((cell) => cell.samples));

export const modelsOf = (cells: readonly Cell[]): readonly string[] => unique(cells.map((cell) => cell.model));
