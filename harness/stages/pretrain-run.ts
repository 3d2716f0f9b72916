/** What the trunk and its forks share: the pairs in their order, the steps of a budget, and the learning rate. */
import { openEncodedPairs, type EncodedPairs, type PairTokenCounts } from '../data/index.ts';
import { budgetPairs, forkSteps, objectiveTerms } from '../spec/index.ts';
import type { PretrainConfig } from './configs.ts';
import { pairShards } from './encoded-files.ts';
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
  readonly order: BatchOrder;
}

/** What a run takes its batches from: the pairs stay in their files. */
export interface OpenPretrainRun extends PretrainRun {
  readonly pairs: EncodedPairs;
}

/** Opens the pairs for `use`, and closes them behind it. @throws as `pretrainRun`. */
export async function withPretrainRun<Result>(
  config: PretrainConfig,
  pairsFolder: string,
  use: (run: OpenPretrainRun) => Promise<Result>,
): Promise<Result> {
  const pairs = openEncodedPairs(pairsFolder, pairShards.trained);
  try {
    return await use({ ...pretrainRun(config, pairs), pairs });
  } finally {
    pairs.close();
  }
}

/** What is known of the pairs without reading them. */
type PairsAtHand = Pick<EncodedPairs, 'count' | 'lengths' | 'hasMargins'>;

/**
 * Throws UserError (exit 2) where preference pretraining asks for more pairs than there are: it is one pass by
 * definition.
 */
export function pretrainRun(config: PretrainConfig, pairs: PairsAtHand): PretrainRun {
  const { seed, pairsPerStep, schedule } = config;
  const tokensOf = trainedTokens(config);
  const lengths = Uint32Array.from({ length: pairs.count }, (_, row) => tokensOf(pairs.lengths(row)));
  const order = batchOrder({ seed, pairsPerStep, lengths });
  requireEnoughPairs(config, order, pairs.count);
  const { decayStart, total } = forkSteps(budgetSteps(config, pairs), schedule);
  const features = pretrainFeatures(config);
  requireMargins(features, pairs, 'pretrain');
  return {
    decayStart,
    total,
    features,
    objective: objectiveTerms(config.objective),
    learningRateAt: learningRateOf(schedule, { learningRate: config.optimizer.learningRate, steps: total }),
    order,
  };
}

type TokensOf = (pair: PairTokenCounts) => number;

const pmpTokens: TokensOf = ({ prompt, chosen, rejected }) => prompt + chosen + rejected;
const lmTokens: TokensOf = ({ prompt, chosen }) => prompt + chosen;

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
  { count, hasMargins }: Pick<PairsAtHand, 'count' | 'hasMargins'>,
  section: 'pretrain' | 'finetune',
): void {
  if (margin?.kind !== 'data' || hasMargins) return;
  throw new UserError(
    `${section}.objective.margin asks for the margins of the data, and none of its ${count} pairs has one`,
    { exitCode: 2, hint: 'Use {kind: constant, value: ...}, or null.' },
  );
}

function budgetSteps(config: PretrainConfig, pairs: PairsAtHand): number {
  return 'pairs' in config.budget
    ? Math.floor(config.budget.pairs / config.pairsPerStep)
    : stepsOfTokens(config, pairs, budgetPairs(config.budget));
}

/**
 * Steps after which a run has seen as many tokens as preference pretraining sees in the first `pairsOfBudget` pairs of
 * the same order (further epochs if need be).
 */
function stepsOfTokens(config: PretrainConfig, pairs: PairsAtHand, pairsOfBudget: number): number {
  const order = pairOrder(config.seed, pairs.count);
  const lengthsAt = (position: number): PairTokenCounts => pairs.lengths(order[position % order.length] as number);
  const stepTokens = trainedTokens(config);
  let left = 0;
  for (let position = 0; position < pairsOfBudget; position++) left += pmpTokens(lengthsAt(position));
  let taken = 0;
  while (left > 0) left -= stepTokens(lengthsAt(taken++));
  return Math.round(taken / config.pairsPerStep);
}
