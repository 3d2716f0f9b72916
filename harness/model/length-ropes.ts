/**
 * Rotary positions whose frequencies depend on the length of the row (`dynamic`). Their tables are not part of a
 * program but fed, for rows of one length at a time.
 */
import { input, type Tensor } from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { fixedContextOf } from '../spec/experiment-schema.ts';
import type { FeedArray } from './batch-inputs.ts';
import { familyOf } from './family-of.ts';
import { rotaryWidthOf } from './model-sizes.ts';
import { ropeValues } from './rope-tables.ts';

/** The longest row whose frequencies are those of every shorter row. */
export function fixedContext(model: ModelSpec): number {
  const { position } = familyOf(model);
  return position.kind === 'learned' ? Infinity : fixedContextOf(position.scaling);
}

/** Whether frequencies depend on the length of a row somewhere in the model's context. */
export function hasLengthRopes(model: ModelSpec): boolean {
  return model.contextLength > fixedContext(model);
}

/** Rows with equal values have the same tables; 0 where all rows have. */
export function ropeLengthOf(model: ModelSpec, length: number): number {
  return hasLengthRopes(model) ? Math.max(length, fixedContext(model)) : 0;
}

const names = { cos: 'ropeCos', sin: 'ropeSin' } as const;

/** Tables of T positions, fed; `width`: rotated values of a head. */
export function declareRopes(width: number): { readonly cos: Tensor; readonly sin: Tensor } {
  const shape = ['T', width / 2];
  return { cos: input(names.cos, shape), sin: input(names.sin, shape) };
}

/** Feeds of a program whose frequencies depend on the length; none of another. `ropeLength`: see `ropeLengthOf`. */
export function ropeFeeds(
  model: ModelSpec,
  { positions, ropeLength }: { readonly positions: number; readonly ropeLength: number },
): Readonly<Record<string, FeedArray>> {
  const { position } = familyOf(model);
  if (position.kind === 'learned' || !hasLengthRopes(model)) return {};
  const { cos, sin, shape } = ropeValues(positions, { ...position, width: rotaryWidthOf(model) }, ropeLength);
  return { [names.cos]: { data: cos, shape }, [names.sin]: { data: sin, shape } };
}
