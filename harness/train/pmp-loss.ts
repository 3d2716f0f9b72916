/**
 * The training objectives as tensors: pairwise loss (Bradley-Terry, -log sigmoid of the margin), LM loss (next-token
 * cross-entropy on chosen responses), and their weighted sum, the PMP loss of CodePMP (arXiv 2410.02229, section 3). A
 * part of weight 0 is not in the graph at all, nor is a term that is off: the margin that rewards are to differ by
 * (Llama 2, arXiv 2307.09288, section 3.2.2), and the centering of rewards (arXiv 2312.09244).
 */
import {
  add,
  crossEntropyRows,
  divide,
  input,
  matmul,
  multiply,
  negate,
  reshape,
  softplus,
  square,
  subtract,
  sum,
  type Dim,
  type Tensor,
} from '../graph/index.ts';
import {
  declareReads,
  hiddenStates,
  logitsAt,
  numbered,
  tokenScores,
  type BatchInputs,
  type ParameterTensors,
} from '../model/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { plainStep, type StepFeatures } from './step-features.ts';

export interface ObjectiveWeights {
  readonly pairwiseWeight: number;
  readonly lmWeight: number;
}

/** Which losses a program computes; the weights themselves are fed, so one program serves every positive weight. */
export type ObjectiveParts = 'pairwise' | 'lm' | 'pairwise+lm';

export interface LossTensors {
  readonly total: Tensor;
  readonly pairwise: Tensor | null;
  readonly lm: Tensor | null;
  /** reward(chosen) - reward(rejected): [P], one tensor a micro-batch. */
  readonly margins: readonly Tensor[] | null;
  /** Mean of (reward(chosen) + reward(rejected))^2. */
  readonly centering: Tensor | null;
}

/** Throws RangeError where both weights are 0: there would be nothing to learn. */
export function objectiveParts({ pairwiseWeight, lmWeight }: ObjectiveWeights): ObjectiveParts {
  if (pairwiseWeight > 0) return lmWeight > 0 ? 'pairwise+lm' : 'pairwise';
  if (lmWeight > 0) return 'lm';
  throw new RangeError(
    `an objective needs a positive weight, found pairwiseWeight ${pairwiseWeight}, lmWeight ${lmWeight}`,
  );
}

/**
 * The loss of one step over all its micro-batches. Both means are over the whole step (sums divided by the fed
 * `pairCount` and `labelCount`), never means of means: a pair or a token counts the same however the batch is cut.
 */
export function pmpLoss(
  model: ModelSpec,
  parts: ObjectiveParts,
  parameters: ParameterTensors,
  batches: readonly BatchInputs[],
  features: StepFeatures = plainStep,
): LossTensors {
  // [M, D] each.
  const hidden = batches.map((batch, index) => hiddenStates(model, parameters, batch, declareReads(batch, index)));
  const losses = {
    lm: parts === 'pairwise' ? null : lmLoss(model, parameters, hidden, features),
    ...(parts === 'lm' ? noPairLosses : pairLossesOf(parameters, hidden, features)),
  };
  return { total: weightedTotal(losses), ...losses };
}

/** The sum of the losses that there are, each times its fed weight. */
function weightedTotal({ pairwise, lm, centering }: Omit<LossTensors, 'total' | 'margins'>): Tensor {
  const weighted = [
    pairwise && multiply(pairwise, input('pairwiseWeight', [])),
    lm && multiply(lm, input('lmWeight', [])),
    centering && multiply(centering, input('centeringWeight', [])),
  ];
  return weighted.filter((loss) => loss !== null).reduce(add);
}

type PairLosses = Pick<LossTensors, 'pairwise' | 'centering' | 'margins'>;

const noPairLosses: PairLosses = { pairwise: null, centering: null, margins: null };

function pairLossesOf(parameters: ParameterTensors, hidden: readonly Tensor[], features: StepFeatures): PairLosses {
  const scores = hidden.map((states) => tokenScores(parameters, states));
  const pairCount = input('pairCount', []);
  const margins = scores.map((some, index) => pooled('marginPooling', some, index));
  const losses = margins.map((some, index) => sum(softplus(negate(exceeding(some, index, features))), [0]));
  return {
    margins,
    pairwise: divide(losses.reduce(add), pairCount),
    centering: features.rewardCentering ? divide(squaredSums(scores).reduce(add), pairCount) : null,
  };
}

/** Of each micro-batch: the squares of its pairs' summed rewards, added up. */
function squaredSums(scores: readonly Tensor[]): readonly Tensor[] {
  return scores.map((some, index) => sum(square(pooled('rewardSumPooling', some, index)), [0]));
}

function lmLoss(
  model: ModelSpec,
  parameters: ParameterTensors,
  hidden: readonly Tensor[],
  features: StepFeatures,
): Tensor {
  const sums = hidden.map((states, index) => labelLossSum(model, parameters, { hidden: states, index, features }));
  return divide(sums.reduce(add), input('labelCount', []));
}

/** One value a pair [P] out of the scores of read tokens [M, 1], by a fed matrix [P, M]. */
function pooled(name: 'marginPooling' | 'rewardSumPooling', scores: Tensor, index: number): Tensor {
  const pairs = numbered('P', index);
  return reshape(matmul(input(numbered(name, index), [pairs, scores.shape[0] as Dim]), scores), [pairs]);
}

/** By how much the margins exceed the target margins: [P]. */
function exceeding(margins: Tensor, index: number, { targetMargin }: StepFeatures): Tensor {
  return targetMargin ? subtract(margins, input(numbered('targetMargin', index), [numbered('P', index)])) : margins;
}

/**
 * Summed over labelled tokens, so a long response weighs more than a short one; where pairs share responses, each label
 * counts once a pair that chose it.
 */
function labelLossSum(
  model: ModelSpec,
  parameters: ParameterTensors,
  { hidden, index, features }: { readonly hidden: Tensor; readonly index: number; readonly features: StepFeatures },
): Tensor {
  const labels = [numbered('L', index)];
  const logits = logitsAt(model, parameters, hidden, input(numbered('labelRows', index), labels, 'int32')); // [L, V]
  const losses = crossEntropyRows(logits, input(numbered('labelTargets', index), labels, 'int32'));
  return sum(features.sharedPrompts ? multiply(losses, input(numbered('labelWeights', index), labels)) : losses, [0]);
}
