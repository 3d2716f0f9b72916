/** Llama 3 (arXiv 2407.21783). */
import type { Family } from './family.ts';
import { llamaDialect, llamaParts, rope } from './llama-style.ts';

export const llama: Family = {
  parts: { ...llamaParts, position: rope(500_000), norm: { kind: 'rms', epsilon: 1e-5, weightOffset: 0 } },
  dialect: {
    ...llamaDialect,
    modelType: 'llama',
    className: 'Llama',
    switches: {
      attentionBias: { key: 'attention_bias', fallback: false },
      mlpBias: { key: 'mlp_bias', fallback: false },
    },
  },
};
