/** The text model of Gemma 3 (arXiv 2503.19786). */
import type { Family } from './family.ts';
import { gemmaDialect, gemmaParts } from './gemma-style.ts';
import { llamaAttention, llamaKeys, queryKeyNorm, rope, sandwichNorms } from './llama-style.ts';

export const gemma3: Family = {
  parts: {
    ...gemmaParts,
    position: rope(1_000_000, { localTheta: 10_000 }),
    normNames: sandwichNorms,
    attention: {
      ...llamaAttention,
      queryKeyNorm: queryKeyNorm('head'),
      slidingWindow: 1024,
      windowed: { butEvery: 6 },
    },
  },
  dialect: {
    ...gemmaDialect,
    modelType: 'gemma3_text',
    className: 'Gemma3Text',
    keys: { ...llamaKeys, activation: 'hidden_activation', localRopeTheta: 'rope_local_base_freq' },
    windows: {
      size: 'sliding_window',
      fallback: 4096,
      enabled: null,
      layers: { butEvery: 6, key: 'sliding_window_pattern' },
    },
    switches: {
      ...gemmaDialect.switches,
      queryScalar: { key: 'query_pre_attn_scalar', fallback: 256 },
      logitSoftCap: { key: 'final_logit_softcapping', fallback: null },
    },
    fallbacks: { ...gemmaDialect.fallbacks, ropeTheta: 1_000_000, localRopeTheta: 10_000 },
    // The class has a key for a cap of the scores, and never applies it.
    fixed: { ...gemmaDialect.fixed, attn_logit_softcapping: null },
  },
};
