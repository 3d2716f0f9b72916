/** Random initialization, by the seed of the trial. */
import { z } from 'zod';
import { initParameters } from '../../model/index.ts';
import type { StartKind } from '../kind.ts';

const schema = z.strictObject({ kind: z.literal('random') });

export const random: StartKind<z.output<typeof schema>> = {
  kind: 'random',
  schema,
  provides: () => null,
  parameters: async (_, model, seed) => initParameters(model, seed),
  tokenizerFiles: () => null,
};
