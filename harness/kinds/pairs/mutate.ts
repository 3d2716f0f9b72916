/** Preference pairs by mutation: a function's own body is chosen, a body with semantic edits is rejected. */
import { z } from 'zod';
import { allRows, mutatePairs } from '../../data/index.ts';
import { count, seed } from '../../spec/index.ts';
import type { PairsKind } from '../kind.ts';
import { unknownLengths } from '../lengths.ts';

const schema = z.strictObject({
  kind: z.literal('mutate'),
  mutantsPerFunction: count.default(3),
  maxEdits: z.number().int().min(1).max(3).default(3).describe('One to `maxEdits` semantic edits a mutant.'),
  seed: seed.default(0),
});

export const mutate: PairsKind<z.output<typeof schema>> = {
  kind: 'mutate',
  schema,
  readsCorpus: true,
  lengths: (_, corpus) => corpus ?? unknownLengths,
  expectedPairs: ({ mutantsPerFunction }, corpus) => ({
    pairs: (corpus?.functions ?? 0) * mutantsPerFunction,
    heldOut: (corpus?.heldOut ?? 0) * mutantsPerFunction,
  }),
  make: async (spec, { functions }) => {
    const made = mutatePairs(await allRows(functions?.trained ?? []), spec);
    const heldOut = mutatePairs(await allRows(functions?.heldOut ?? []), spec);
    return { pairs: made.pairs, counts: made.counts, heldOut: heldOut.pairs, heldOutCounts: heldOut.counts };
  },
};
