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
  const { seed, pairsPerStep, schedule } = config;
  const order = batchOrder({ seed, pairsPerStep, lengths: pairs.map(trainedTokens(config)) });
  requireEnoughPairs(config, order, pairs.length);
  const { decayStart, total } = forkSteps(budgetSteps(config, pairs), schedule);
  const features = pretrainFeatures(config);
  requireMargins(features, pairs, 'pretrain');
  return {
    decayStart,
    total,
    features,
    objective: objectiveTerms(config.objective),
    learningRateAt: learningRateOf(schedule, { learningRate: config.optimizer.learningRate, steps: total }),
    pairs,
    order,
  };
}

type TokensOf = (pair: EncodedPair) => number;

const pmpTokens: TokensOf = (pair) => pair.prompt.length + pair.chosen.length + pair.rejected.length;
const lmTokens: TokensOf = (pair) => pair.prompt.length + pair.chosen.length;

/** Tokens of a pair that the objective reads: language modelling leaves the rejected response out. */
function trainedTokens({ objective }: PretrainConfig): TokensOf {
  return objective.kind === 'pmp' ? pmpTokens : lmTokens;
}

function requireEnoughPairs(
  { budget, objective, pairsPerStep }: PretrainConfig,
  order: BatchOrder,
  pairs: number,
): void {
  const wanted = budgetPairs(budget);
  const isOnePass = objective.kind === 'pmp' || 'tokensOfPairs' in budget;
  if (!isOnePass || wanted <= order.stepsPerEpoch * pairsPerStep) return;
  throw new UserError(`pretrain.budget asks for ${wanted} pairs, there are ${pairs}`, {
    exitCode: 2,
    hint:
      'Lower the budget, or raise what limits the pairs (for mutated code pairs.mutantsPerFunction or ' +
      'corpus.maxCharacters).',
  });
}

function pretrainFeatures({ objective, pairsPerMicroBatch, sharePrompts }: PretrainConfig): TrainFeatures {
  return {
    ...plainTraining,
    pairsPerMicroBatch,
    sharePrompts,
    ...(objective.kind === 'pmp' && { rewardCentering: objective.rewardCentering, margin: objective.margin }),
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

function budgetSteps(config: PretrainConfig, pairs: readonly EncodedPair[]): number {
  return 'pairs' in config.budget
    ? Math.floor(config.budget.pairs / config.pairsPerStep)
    : stepsOfTokens(config, pairs, budgetPairs(config.budget));
}

/**
 * Steps after which a run has seen as many tokens as preference pretraining sees in the first `pairsOfBudget` pairs of
 * the same order (further epochs if need be).
 */
function stepsOfTokens(config: PretrainConfig, pairs: readonly EncodedPair[], pairsOfBudget: number): number {
  const order = pairOrder(config.seed, pairs.length);
  const pairAt = (position: number): EncodedPair => pairs[order[position % order.length] as number] as EncodedPair;
  const stepTokens = trainedTokens(config);
  let left = 0;
  for (let position = 0; position < pairsOfBudget; position++) left += pmpTokens(pairAt(position));
  let taken = 0;
  while (left > 0) left -= stepTokens(pairAt(taken++));
  return Math.round(taken / config.pairsPerStep);
}
