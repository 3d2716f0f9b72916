/** What the three generations of Gemma share. */
import type { Dialect } from './dialect.ts';
import { gatedMlp, llamaDialect, llamaNames, llamaParts } from './llama-style.ts';
import type { FamilyParts } from './parts.ts';

export const gemmaParts: FamilyParts = {
  ...llamaParts,
  embedding: { name: llamaNames.embedding, scale: 'sqrt-hidden-size' },
  norm: { kind: 'rms', epsilon: 1e-6, weightOffset: 1 },
  mlp: { ...gatedMlp, activation: 'gelu-tanh' },
  head: { name: llamaNames.head, isTied: true, softCap: null },
};

export const gemmaDialect: Omit<Dialect, 'modelType' | 'className'> = {
  ...llamaDialect,
  switches: { attentionBias: { key: 'attention_bias', fallback: false } },
  fallbacks: {
    ...llamaDialect.fallbacks,
    activation: 'gelu_pytorch_tanh',
    tieEmbeddings: true,
    headSize: 256,
    keyValueHeads: 4,
  },
  fixed: { use_bidirectional_attention: false },
};
