/** Rewards of the rows of a file by our own engine. */
import { forLengths } from '../model/index.ts';
import type { ScoredModel } from './reward-model.ts';
import type { CheckedInput, RowScorer } from './score-file.ts';
import { scoreResponses, type SessionSource } from './score-responses.ts';

/** @param sessions They hold the parameters of the model. */
export function nativeScorer(
  { model }: Pick<ScoredModel, 'model'>,
  sessions: SessionSource,
  { longest }: Pick<CheckedInput, 'longest'>,
): RowScorer {
  const reward = { model: forLengths(model, longest), parameters: null, sessions };
  return (questions, options) => scoreResponses(reward, questions, options);
}
