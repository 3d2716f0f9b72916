/**
 * The training objectives as tensors: pairwise loss (Bradley-Terry, -log sigmoid of the margin), LM loss (next-token cross-entropy on chosen
 * responses), and their weighted sum, the PMP loss of CodePMP (arXiv 2410.02229, section 3). A part of weight 0 is not in the graph at all.
 */
import { add, crossEntropyRows, input, matmul, mean, multiply, negate, reshape, softplus, type Tensor } from '../graph/index.ts';
import { hiddenStates, logitsAt, tokenScores, type BatchInputs, type ParameterTensors } from '../model/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';

export interface ObjectiveWeights { readonly pairwiseWeight: number; readonly lmWeight: number }

/** Which losses a program computes; the weights themselves are fed, so one program serves every positive weight. */
export type ObjectiveParts = 'pairwise' | 'lm' | 'pairwise+lm';

export interface LossTensors {
  readonly total: Tensor;
  readonly pairwise: Tensor | null;
  readonly lm: Tensor | null;
  /** reward(chosen) - reward(rejected): [P]. */
  readonly margins: Tensor | null;
}

/** Throws RangeError where both weights are 0: there would be nothing to learn. */
export function objectiveParts({ pairwiseWeight, lmWeight }: ObjectiveWeights): ObjectiveParts {
  if (pairwiseWeight > 0) return lmWeight > 0 ? 'pairwise+lm' : 'pairwise';
  if (lmWeight > 0) return 'lm';
  throw new RangeError(`an objective needs a positive weight, found pairwiseWeight ${pairwiseWeight}, lmWeight ${lmWeight}`);
}

export function pmpLoss(model: ModelSpec, parts: ObjectiveParts, parameters: ParameterTensors, batch: BatchInputs): LossTensors {
  const hidden = hiddenStates(model, parameters, batch); // [N, D]
  const margins = parts === 'lm' ? null : reshape(matmul(input('marginPooling', ['P', 'N']), tokenScores(parameters, hidden)), ['P']);
  const pairwise = margins && mean(softplus(negate(margins)), [0]);
  const lm = parts === 'pairwise' ? null : lmLoss(model, parameters, hidden);
  const weighted = [pairwise && multiply(pairwise, input('pairwiseWeight', [])), lm && multiply(lm, input('lmWeight', []))];
  return { total: weighted.filter((loss) => loss !== null).reduce(add), pairwise, lm, margins };
}

/** Mean over all labelled tokens of the batch, so a long response weighs more than a short one. */
function lmLoss(model: ModelSpec, parameters: ParameterTensors, hidden: Tensor): Tensor {
  const logits = logitsAt(model, parameters, hidden, input('labelRows', ['L'], 'int32')); // [L, V]
  return mean(crossEntropyRows(logits, input('labelTargets', ['L'], 'int32')), [0]);
}
