/**
 * Preferences that plain text gives: its own next sentence over that of another document. The control for what code has
 * to do with preference pretraining, and text for language modelling.
 */
import { z } from 'zod';
import {
  continuationPairs,
  gsm8kTextDigest,
  gsm8kTexts,
  placeOf,
  readRows,
  type TextDocument,
} from '../../data/index.ts';
import { randomStream } from '../../random/index.ts';
import { count, location, seed, UserError } from '../../spec/index.ts';
import type { KindIo, PairsKind } from '../kind.ts';
import { charactersPerToken } from '../lengths.ts';
import { fileRules, filesDigest } from '../preference-fields.ts';

const schema = z.strictObject({
  kind: z.literal('continuations'),
  dataset: z
    .enum(['gsm8k'])
    .nullable()
    .default(null)
    .describe('`gsm8k`: questions of the train split with their worked answers. null = `path`.'),
  path: location.nullable().default(null).describe('A file of rows, each with a text: .jsonl, .json or .parquet.'),
  field: z.string().min(1).default('text').describe('The name of the text in the rows of `path`.'),
  cutsPerDocument: count.default(3).describe('At most so many pairs of one document.'),
  maxCharacters: count.default(240).describe('Of a prompt, which keeps its last sentences, and of a response.'),
  heldOutDocuments: count.default(200).describe('Kept out of pretraining; a tenth of the documents at most.'),
  seed: seed.default(0),
});

type ContinuationsSpec = z.output<typeof schema>;

/** Of GSM8K: 7,473 documents, and what their cuts come to on average (measured). */
const measured = { documents: 7473, promptCharacters: 150, responseCharacters: 62 };

export const continuations: PairsKind<ContinuationsSpec> = {
  kind: 'continuations',
  schema,
  locations: ['path'],
  readsCorpus: false,
  rules: ({ dataset, path }) => {
    if (dataset === null && path === null)
      return [{ fields: ['dataset'], expected: 'dataset or path', found: 'neither' }];
    if (dataset !== null && path !== null)
      return [{ fields: ['path', 'dataset'], expected: 'dataset or path', found: 'both' }];
    return path === null ? [] : fileRules({ path });
  },
  digest: ({ path }) => (path === null ? gsm8kTextDigest() : filesDigest('pairs', { path })),
  lengths: (_, __, vocabSize) => {
    // The tokenizer is trained on code: prose comes to fewer characters a token.
    const perToken = charactersPerToken(vocabSize) * 0.9;
    const response = measured.responseCharacters / perToken;
    return { prompt: measured.promptCharacters / perToken, chosen: response, rejected: response };
  },
  expectedPairs: ({ cutsPerDocument, heldOutDocuments }) => ({
    pairs: (measured.documents - heldOutDocuments) * cutsPerDocument,
    heldOut: heldOutDocuments * cutsPerDocument,
  }),
  make: async (spec, _, io) => {
    const documents = randomStream(spec.seed, 'continuations', 'held out').shuffled(await documentsOf(spec, io));
    const held = Math.min(spec.heldOutDocuments, Math.floor(documents.length / 10));
    const counts: Record<string, number> = {};
    const heldOutCounts: Record<string, number> = {};
    const pairs = continuationPairs(documents.slice(held), spec, counts);
    if (pairs.length > 0)
      return {
        pairs,
        heldOut: continuationPairs(documents.slice(0, held), spec, heldOutCounts),
        counts,
        heldOutCounts,
      };
    throw new UserError(`pairs: none of the ${documents.length} documents can be cut between two sentences`, {
      exitCode: 2,
      hint: 'Each needs two sentences of at most pairs.maxCharacters characters.',
    });
  },
};

async function documentsOf({ path, field }: ContinuationsSpec, io: KindIo): Promise<readonly TextDocument[]> {
  if (path === null) return gsm8kTexts(io);
  const documents: TextDocument[] = [];
  for await (const read of readRows(path)) {
    const text = (read.value as Readonly<Record<string, unknown>>)[field];
    if (typeof text !== 'string')
      throw new UserError(`${placeOf(path, read)}: no text in the field ${field}`, {
        exitCode: 2,
        hint: 'pairs.field names the field of the text.',
      });
    documents.push({ id: `row-${read.row}`, text });
  }
  return documents;
}
