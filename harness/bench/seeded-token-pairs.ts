/**
 * Preference pairs of random token ids, the same for a seed on every machine: for measurements that must not bring
 * anybody's data along. Lengths and sizes are those of functions of a hundred tokens; the rejected response is the
 * chosen one with the first and a tenth of its tokens replaced.
 */
import type { EncodedPair } from '../data/preference-pair.ts';
import { randomStream, type RandomStream } from '../random/index.ts';

export interface SeededPairsOptions {
  readonly count: number;
  readonly seed: number;
  /** Ids are below it. */
  readonly vocabSize: number;
  /** Shortest and longest, both included. */
  readonly promptTokens: readonly [number, number];
  readonly responseTokens: readonly [number, number];
}

/** About 216 tokens a pair, ids that every yardstick has. */
export const cardPairs: SeededPairsOptions = {
  count: 512,
  seed: 1,
  vocabSize: 4096,
  promptTokens: [16, 80],
  responseTokens: [32, 136],
};

export function seededTokenPairs(options: SeededPairsOptions): readonly EncodedPair[] {
  const stream = randomStream(options.seed, 'token pairs');
  return Array.from({ length: options.count }, (_, index) => pairOf(index, options, stream));
}

/** As `readTokenPairs` reads them. */
export function tokenPairLines(pairs: readonly EncodedPair[]): string {
  return pairs
    .map(({ prompt, chosen, rejected }) => {
      const [p, c, r] = [prompt, chosen, rejected].map((tokens) => Array.from(tokens));
      return `${JSON.stringify({ prompt: p, chosen: c, rejected: r })}\n`;
    })
    .join('');
}

function pairOf(
  index: number,
  { vocabSize, promptTokens, responseTokens }: SeededPairsOptions,
  stream: RandomStream,
): EncodedPair {
  const tokens = ([shortest, longest]: readonly [number, number]): Int32Array =>
    Int32Array.from({ length: shortest + stream.integer(longest - shortest + 1) }, () => stream.integer(vocabSize));
  const [prompt, chosen] = [tokens(promptTokens), tokens(responseTokens)];
  return { id: String(index), prompt, chosen, rejected: spoiled(chosen, vocabSize, stream) };
}

function spoiled(chosen: Int32Array, vocabSize: number, stream: RandomStream): Int32Array {
  return chosen.map((token, place) =>
    // The first always: equal responses have a margin of rounding errors, which AdamW then takes for a direction.
    place === 0 || stream.integer(10) === 0 ? (token + 1 + stream.integer(vocabSize - 1)) % vocabSize : token,
  );
}
