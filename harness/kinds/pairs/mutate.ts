/** Preference pairs by mutation: a function's own body is chosen, a body with a mistake in it is rejected. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { fitBalance, mutatePairs } from '../../data/index.ts';
import { count, seed } from '../../spec/index.ts';
import type { PairsKind } from '../kind.ts';
import { unknownLengths } from '../lengths.ts';

const schema = z.strictObject({
  kind: z.literal('mutate'),
  mutantsPerFunction: count.default(3),
  maxEdits: z.number().int().min(1).max(3).default(3).describe('One to `maxEdits` semantic edits a mutant.'),
  seed: seed.default(0),
});

/** Measured on functions of 60 to 400 characters: a function whose mutants would give themselves away gives fewer. */
const madeShare = 0.6;

export const mutate: PairsKind<z.output<typeof schema>> = {
  kind: 'mutate',
  schema,
  readsCorpus: true,
  lengths: (_, corpus) => corpus ?? unknownLengths,
  expectedPairs: ({ mutantsPerFunction }, corpus) => ({
    pairs: Math.round((corpus?.functions ?? 0) * mutantsPerFunction * madeShare),
    heldOut: Math.round((corpus?.heldOut ?? 0) * mutantsPerFunction * madeShare),
  }),
  make: async (spec, { functions }, { scratchFolder }) => {
    const { trained, heldOut } = functions ?? { trained: [], heldOut: [] };
    const balance = await fitBalance(trained, spec);
    const made = mutatePairs(trained, spec, { balance, scratchFolder: folderIn(scratchFolder, 'trained') });
    const madeHeldOut = mutatePairs(heldOut, spec, { balance, scratchFolder: folderIn(scratchFolder, 'held-out') });
    return {
      pairs: made.pairs,
      counts: made.counts,
      heldOut: madeHeldOut.pairs,
      heldOutCounts: madeHeldOut.counts,
    };
  },
};

function folderIn(folder: string, name: string): string {
  const inner = path.join(folder, name);
  mkdirSync(inner, { recursive: true });
  return inner;
}
