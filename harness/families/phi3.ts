/** Phi-3 (arXiv 2404.14219), Phi-3.5-mini and Phi-4 (arXiv 2412.08905): fused projections. */
import type { Family } from './family.ts';
import { llamaDialect, llamaKeys, llamaParts, ordinary, plain } from './llama-style.ts';

export const phi3: Family = {
  parts: {
    ...llamaParts,
    norm: { kind: 'rms', epsilon: 1e-5, weightOffset: 0 },
    attention: {
      projection: { kind: 'fused', queryKeyValue: plain('self_attn.qkv_proj'), order: 'by-part' },
      output: plain('self_attn.o_proj'),
      ...ordinary,
    },
    mlp: {
      activation: 'silu',
      projection: { kind: 'fused', gateUp: plain('mlp.gate_up_proj') },
      down: plain('mlp.down_proj'),
    },
  },
  dialect: {
    ...llamaDialect,
    modelType: 'phi3',
    className: 'Phi3',
    keys: { ...llamaKeys, rotaryFraction: 'partial_rotary_factor' },
    windows: { size: 'sliding_window', fallback: null, enabled: null, layers: 'all' },
    fallbacks: { ...llamaDialect.fallbacks, normEpsilon: 1e-5 },
    extras: { resid_pdrop: 0, embd_pdrop: 0 },
  },
};
