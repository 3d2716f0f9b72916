/** What the weights of the two heads are called: the reward head, and the LM head where it has weights of its own. */
import { familyNamed, familyNames } from '../families/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { familyOf } from './family-of.ts';

/**
 * The linear reward head over the final hidden state: [1, hiddenSize], no bias (as `transformers`' sequence classifiers
 * with one label).
 */
export const scoreName = 'score.weight';

/** The name of the LM head's own weight [vocabSize, hiddenSize]; null where the head is the token embedding. */
export function lmHeadName(model: ModelSpec): string | null {
  const { head } = familyOf(model);
  return head.isTied ? null : `${head.name}.weight`;
}

/** What an LM head that is not tied is called, in any family: no objective without an LM part reads it. */
export const lmHeadNames: ReadonlySet<string> = new Set(
  familyNames.map((name) => `${familyNamed(name).parts.head.name}.weight`),
);
