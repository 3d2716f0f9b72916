/**
 * What a family's constants are, in the words of the experiment format; and a model's constants without those that are
 * its family's own anyway.
 */
import { layersIn } from '../families/index.ts';
import type { ModelConstants } from '../spec/experiment-schema.ts';
import type { Family } from './family.ts';

/** What a family's constants are relative to. */
export interface Sizes {
  readonly headSize: number;
  readonly layers: number;
}

/** Every constant of a family as a value; null where the family has no such part. */
export function ownConstants(
  { norm, position, attention, mlp, head, residual }: Family,
  { headSize, layers }: Sizes,
): ModelConstants {
  const rope = position.kind === 'rope' ? position : null;
  return {
    normEpsilon: norm.epsilon,
    ropeTheta: rope?.theta ?? null,
    ropeScaling: rope?.scaling ?? null,
    rotaryFraction: rope?.rotaryFraction ?? null,
    activation: mlp.activation,
    attentionBias: attention.output.bias,
    mlpBias: mlp.down.bias,
    queryScalar: attention.queryScalar ?? headSize,
    attentionSoftCap: attention.softCap ?? 'none',
    logitSoftCap: head.softCap ?? 'none',
    slidingWindow: attention.slidingWindow ?? 'none',
    windowedLayers: [...layersIn(attention.windowed, layers)],
    unrotatedLayers: rope && [...layersIn(rope.unrotated, layers)],
    localRopeTheta: rope?.localTheta ?? null,
    parallelResidual: residual === 'parallel',
  };
}

/**
 * Overrides only: a constant that equals the family's own is null, and where all are, there are none. So one model has
 * one spec.
 */
export function withoutOwn(constants: ModelConstants, family: Family, sizes: Sizes): ModelConstants | null {
  const own = ownConstants(family, sizes);
  const names = Object.keys(own) as (keyof ModelConstants)[];
  const overrides = names.filter(
    (name) => constants[name] !== null && JSON.stringify(constants[name]) !== JSON.stringify(own[name]),
  );
  if (overrides.length === 0) return null;
  return Object.fromEntries(
    names.map((name) => [name, overrides.includes(name) ? constants[name] : null]),
  ) as ModelConstants;
}
