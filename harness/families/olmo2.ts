/** OLMo 2 (arXiv 2501.00656): norms after attention and feed-forward instead of before them. */
import type { Family } from './family.ts';
import { llamaAttention, llamaDialect, llamaParts, queryKeyNorm, rope } from './llama-style.ts';

export const olmo2: Family = {
  parts: {
    ...llamaParts,
    position: rope(500_000),
    normNames: {
      attention: null,
      afterAttention: 'post_attention_layernorm',
      mlp: null,
      afterMlp: 'post_feedforward_layernorm',
      final: 'model.norm',
    },
    attention: { ...llamaAttention, queryKeyNorm: queryKeyNorm('all-heads') },
  },
  dialect: {
    ...llamaDialect,
    modelType: 'olmo2',
    className: 'Olmo2',
    switches: { attentionBias: { key: 'attention_bias', fallback: false } },
    fallbacks: { ...llamaDialect.fallbacks, normEpsilon: 1e-5 },
  },
};
