/** What the weights of the two heads are called: the reward head, and the LM head where it has weights of its own. */
import { familyNamed, familyNames } from '../families/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { familyOf } from './family-of.ts';

/** The linear reward head over the final hidden state: [1, hiddenSize] (as `transformers`' sequence classifiers). */
export const scoreName = 'score.weight';

/**
 * Its bias, [1], of the few models that have one (`hasScoreBias`). Every difference of rewards is the same with and
 * without it, so it is never trained: its gradient is rounding noise, of which Adam would make whole steps.
 */
export const scoreBiasName = 'score.bias';

/** All of the reward head: no objective without a pairwise part reads it. */
export const scoreNames: ReadonlySet<string> = new Set([scoreName, scoreBiasName]);

/** The name of the LM head's own weight [vocabSize, hiddenSize]; null where the head is the token embedding. */
export function lmHeadName(model: ModelSpec): string | null {
  const { head } = familyOf(model);
  return head.isTied ? null : `${head.name}.weight`;
}

/** What an LM head that is not tied is called, in any family: no objective without an LM part reads it. */
export const lmHeadNames: ReadonlySet<string> = new Set(
  familyNames.map((name) => `${familyNamed(name).parts.head.name}.weight`),
);

/**
 * Modules that hold a reward head in folders of others: `score` of `transformers` and OpenRLHF, `v_head.summary` of TRL
 * and LLaMA-Factory, `v_head` of DeepSpeed-Chat, `value_head` of OpenRLHF, `regression_head` of Eurus and UltraRM,
 * `score_head` of safe-rlhf, `classifier` of some token classifiers.
 */
const headModules = [
  'score',
  'value_head',
  'reward_head',
  'v_head',
  'rm_head',
  'score_head',
  'regression_head',
  'classifier',
] as const;
const headPattern = new RegExp(`^(${headModules.join('|')})((?:\\.\\w+)*)\\.(weight|bias)$`);

/** A tensor of a reward head, by the parts of its name. */
export interface HeadTensor {
  /** `v_head` of `v_head.summary.weight`. */
  readonly module: string;
  /** The linear map within it: `v_head.summary`. */
  readonly map: string;
  readonly part: 'weight' | 'bias';
}

/** Null for a tensor of anything else. */
export function headTensorOf(name: string): HeadTensor | null {
  const found = headPattern.exec(name);
  if (found === null) return null;
  const [, module = '', below = '', part = ''] = found;
  return { module, map: module + below, part: part as HeadTensor['part'] };
}
