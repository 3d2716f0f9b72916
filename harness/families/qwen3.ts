/** Qwen3 (arXiv 2505.09388): Qwen2 with norms of queries and keys instead of their biases. */
import type { Family } from './family.ts';
import { llamaAttention, llamaDialect, llamaParts, queryKeyNorm, qwenWindows, rope } from './llama-style.ts';

export const qwen3: Family = {
  parts: {
    ...llamaParts,
    position: rope(1_000_000),
    attention: { ...llamaAttention, queryKeyNorm: queryKeyNorm('head') },
    head: { ...llamaParts.head, isTied: true },
  },
  dialect: {
    ...llamaDialect,
    modelType: 'qwen3',
    className: 'Qwen3',
    windows: qwenWindows,
    switches: { attentionBias: { key: 'attention_bias', fallback: false } },
    fallbacks: { ...llamaDialect.fallbacks, headSize: 128, keyValueHeads: 32 },
  },
};
