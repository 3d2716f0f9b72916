/**
 * Sliding windows: layers in which a token sees the last few tokens only. They differ from other layers by their mask
 * alone. A window that is not shorter than the context hides nothing: such a model has one mask, as one without
 * windows.
 */
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { layersOf } from './layers.ts';

/** `attentionMask` shows all tokens before a token, `windowMask` those within the window. */
export type MaskName = 'attentionMask' | 'windowMask';

/**
 * Tokens that a token of a windowed layer sees, itself included; null where no layer sees less than the whole context.
 * Throws RangeError where layers have windows of several sizes: no family has.
 */
export function windowOf(model: ModelSpec): number | null {
  const sizes = new Set(layersOf(model).flatMap(({ window }) => (isShorter(window, model) ? [window] : [])));
  if (sizes.size > 1) throw new RangeError(`windows of several sizes are not computed, found ${[...sizes].join(', ')}`);
  return [...sizes][0] ?? null;
}

/** The mask of layer `layer`. */
export function maskOf(model: ModelSpec, layer: number): MaskName {
  return isShorter(layersOf(model)[layer]?.window ?? null, model) ? 'windowMask' : 'attentionMask';
}

/** The masks of the layers that compute every token: of all layers, or of those before the last. */
export function masksOf(model: ModelSpec, layers = model.layers): readonly MaskName[] {
  const used = new Set(Array.from({ length: layers }, (_, layer) => maskOf(model, layer)));
  return (['attentionMask', 'windowMask'] as const).filter((name) => used.has(name));
}

/** Throws RangeError where rows were packed without the window that a layer has. */
export function maskNamed<Mask>(masks: Readonly<Record<MaskName, Mask | null>>, name: MaskName): Mask {
  const mask = masks[name];
  if (mask === null) throw new RangeError(`rows packed without a ${name}, which a layer reads`);
  return mask;
}

function isShorter(window: number | null, { contextLength }: ModelSpec): window is number {
  return window !== null && window < contextLength;
}
