/** Pairs as files: text for people, token ids for training. */
import path from 'node:path';
import {
  encodePairs,
  TokenTotals,
  writeEncodedPairs,
  writePairs,
  type ContextOptions,
  type PreferencePair,
  type Tokenizer,
} from '../data/index.ts';
import type { EncodedConfig } from './configs.ts';

/** How long rows may be, and what becomes of longer ones. */
export function contextOf({ contextLength, overLength }: EncodedConfig): ContextOptions {
  return { contextLength, overLength: overLength ?? 'drop' };
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
  { tokenizer, ...context }: ContextOptions & { readonly tokenizer: Tokenizer },
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
