/** What the trunk and its forks share: the pairs in their order, the steps of a budget, and the learning rate. */
import path from 'node:path';
import { readEncodedPairs } from '../data/index.ts';
import type { EncodedPair } from '../data/preference-pair.ts';
import { budgetPairs, forkSteps, objectiveTerms } from '../spec/index.ts';
import type { PretrainConfig } from './configs.ts';
import { UserError } from '../spec/user-error.ts';
import {
  batchOrder,
  type BatchOrder,
  learningRateOf,
  pairOrder,
  plainTraining,
  type LearningRate,
  type ObjectiveWeights,
  type TrainFeatures,
} from '../train/index.ts';

export interface PretrainRun {
  /** Updates before the fork decays (wsd), and in all. For cosine both are the total. */
  readonly decayStart: number;
  readonly total: number;
  readonly objective: ObjectiveWeights;
  readonly features: TrainFeatures;
  readonly learningRateAt: LearningRate;
  readonly pairs: readonly EncodedPair[];
  readonly order: BatchOrder;
}

/**
 * Throws UserError (exit 2) where preference pretraining asks for more pairs than there are: it is one pass by
 * definition.
 */
export function pretrainRun(config: PretrainConfig, pairsFolder: string): PretrainRun {
  const pairs = readEncodedPairs(path.join(pairsFolder, 'pairs.arrow'));
  const isPmp = config.objective.kind === 'pmp';
  const pmpTokens = (pair: EncodedPair): number => pair.prompt.length + pair.chosen.length + pair.rejected.length;
  const lmTokens = (pair: EncodedPair): number => pair.prompt.length + pair.chosen.length;
  const order = batchOrder({
    seed: config.seed,
    pairsPerStep: config.pairsPerStep,
    lengths: pairs.map(isPmp ? pmpTokens : lmTokens),
  });
  const wanted = budgetPairs(config.budget);
  if (wanted > order.stepsPerEpoch * config.pairsPerStep && (isPmp || 'tokensOfPairs' in config.budget)) {
    throw new UserError(`pretrain.budget asks for ${wanted} pairs, there are ${pairs.length}`, {
      exitCode: 2,
      hint: 'Lower the budget, or raise what limits the pairs (for mutated code pairs.mutantsPerFunction or corpus.maxCharacters).',
    });
  }
  const steps =
    'pairs' in config.budget
      ? Math.floor(config.budget.pairs / config.pairsPerStep)
      : stepsOfTokens({
          pairs,
          seed: config.seed,
          budgetPairs: wanted,
          pairsPerStep: config.pairsPerStep,
          budgetTokens: pmpTokens,
          stepTokens: isPmp ? pmpTokens : lmTokens,
        });
  const { decayStart, total } = forkSteps(steps, config.schedule);
  const { pairsPerMicroBatch, sharePrompts, objective } = config;
  const features = {
    ...plainTraining,
    pairsPerMicroBatch,
    sharePrompts,
    ...(objective.kind === 'pmp' && { rewardCentering: objective.rewardCentering, margin: objective.margin }),
  };
  requireMargins(features, pairs, 'pretrain');
  return {
    decayStart,
    total,
    features,
    objective: objectiveTerms(config.objective),
    learningRateAt: learningRateOf(config.schedule, { learningRate: config.optimizer.learningRate, steps: total }),
    pairs,
    order,
  };
}

/**
 * Throws UserError (exit 2) where the objective reads margins that no pair has: it would train as if there were none,
 * under another name.
 */
export function requireMargins(
  { margin }: Pick<TrainFeatures, 'margin'>,
  pairs: readonly EncodedPair[],
  section: 'pretrain' | 'finetune',
): void {
  if (margin?.kind !== 'data' || pairs.some((pair) => pair.margin !== undefined)) return;
  throw new UserError(
    `${section}.objective.margin asks for the margins of the data, and none of its ${pairs.length} pairs has one`,
    { exitCode: 2, hint: 'Use {kind: constant, value: ...}, or null.' },
  );
}

/**
 * Steps after which a run has seen as many tokens as preference pretraining sees in the first `budgetPairs` pairs of
 * the same order (further epochs if need be).
 */
function stepsOfTokens(options: {
  readonly pairs: readonly EncodedPair[];
  readonly seed: number;
  readonly budgetPairs: number;
  readonly pairsPerStep: number;
  readonly budgetTokens: (pair: EncodedPair) => number;
  readonly stepTokens: (pair: EncodedPair) => number;
}): number {
  const order = pairOrder(options.seed, options.pairs.length);
  const pairAt = (position: number): EncodedPair =>
    options.pairs[order[position % order.length] as number] as EncodedPair;
  let left = 0;
  for (let position = 0; position < options.budgetPairs; position++) left += options.budgetTokens(pairAt(position));
  let taken = 0;
  while (left > 0) left -= options.stepTokens(pairAt(taken++));
  return Math.round(taken / options.pairsPerStep);
}
