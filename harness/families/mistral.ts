/** Mistral (arXiv 2310.06825): Llama with a window in every layer, which versions after the first do without. */
import type { Family } from './family.ts';
import { llamaAttention, llamaDialect, llamaParts } from './llama-style.ts';

export const mistral: Family = {
  parts: {
    ...llamaParts,
    norm: { kind: 'rms', epsilon: 1e-5, weightOffset: 0 },
    attention: { ...llamaAttention, slidingWindow: 4096 },
  },
  dialect: {
    ...llamaDialect,
    modelType: 'mistral',
    className: 'Mistral',
    windows: { size: 'sliding_window', fallback: 4096, enabled: null, layers: 'all' },
    fallbacks: { ...llamaDialect.fallbacks, keyValueHeads: 8 },
  },
};
