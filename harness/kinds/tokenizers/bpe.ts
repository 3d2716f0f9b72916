/** A byte-level byte-pair encoding, trained on the functions of the experiment's corpus. */
import { z } from 'zod';
import { trainBpeOn } from '../../data/index.ts';
import type { TokenizerKind } from '../kind.ts';

const schema = z.strictObject({
  kind: z.literal('bpe'),
  vocabSize: z.number().int().min(257).max(65_536).default(1024),
});

export const bpe: TokenizerKind<z.output<typeof schema>> = {
  kind: 'bpe',
  schema,
  readsCorpus: true,
  vocabSize: ({ vocabSize }) => vocabSize,
  make: async ({ vocabSize }, texts) => {
    if (texts === null) throw new Error('a tokenizer is trained on a corpus, and was given none');
    return { json: `${JSON.stringify(await trainBpeOn(texts, { vocabSize }), null, 1)}\n`, config: null };
  },
};
