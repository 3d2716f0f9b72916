/** Qwen2 and Qwen2.5 (arXiv 2407.10671, 2412.15115). */
import type { Family } from './family.ts';
import { biased, llamaAttention, llamaDialect, llamaParts, qwenWindows } from './llama-style.ts';

export const qwen2: Family = {
  parts: {
    // Qwen2 itself uses a rope theta of 1e6 for its 32k context; our contexts are a few hundred tokens.
    ...llamaParts,
    attention: {
      ...llamaAttention,
      projection: {
        kind: 'separate',
        query: biased('self_attn.q_proj'),
        key: biased('self_attn.k_proj'),
        value: biased('self_attn.v_proj'),
      },
    },
    head: { ...llamaParts.head, isTied: true },
  },
  dialect: {
    ...llamaDialect,
    modelType: 'qwen2',
    className: 'Qwen2',
    windows: qwenWindows,
    fallbacks: { ...llamaDialect.fallbacks, keyValueHeads: 32 },
  },
};
