/** SmolLM3 (Hugging Face 2025): Llama in which every fourth layer has no rotary positions. */
import type { Family } from './family.ts';
import { llamaDialect, llamaParts, rope } from './llama-style.ts';

export const smollm3: Family = {
  parts: {
    ...llamaParts,
    position: rope(5_000_000, { unrotated: { every: 4 } }),
    head: { ...llamaParts.head, isTied: true },
  },
  dialect: {
    ...llamaDialect,
    modelType: 'smollm3',
    className: 'SmolLM3',
    windows: { size: 'sliding_window', fallback: null, enabled: 'use_sliding_window', layers: 'unrotated' },
    unrotated: { list: 'no_rope_layers', interval: 'no_rope_layer_interval', fallback: 4 },
    switches: {
      attentionBias: { key: 'attention_bias', fallback: false },
      mlpBias: { key: 'mlp_bias', fallback: false },
    },
    fallbacks: { ...llamaDialect.fallbacks, tieEmbeddings: true, ropeTheta: 2_000_000, keyValueHeads: 4 },
  },
};
