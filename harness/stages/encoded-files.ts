/** Pairs as two files: text for people, token ids for training. */
import path from 'node:path';
import { encodePairs, writeEncodedPairs, writePairs, type PreferencePair, type Tokenizer } from '../data/index.ts';
import type { Emit } from './stage-files.ts';

/** `<name>.jsonl` for people and `<name>.arrow` for training; over-length pairs are dropped from both and counted. */
export function writeBoth(
  folder: string,
  name: string,
  pairs: readonly PreferencePair[],
  options: { readonly tokenizer: Tokenizer; readonly contextLength: number; readonly emit: Emit },
): Record<string, number> {
  const { encoded, counts } = encodePairs(pairs, options.tokenizer, options.contextLength);
  const kept = new Set(encoded.map(({ id }) => id));
  writePairs(
    path.join(folder, `${name}.jsonl`),
    pairs.filter(({ id }) => kept.has(id)),
  );
  writeEncodedPairs(path.join(folder, `${name}.arrow`), encoded);
  const total = (select: (pair: (typeof encoded)[number]) => Int32Array): number =>
    encoded.reduce((sum, pair) => sum + select(pair).length, 0);
  const mean = (tokens: number): number => (encoded.length === 0 ? 0 : tokens / encoded.length);
  return {
    ...counts,
    pairs: encoded.length,
    mean_prompt_tokens: mean(total(({ prompt }) => prompt)),
    mean_chosen_tokens: mean(total(({ chosen }) => chosen)),
    mean_rejected_tokens: mean(total(({ rejected }) => rejected)),
  };
}
