/** A model that generates, and the engine that runs it. */
import type { Executor } from '../engine/index.ts';
import { fixedContext, hasLengthRopes, lmHeadName, type ModelConfig, type Parameters } from '../model/index.ts';

export interface LanguageModel {
  readonly model: ModelConfig;
  /** All but the reward head are needed. */
  readonly parameters: Parameters;
  readonly executor: Executor;
  /** CPU threads of one operation. */
  readonly threads: number;
}

/**
 * The model for prompts and responses: within the context whose rotary frequencies do not depend on the length of the
 * row. Beyond it each new token would change all keys, and a cache has those of shorter rows.
 */
export function forGrowingRows(model: ModelConfig): ModelConfig {
  return { ...model, contextLength: Math.min(model.contextLength, fixedContext(model)) };
}

/** What messages call the context of `forGrowingRows`. */
export function contextName(model: ModelConfig): string {
  return hasLengthRopes(model)
    ? 'the original context of the model: in longer rows each new token would change the rotary positions of all before it'
    : 'the context of the model';
}

/** Throws RangeError where there is no LM head. */
export function checkHead({ model, parameters }: LanguageModel): void {
  const head = lmHeadName(model);
  if (head !== null && parameters[head] === undefined)
    throw new RangeError(`the model has no LM head: parameter ${head} is missing`);
}
