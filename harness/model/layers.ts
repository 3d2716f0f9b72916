/** What differs from layer to layer of one model. */
import { isInPattern } from '../families/index.ts';
import type { ModelSpec, RopeScaling } from '../spec/experiment-schema.ts';
import { familyOf } from './family-of.ts';
import type { Family } from './family.ts';

export interface LayerPart {
  /** Tokens that a token sees, itself included; null = all before it. */
  readonly window: number | null;
  /** How queries and keys are rotated to their positions; null where they are not. */
  readonly rope: LayerRope | null;
}

export interface LayerRope {
  /** Base of the rotary angles. */
  readonly theta: number;
  readonly scaling: RopeScaling | null;
}

/** One part a layer, in their order. */
export function layersOf(model: ModelSpec): readonly LayerPart[] {
  const family = familyOf(model);
  return Array.from({ length: model.layers }, (_, layer) => ({
    window: windowOf(family, layer),
    rope: ropeOf(family, layer),
  }));
}

/** Whether the last layer reads positions: learned ones are added at the start, and some layers rotate nothing. */
export function lastLayerRotates(model: ModelSpec): boolean {
  return layersOf(model).at(-1)?.rope !== null;
}

function windowOf({ attention: { slidingWindow, windowed } }: Family, layer: number): number | null {
  return isInPattern(windowed, layer) ? slidingWindow : null;
}

/** Windowed layers of families with a local base have that base, and no scaling: their distances are short. */
function ropeOf(family: Family, layer: number): LayerRope | null {
  const { position } = family;
  if (position.kind === 'learned' || isInPattern(position.unrotated, layer)) return null;
  if (position.localTheta !== null && windowOf(family, layer) !== null)
    return { theta: position.localTheta, scaling: null };
  return { theta: position.theta, scaling: position.scaling };
}
