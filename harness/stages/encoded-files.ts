/** Pairs as files: text for people, token ids for training. */
import path from 'node:path';
import {
  encodePairs,
  TokenTotals,
  withResponseEnd,
  writeEncodedPairs,
  writePairs,
  type ContextOptions,
  type PreferencePair,
  type Tokenizer,
} from '../data/index.ts';
import type { ResponseEnd } from '../spec/index.ts';
import type { EncodedConfig } from './configs.ts';
import { readTokenizer } from './tokenizer.ts';

/**
 * How texts become token ids: by which tokenizer, with what behind a response, how long rows may be, and what becomes
 * of longer ones. A description that was written before a field was there lacks it.
 */
export function encodingOf(tokenizerFolder: string, config: EncodedConfig): Encoding {
  const { contextLength, overLength } = config;
  const tokenizer = withResponseEnd(readTokenizer(tokenizerFolder), responseEndOf(config));
  return { tokenizer, contextLength, overLength: overLength ?? 'drop' };
}

/** null where the description was written before there was a choice. */
export function responseEndOf({ responseEnd }: Pick<EncodedConfig, 'responseEnd'>): ResponseEnd {
  return responseEnd ?? null;
}

export interface Encoding extends ContextOptions {
  readonly tokenizer: Tokenizer;
}

/** Names of the shards of a pairs stage (`data/storage`). */
export const pairShards = { trained: 'pairs', heldOut: 'held-out' } as const;

/**
 * A split of a task, which is small and often looked at: `<name>.jsonl` for people and `<name>.arrow` for training.
 * Over-length pairs are dropped from both or cut in the latter, and counted.
 */
export function writeBoth(
  folder: string,
  name: string,
  pairs: readonly PreferencePair[],
  { tokenizer, ...context }: Encoding,
): Record<string, number> {
  const { encoded, counts } = encodePairs(pairs, tokenizer, { ...context, where: `split ${name}` });
  const kept = new Set(encoded.map(({ id }) => id));
  writePairs(
    path.join(folder, `${name}.jsonl`),
    pairs.filter(({ id }) => kept.has(id)),
  );
  writeEncodedPairs(path.join(folder, `${name}.arrow`), encoded);
  const totals = new TokenTotals();
  for (const pair of encoded) totals.add(pair);
  return { ...counts, ...totals.counts() };
}
