/**
 * The rows of a task that a reward model has to score, as `harness score` and others read them. Their ids are those by
 * which the scores are matched.
 */
import type { SplitTexts, SplitTokens } from './labels.ts';

/** Pairs first, then questions, each in the order of the task. */
export function* taskRows({ pairs, questions }: SplitTexts): Generator<object> {
  for (const { id, prompt, chosen, rejected } of pairs) yield { set: 'pairs', id, prompt, chosen, rejected };
  for (const { id, prompt, candidates } of questions)
    yield { set: 'pool', id, prompt, candidates: candidates.map(({ text }) => text) };
}

/** The same as token ids, for a model with the tokenizer of the task. */
export function* tokenRows({ pairs, questions }: SplitTokens): Generator<object> {
  for (const { id, prompt, chosen, rejected } of pairs)
    yield { set: 'pairs', id, prompt: [...prompt], chosen: [...chosen], rejected: [...rejected] };
  for (const { id, prompt, candidates } of questions)
    yield { set: 'pool', id, prompt: [...prompt], candidates: candidates.map((tokens) => [...tokens]) };
}
