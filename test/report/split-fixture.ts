/** A made-up grid of pretraining pairs, lengths of finetuning and seeds, with the FLOPs of each trial. */
import type { TrialCompute, TrialResult } from '../../harness/record/trial-result.ts';

export interface SplitPlace {
  readonly pairs: number;
  readonly steps: number;
  readonly samples: number;
  readonly seed: number;
}

export interface SplitGrid {
  readonly budgets?: readonly number[];
  readonly steps?: readonly number[];
  readonly samples?: readonly number[];
  readonly seeds?: readonly number[];
  /** FLOPs of a pair and of a step. */
  readonly perPair?: number;
  readonly perStep?: number;
}

/** 0 pairs are the arm without pretraining. */
export function splitGrid(
  accuracyAt: (place: SplitPlace) => number,
  grid: SplitGrid = {},
): { readonly trials: readonly TrialResult[]; readonly compute: readonly TrialCompute[] } {
  const { budgets = [0, 100, 200, 400], steps = [10, 40], samples = [64], seeds = [0, 1, 2] } = grid;
  const { perPair = 1e6, perStep = 1e7 } = grid;
  const places = budgets.flatMap((pairs) =>
    steps.flatMap((length) =>
      samples.flatMap((size) => seeds.map((seed): SplitPlace => ({ pairs, steps: length, samples: size, seed }))),
    ),
  );
  return {
    trials: places.map((place) => trialOf(place, accuracyAt(place))),
    compute: places.map((place) => ({
      trialId: idOf(place),
      start: 5e8,
      pretrain: perPair * place.pairs,
      finetune: perStep * place.steps,
    })),
  };
}

const idOf = ({ pairs, steps, samples, seed }: SplitPlace): string => [pairs, steps, samples, seed].join('-');

function trialOf(place: SplitPlace, accuracy: number): TrialResult {
  const { pairs, steps, samples, seed } = place;
  return {
    trialId: idOf(place),
    seed,
    model: 'tiny',
    arm: pairs === 0 ? 'base' : 'pmp',
    pmpPairs: pairs,
    pretrainPairs: pairs,
    task: 'lookup',
    samples,
    declared: { steps },
    outcome: 'completed',
    cause: null,
    metrics: { 'eval/pairwise_accuracy': accuracy, 'eval/pairwise_loss': 1 - accuracy },
    choices: {},
    evaluateStage: 'e',
  };
}
