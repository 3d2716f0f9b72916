/** The terms of a loss: weights of its parts, margins, centering of rewards. */
import type { FinetuneSpec, PretrainSpec } from './training-schema.ts';

export type ObjectiveTerms = FinetuneSpec['objective'];

/**
 * The terms of pretraining: an LM objective is one without a pairwise part.
 * @throws RangeError where nothing is pretrained.
 */
export function objectiveTerms(objective: PretrainSpec['objective']): ObjectiveTerms {
  if (objective.kind === 'none') throw new RangeError('without pretraining there is no loss');
  if (objective.kind === 'lm') return { pairwiseWeight: 0, lmWeight: 1, rewardCentering: null, margin: null };
  const { kind: _kind, ...terms } = objective;
  return terms;
}
