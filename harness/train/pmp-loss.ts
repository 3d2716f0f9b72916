/**
 * The training objectives as tensors: pairwise loss (Bradley-Terry, -log sigmoid of the margin), LM loss (next-token cross-entropy on chosen
 * responses), and their weighted sum, the PMP loss of CodePMP (arXiv 2410.02229, section 3). A part of weight 0 is not in the graph at all.
 */
import { add, crossEntropyRows, divide, input, matmul, multiply, negate, reshape, softplus, sum, type Dim, type Tensor } from '../graph/index.ts';
import { hiddenStates, logitsAt, numbered, tokenScores, type BatchInputs, type ParameterTensors } from '../model/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';

export interface ObjectiveWeights { readonly pairwiseWeight: number; readonly lmWeight: number }

/** Which losses a program computes; the weights themselves are fed, so one program serves every positive weight. */
export type ObjectiveParts = 'pairwise' | 'lm' | 'pairwise+lm';

export interface LossTensors {
  readonly total: Tensor;
  readonly pairwise: Tensor | null;
  readonly lm: Tensor | null;
  /** reward(chosen) - reward(rejected): [P], one tensor a micro-batch. */
  readonly margins: readonly Tensor[] | null;
}

/** Throws RangeError where both weights are 0: there would be nothing to learn. */
export function objectiveParts({ pairwiseWeight, lmWeight }: ObjectiveWeights): ObjectiveParts {
  if (pairwiseWeight > 0) return lmWeight > 0 ? 'pairwise+lm' : 'pairwise';
  if (lmWeight > 0) return 'lm';
  throw new RangeError(`an objective needs a positive weight, found pairwiseWeight ${pairwiseWeight}, lmWeight ${lmWeight}`);
}

/**
 * The loss of one step over all its micro-batches. Both means are over the whole step (sums divided by the fed `pairCount` and `labelCount`), never means of
 * means: how a batch is cut does not weigh its pairs or tokens.
 */
export function pmpLoss(model: ModelSpec, parts: ObjectiveParts, parameters: ParameterTensors, batches: readonly BatchInputs[]): LossTensors {
  const hidden = batches.map((batch) => hiddenStates(model, parameters, batch)); // [N, D] each
  const margins = parts === 'lm' ? null : hidden.map((states, index) => marginsOf(tokenScores(parameters, states), index));
  const pairwise = margins && divide(margins.map((some) => sum(softplus(negate(some)), [0])).reduce(add), input('pairCount', []));
  const lm = parts === 'pairwise' ? null : divide(hidden.map((states, index) => labelLossSum(model, parameters, states, index)).reduce(add), input('labelCount', []));
  const weighted = [pairwise && multiply(pairwise, input('pairwiseWeight', [])), lm && multiply(lm, input('lmWeight', []))];
  return { total: weighted.filter((loss) => loss !== null).reduce(add), pairwise, lm, margins };
}

function marginsOf(scores: Tensor, index: number): Tensor {
  const pairs = numbered('P', index);
  return reshape(matmul(input(numbered('marginPooling', index), [pairs, scores.shape[0] as Dim]), scores), [pairs]);
}

/** Summed over labelled tokens, so a long response weighs more than a short one. */
function labelLossSum(model: ModelSpec, parameters: ParameterTensors, hidden: Tensor, index: number): Tensor {
  const labels = [numbered('L', index)];
  const logits = logitsAt(model, parameters, hidden, input(numbered('labelRows', index), labels, 'int32')); // [L, V]
  return sum(crossEntropyRows(logits, input(numbered('labelTargets', index), labels, 'int32')), [0]);
}
