/**
 * How long pairs are in tokens before any data is read. Kinds estimate it from their own fields; what a stage of the
 * same data recorded replaces the estimate. Measured on the shipped corpus and tasks
 * (test/plan/expected-lengths.test.ts holds the estimates against the data).
 */
import { z } from 'zod';
import { positive } from '../spec/index.ts';

/** Mean tokens of the parts of a preference pair. */
export interface PairLengths {
  readonly prompt: number;
  readonly chosen: number;
  readonly rejected: number;
}

/** Of a section whose pairs are known only once they are read. */
export const expectedTokensField = z
  .strictObject({ prompt: positive, chosen: positive, rejected: positive })
  .nullable()
  .default(null)
  .describe('Mean tokens of its pairs, for forecasts and prices alone; null = those of a usual size.');

/** Where nothing is known of the pairs. */
export const unknownLengths: PairLengths = { prompt: 30, chosen: 50, rejected: 50 };

/**
 * Characters a token of a byte-pair encoding with this many entries, trained on code, read on code: 1.36 measured with
 * 320 entries, 2.4 with 1,024. Each doubling adds as much again, up to the 4 or so of large vocabularies.
 */
export function charactersPerToken(vocabSize: number): number {
  return Math.min(4, Math.max(1, 2.4 + 0.62 * Math.log2(vocabSize / 1024)));
}

/** Share of a function that is prompt: measured 0.26 (functions of up to 400 characters) to 0.34 (up to 160). */
const promptShare = 0.3;

/** Pairs whose responses are bodies of functions between these lengths in characters. */
export function functionPairLengths(
  { minCharacters, maxCharacters }: { readonly minCharacters: number; readonly maxCharacters: number },
  vocabSize: number,
): PairLengths {
  const tokens = (minCharacters + maxCharacters) / 2 / charactersPerToken(vocabSize);
  return { prompt: promptShare * tokens, chosen: (1 - promptShare) * tokens, rejected: (1 - promptShare) * tokens };
}

/** No longer than a model can read: longer pairs are dropped, so their mean cannot be more. */
export function withinContext({ prompt, chosen, rejected }: PairLengths, contextLength: number): PairLengths {
  const scale = Math.min(1, contextLength / (prompt + Math.max(chosen, rejected)));
  return {
    prompt: Math.max(1, prompt * scale),
    chosen: Math.max(1, chosen * scale),
    rejected: Math.max(1, rejected * scale),
  };
}
