/**
 * What a run does beyond the plain step, and which of it decides the compiled program. The rest is fed, so one
 * program serves many experiments.
 */
import type { StateStorage } from '../graph/index.ts';
import type { Flattening } from './learned-groups.ts';
import type { OptimizerSpec, PairwiseTerms, TrainableSpec } from '../spec/experiment-schema.ts';

/** Everything that is off in a plain run. */
export interface TrainFeatures extends PairwiseTerms {
  readonly trainable: TrainableSpec | null;
  readonly pairsPerMicroBatch: number | null;
  readonly sharePrompts: true | null;
}

/** The features that a section of an experiment asks for; one that is not named is off. */
export function featuresOf({
  trainable = null,
  pairsPerMicroBatch = null,
  sharePrompts = null,
  rewardCentering = null,
  margin = null,
}: Partial<TrainFeatures>): TrainFeatures {
  return { trainable, pairsPerMicroBatch, sharePrompts, rewardCentering, margin };
}

export const plainTraining = featuresOf({});

/** What a program of a step depends on, beside model and objective. */
export interface StepFeatures {
  readonly trainable: TrainableSpec | null;
  readonly rewardCentering: boolean;
  readonly targetMargin: boolean;
  /** Rows may hold several pairs, so labels are weighted and pairs are placed by index. */
  readonly sharedPrompts: boolean;
  readonly hasAverage: boolean;
  readonly momentStorage: StateStorage;
  /** Which parameters are kept together: the engine's to choose. */
  readonly flattening: Flattening;
  /** Blocks of queries in which each micro-batch computes attention; 1 = at once. */
  readonly attentionBlocks: readonly number[];
}

export const plainStep: StepFeatures = {
  trainable: null,
  rewardCentering: false,
  targetMargin: false,
  sharedPrompts: false,
  hasAverage: false,
  momentStorage: 'float32',
  flattening: 'none',
  attentionBlocks: [],
};

export function stepFeatures(
  { trainable, sharePrompts, rewardCentering, margin }: TrainFeatures,
  { momentStorage, ema }: OptimizerSpec,
  flattening: Flattening = 'none',
  attentionBlocks: readonly number[] = [],
): StepFeatures {
  return {
    trainable,
    rewardCentering: rewardCentering !== null,
    targetMargin: margin !== null,
    sharedPrompts: sharePrompts === true,
    hasAverage: ema !== null,
    momentStorage: momentStorage ?? 'float32',
    // Moments in 16 bits are widened and narrowed by operations, so that no engine updates them in place.
    flattening: flattening === 'none' && momentStorage !== null ? 'small' : flattening,
    attentionBlocks,
  };
}

/** Equal keys mean equal programs; alpha is fed. */
export function featuresKey(features: StepFeatures): string {
  return JSON.stringify(features, (name, value: unknown) => (name === 'alpha' ? undefined : value));
}

/**
 * The margin that a pair's reward difference is to exceed. `margin` of the data is read only where the objective asks
 * for it.
 */
export function targetMarginOf({ margin }: PairwiseTerms, ofData: number): number {
  if (margin === null) return 0;
  return margin.kind === 'constant' ? margin.value : margin.scale * ofData;
}
