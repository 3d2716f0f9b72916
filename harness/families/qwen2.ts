/** Qwen2 (arXiv 2407.10671). */
import type { Family } from './family.ts';
import type { Dialect } from './dialect.ts';
import type { FamilyParts } from './parts.ts';
import { llama } from './llama.ts';
import { biased, llamaAttention, llamaKeys, llamaNames } from './llama-style.ts';

const parts: FamilyParts = {
  ...llama.parts,
  // Qwen2 itself uses 1e6 for its 32k context; our contexts are a few hundred tokens. Written to config.json as
  // rope_theta.
  position: { kind: 'rope', theta: 10_000, rotaryFraction: 1 },
  norm: { kind: 'rms', epsilon: 1e-6, weightOffset: 0 },
  attention: {
    ...llamaAttention,
    projection: {
      kind: 'separate',
      query: biased('self_attn.q_proj'),
      key: biased('self_attn.k_proj'),
      value: biased('self_attn.v_proj'),
    },
  },
  head: { name: llamaNames.head, isTied: true, softCap: null },
};

const dialect: Dialect = {
  modelType: 'qwen2',
  className: 'Qwen2',
  basePrefix: 'model.',
  keys: llamaKeys,
  switches: {},
  fallbacks: { normEpsilon: 1e-6, activation: 'silu', tieEmbeddings: false, rotaryFraction: 1, headSize: null },
  fixed: {},
  extras: { use_sliding_window: false },
};

export const qwen2: Family = { parts, dialect };
