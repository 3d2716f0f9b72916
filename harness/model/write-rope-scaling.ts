/** The map `rope_scaling` of config.json; `type` is what versions of `transformers` before 4.45 call `rope_type`. */
import type { RopeScaling } from '../spec/experiment-schema.ts';

export function ropeScalingMap(scaling: RopeScaling | null): Record<string, unknown> | null {
  if (scaling === null) return null;
  return { rope_type: scaling.kind, type: scaling.kind, factor: scaling.factor, ...moreOf(scaling) };
}

/** Null stands for what `transformers` computes where the key is absent. */
function moreOf(scaling: RopeScaling): Record<string, unknown> {
  if (scaling.kind === 'llama3')
    return {
      low_freq_factor: scaling.lowFrequencyFactor,
      high_freq_factor: scaling.highFrequencyFactor,
      original_max_position_embeddings: scaling.originalContextLength,
    };
  if (scaling.kind !== 'yarn') return {};
  const optional = {
    attention_factor: scaling.attentionFactor,
    beta_fast: scaling.betaFast,
    beta_slow: scaling.betaSlow,
    mscale: scaling.mscale,
    mscale_all_dim: scaling.mscaleAllDimensions,
    truncate: scaling.truncate,
  };
  const given = Object.entries(optional).filter(([, value]) => value !== null);
  return { original_max_position_embeddings: scaling.originalContextLength, ...Object.fromEntries(given) };
}

/**
 * The context that config.json names. That of `dynamic` is the original one, by which `transformers` tells how far a
 * row is stretched.
 */
export function writtenContext(contextLength: number, scaling: RopeScaling | null): number {
  return scaling?.kind === 'dynamic' ? scaling.originalContextLength : contextLength;
}

/** Whether the context of a model cannot be told from its config.json (see `stretchedContext`). */
export function hasOwnContext(scaling: RopeScaling | null): boolean {
  return scaling?.kind === 'yarn' || scaling?.kind === 'dynamic';
}
