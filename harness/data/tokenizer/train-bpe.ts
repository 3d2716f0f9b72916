/**
 * Trains a byte-level byte-pair encoding (Sennrich et al. 2016; Gage 1994). Works on distinct pre-tokens with their
 * counts: a merge touches only the words that hold its pair, and a heap of pairs is updated lazily.
 */
import { UserError } from '../../spec/user-error.ts';
import type { Rows } from '../rows.ts';
import { BpeWords } from './bpe-words.ts';
import { byteToCharacter } from './byte-alphabet.ts';
import { endToken, toTokenizerJson, type TokenizerJson } from './tokenizer-json.ts';
import { WordCounts } from './word-counts.ts';

export interface BpeOptions {
  /** At most 65,536. */
  readonly vocabSize: number;
}

/**
 * Learns `vocabSize - 257` merges: most frequent pair first, ties by the lower left id, then the lower right id, so
 * equal texts give equal bytes in whatever order they come. Throws `UserError` (exit 2) where the texts hold fewer
 * distinct pairs than that.
 */
export function trainBpe(texts: Iterable<string>, options: BpeOptions): TokenizerJson {
  const words = new WordCounts();
  for (const text of texts) words.add(text);
  return learnMerges(words, options);
}

/**
 * As `trainBpe`, from texts that come one after the other; none of them is kept. Memory grows with the distinct
 * pre-tokens, up to `wordLimits`.
 */
export async function trainBpeOn(texts: Rows<string>, options: BpeOptions): Promise<TokenizerJson> {
  const words = new WordCounts();
  for await (const text of texts) words.add(text);
  return learnMerges(words, options);
}

function learnMerges(counts: WordCounts, { vocabSize }: BpeOptions): TokenizerJson {
  const words = new BpeWords(counts.entries());
  const tokens = [endToken, ...byteToCharacter];
  const merges: [string, string][] = [];
  while (tokens.length < vocabSize) {
    const pair = words.popMostFrequent();
    if (pair === null) throw noPairLeft(vocabSize, tokens.length);
    const merge = pair.map((id) => tokens[id]) as [string, string];
    merges.push(merge);
    words.merge(...pair, tokens.length);
    tokens.push(merge.join(''));
  }
  return toTokenizerJson(tokens, merges);
}

function noPairLeft(vocabSize: number, tokens: number): UserError {
  return new UserError(
    `tokenizer.vocabSize ${vocabSize} is more than the corpus can fill: no pair is left after ${tokens} tokens`,
    { exitCode: 2, hint: 'Lower tokenizer.vocabSize or widen the limits of the corpus.' },
  );
}
