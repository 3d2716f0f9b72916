/** Pairs without their texts, where the terms of a collection let only ids and digests be shown to others. */
import { hash } from 'node:crypto';
import type { PreferencePair } from '../preference-pair.ts';

/** Whether any source of a corpus asks for it; `sources` as a corpus stage records them. */
export function mustWithhold(sources: unknown): boolean {
  return Array.isArray(sources) && sources.some((source: { readonly publish?: unknown }) => source.publish === 'ids');
}

/** The pair with the digest of each text in its place; `edits` quote the code, and go too. */
export function withheldPair(pair: PreferencePair): PreferencePair {
  const { prompt, chosen, rejected } = pair;
  return { ...pair, prompt: digest(prompt), chosen: digest(chosen), rejected: digest(rejected), edits: [] };
}

function digest(text: string): string {
  return `text withheld by the terms of its collection, sha256 ${hash('sha256', text, 'hex')}`;
}
