/** Gemma (arXiv 2403.08295). */
import { activationNames } from './dialect.ts';
import type { Family } from './family.ts';
import { gemmaDialect, gemmaParts } from './gemma-style.ts';
import { llamaKeys } from './llama-style.ts';

export const gemma: Family = {
  parts: gemmaParts,
  dialect: {
    ...gemmaDialect,
    modelType: 'gemma',
    className: 'Gemma',
    keys: { ...llamaKeys, otherActivation: 'hidden_activation' },
    fallbacks: { ...gemmaDialect.fallbacks, keyValueHeads: 16 },
    // The first files said `gelu` for what was trained with the approximation, and the class takes it so.
    activations: {
      ...activationNames,
      'gelu-tanh': [...activationNames['gelu-tanh'], 'gelu'],
      gelu: ['gelu_python'],
    },
  },
};
