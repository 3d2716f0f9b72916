/** Preference pairs from the history of a clone, with `corpus: {kind: commits}`: after over before. */
import { z } from 'zod';
import { changeReasons, commitPairs } from '../../data/index.ts';
import type { PairsKind } from '../kind.ts';
import { unknownLengths } from '../lengths.ts';

const schema = z.strictObject({
  kind: z.literal('commits'),
  reasons: z
    .array(z.enum(changeReasons))
    .min(1)
    .nullable()
    .default(null)
    .describe('Changes that become pairs, by why they count; null = all of the corpus.'),
});

export const commitPairsKind: PairsKind<z.output<typeof schema>> = {
  kind: 'commits',
  schema,
  readsCorpus: true,
  lengths: (_, corpus) => corpus ?? unknownLengths,
  expectedPairs: (_, corpus) => ({ pairs: corpus?.functions ?? 0, heldOut: corpus?.heldOut ?? 0 }),
  make: async ({ reasons }, { functions }) => {
    const counts: Record<string, number> = {};
    const heldOutCounts: Record<string, number> = {};
    return {
      pairs: commitPairs(functions?.trained ?? [], reasons, counts),
      counts,
      heldOut: commitPairs(functions?.heldOut ?? [], reasons, heldOutCounts),
      heldOutCounts,
    };
  },
};
