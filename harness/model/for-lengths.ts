/**
 * Contexts may be a hundred thousand positions that no row uses. Programs hold rotary tables and choose masks for the
 * context of their model, so what is known of the rows is said by a model of a shorter context.
 */
import type { ModelConfig } from './model-config.ts';
import { familyOf } from './family-of.ts';

/** Contexts grow in these steps, so that rows of nearly the same length share a compiled program. */
const step = 512;

/** The model for rows of at most `longest` tokens; learned positions are parameters, and all stay. */
export function forLengths(model: ModelConfig, longest: number): ModelConfig {
  if (familyOf(model).position.kind === 'learned') return model;
  return { ...model, contextLength: Math.min(model.contextLength, Math.ceil(longest / step) * step) };
}
