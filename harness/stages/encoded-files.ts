/** Pairs as two files: text for people, token ids for training. */
import path from 'node:path';
import {
  encodePairs,
  type EncodedPair,
  writeEncodedPairs,
  writePairs,
  type PreferencePair,
  type Tokenizer,
} from '../data/index.ts';
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
  return { ...counts, pairs: encoded.length, ...meanTokens(encoded) };
}

function meanTokens(pairs: readonly EncodedPair[]): Record<string, number> {
  const mean = (part: 'prompt' | 'chosen' | 'rejected'): number =>
    pairs.reduce((sum, pair) => sum + pair[part].length, 0) / Math.max(1, pairs.length);
  return {
    mean_prompt_tokens: mean('prompt'),
    mean_chosen_tokens: mean('chosen'),
    mean_rejected_tokens: mean('rejected'),
  };
}
