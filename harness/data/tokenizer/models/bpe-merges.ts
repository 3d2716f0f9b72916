/** The `merges` of a byte-pair encoding, written as pairs or as texts with a space between. */
import type { FeatureReader } from '../feature-reader.ts';
import { mostMerges } from './bpe-merge.ts';
import { PairTable } from './pair-table.ts';

export interface BpeMerges {
  readonly ranks: PairTable;
  /** Id of the merged token by rank. */
  readonly results: Int32Array;
  readonly pairs: readonly (readonly [string, string])[];
}

/** A pair that stands there twice has the later of its ranks, as in the Rust library. */
export function readMerges(reader: FeatureReader, ids: ReadonlyMap<string, number>, prefix: string): BpeMerges {
  const pairs = readPairs(reader);
  const ranks = new PairTable(pairs.length);
  const results = new Int32Array(pairs.length);
  const strangers = new Set<string>();
  const idOf = (token: string): number => {
    const id = ids.get(token);
    if (id === undefined) strangers.add(token);
    return id ?? 0;
  };
  pairs.forEach(([left, right], rank) => {
    ranks.set(idOf(left), idOf(right), rank);
    results[rank] = idOf(left + withoutPrefix(right, prefix));
  });
  if (strangers.size > 0) reader.refuse(`merges: ${named(strangers)} in no vocabulary`);
  return { ranks, results, pairs };
}

function readPairs(reader: FeatureReader): readonly (readonly [string, string])[] {
  const written = reader.raw('merges');
  if (!Array.isArray(written)) {
    reader.refuse('merges: expected a list');
    return [];
  }
  if (written.length > mostMerges) reader.refuse(`merges: ${written.length} are more than ${mostMerges}`);
  // The first line of a merges.txt; the library passes it over in the textual form alone.
  const merges = written.filter((merge) => typeof merge !== 'string' || !merge.startsWith('#version'));
  const pairs = merges.map((merge) => (typeof merge === 'string' ? merge.split(' ') : (merge as unknown)));
  const wrong = pairs.findIndex((pair) => !isPair(pair));
  if (wrong === -1) return pairs as [string, string][];
  reader.refuse(`merges[${wrong}]: expected two tokens, found ${JSON.stringify(merges[wrong])}`);
  return [];
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((token) => typeof token === 'string');
}

/** The library cuts as many bytes as the prefix has off the right token, whether they are the prefix or not. */
function withoutPrefix(token: string, prefix: string): string {
  if (prefix === '') return token;
  return Buffer.from(token).subarray(Buffer.byteLength(prefix)).toString();
}

function named(tokens: ReadonlySet<string>): string {
  const shown = [...tokens].slice(0, 3).map((token) => JSON.stringify(token));
  return `${shown.join(', ')}${tokens.size > 3 ? ` and ${tokens.size - 3} more` : ''} ${tokens.size === 1 ? 'is' : 'are'}`;
}
