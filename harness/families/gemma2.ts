/** Gemma 2 (arXiv 2408.00118). */
import type { Family } from './family.ts';
import { gemmaDialect, gemmaParts } from './gemma-style.ts';
import { llamaAttention, llamaKeys, sandwichNorms } from './llama-style.ts';

export const gemma2: Family = {
  parts: {
    ...gemmaParts,
    normNames: sandwichNorms,
    attention: { ...llamaAttention, softCap: 50, slidingWindow: 4096, windowed: { butEvery: 2 } },
    head: { ...gemmaParts.head, softCap: 30 },
  },
  dialect: {
    ...gemmaDialect,
    modelType: 'gemma2',
    className: 'Gemma2',
    keys: { ...llamaKeys, activation: 'hidden_activation' },
    windows: { size: 'sliding_window', fallback: 4096, enabled: null, layers: { butEvery: 2, key: null } },
    switches: {
      ...gemmaDialect.switches,
      queryScalar: { key: 'query_pre_attn_scalar', fallback: 256 },
      attentionSoftCap: { key: 'attn_logit_softcapping', fallback: 50 },
      logitSoftCap: { key: 'final_logit_softcapping', fallback: 30 },
    },
  },
};
