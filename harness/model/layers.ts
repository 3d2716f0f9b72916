/** What differs from layer to layer of one model. */
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { familyOf } from './family-of.ts';

export interface LayerPart {
  /** Tokens that a token sees, itself included; null = all before it. */
  readonly window: number | null;
}

/** One part a layer, in their order. */
export function layersOf(model: ModelSpec): readonly LayerPart[] {
  const { slidingWindow, windowed } = familyOf(model).attention;
  const isWindowed = (layer: number): boolean =>
    windowed === 'all' || (windowed !== 'none' && (layer + 1) % windowed.fullEvery !== 0);
  return Array.from({ length: model.layers }, (_, layer) => ({ window: isWindowed(layer) ? slidingWindow : null }));
}
