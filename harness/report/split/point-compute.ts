/** Training FLOPs of the points of a sweep, and which of its axes is a length of finetuning. */
import type { TrialCompute, TrialResult } from '../../record/trial-result.ts';
import { groupBy, unique } from '../distinct.ts';
import type { Cell } from '../report-types.ts';
import { axesOf, withoutShared } from '../variants.ts';
import type { PointCompute } from './split-types.ts';

/** A cell with results of which the cost is known. */
export interface CostedCell extends Cell, PointCompute {}

export type ComputeOfTrial = ReadonlyMap<string, TrialCompute>;

/** Left out is what is not known, or not the same for all seeds. */
export function costedCells(cells: readonly Cell[], compute: ComputeOfTrial): readonly CostedCell[] {
  return cells.flatMap((cell) => {
    const costs = cell.used.map((trial) => (isLengthChosen(trial) ? undefined : compute.get(trial.trialId)));
    const [first] = costs;
    if (first === undefined || !costs.every((cost) => isSame(cost, first))) return [];
    const { start, pretrain, finetune } = first;
    const flops = { startFlops: start, pretrainFlops: pretrain, finetuneFlops: finetune };
    return [{ ...cell, ...flops, totalFlops: pretrain + finetune }];
  });
}

const isSame = (cost: TrialCompute | undefined, { start, pretrain, finetune }: TrialCompute): boolean =>
  cost?.start === start && cost.pretrain === pretrain && cost.finetune === finetune;

/** The plan counts the length that the experiment wrote, before one was chosen on dev. */
const isLengthChosen = ({ choices }: TrialResult): boolean =>
  'finetune.steps' in choices || 'finetune.pairsPerStep' in choices;

/**
 * Axes of variants that change the cost of finetuning at every place and nothing before it: what differs in such an
 * axis alone is a point of the same line. `cells`: of one task and model.
 */
export function lengthAxes(cells: readonly CostedCell[]): readonly string[] {
  return axesOf(cells.map(({ variant }) => variant)).filter((axis) => {
    const places = groupBy(cells, ({ arm, pretrainPairs, samples, variant }) =>
      JSON.stringify([arm.id, pretrainPairs, samples, withoutShared(variant, [axis]).rest]),
    );
    return places.some((place) => place.length > 1) && places.every(differsInLength);
  });
}

function differsInLength(place: readonly CostedCell[]): boolean {
  const distinct = (of: 'startFlops' | 'pretrainFlops' | 'finetuneFlops'): number =>
    unique(place.map((cell) => cell[of])).length;
  return distinct('startFlops') === 1 && distinct('pretrainFlops') === 1 && distinct('finetuneFlops') === place.length;
}
