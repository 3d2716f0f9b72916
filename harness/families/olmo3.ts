/** OLMo 3 (Ai2 2025): OLMo 2 with windows in three of four layers, whose rotary positions are never scaled. */
import type { Family } from './family.ts';
import { llamaKeys, rope } from './llama-style.ts';
import { olmo2 } from './olmo2.ts';

export const olmo3: Family = {
  parts: {
    ...olmo2.parts,
    position: rope(500_000, { localTheta: 'same' }),
    attention: { ...olmo2.parts.attention, slidingWindow: 4096, windowed: { butEvery: 4 } },
  },
  dialect: {
    ...olmo2.dialect,
    modelType: 'olmo3',
    className: 'Olmo3',
    keys: { ...llamaKeys, localRopeTheta: 'rope_theta' },
    windows: { size: 'sliding_window', fallback: 4096, enabled: null, layers: { butEvery: 4, key: null } },
    fallbacks: { ...olmo2.dialect.fallbacks, ropeTheta: 500_000 },
  },
};
