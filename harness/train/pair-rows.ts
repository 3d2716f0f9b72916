/**
 * The preference pairs of a batch as rows. By default a row a pair, `[prompt | chosen | rejected]`. With shared
 * prompts, pairs of one prompt are one row `[prompt | r1 | r2 ...]` in which each distinct response stands once,
 * however many pairs it is in: the same losses from fewer tokens, since responses do not see one another.
 */
import type { EncodedPair, TokenIds } from '../data/preference-pair.ts';
import type { PackedRows, ResponseSpan, Row } from '../model/index.ts';

/** A pair by the places of its responses in its row. */
export interface PlacedPair {
  readonly chosen: number;
  /** null where rejected responses are not read (no pairwise part). */
  readonly rejected: number | null;
  /** The data's own margin; 0 where it has none. */
  readonly margin: number;
}

export interface PairRow extends Row {
  readonly pairs: readonly PlacedPair[];
}

export interface PairRowOptions {
  /** Whether rejected responses are read at all. */
  readonly rejected: boolean;
  readonly sharePrompts: boolean;
}

export function pairRows(
  pairs: readonly EncodedPair[],
  { rejected, sharePrompts }: PairRowOptions,
): readonly PairRow[] {
  if (sharePrompts) return byPrompt(pairs).map((some) => sharedRow(some, rejected));
  return pairs.map((pair) => ({
    prompt: pair.prompt,
    responses: rejected ? [pair.chosen, pair.rejected] : [pair.chosen],
    pairs: [{ chosen: 0, rejected: rejected ? 1 : null, margin: pair.margin ?? 0 }],
  }));
}

/**
 * The pairs of a step, at most `limit` at a time, as they come; with shared prompts, pairs of one prompt first move
 * together, so that a cut seldom parts them. Batches hold similar lengths and are sorted by length, so neighbours pad
 * little.
 */
export function cutPairs(
  pairs: readonly EncodedPair[],
  limit: number | null,
  sharePrompts: boolean,
): readonly (readonly EncodedPair[])[] {
  if (limit === null || pairs.length <= limit) return [pairs];
  const ordered = sharePrompts ? byPrompt(pairs).flat() : pairs;
  return Array.from({ length: Math.ceil(ordered.length / limit) }, (_, index) =>
    ordered.slice(index * limit, (index + 1) * limit),
  );
}

/** Groups in the order in which their prompts first come. */
function byPrompt(pairs: readonly EncodedPair[]): readonly (readonly EncodedPair[])[] {
  const groups = new Map<string, EncodedPair[]>();
  for (const pair of pairs) {
    const key = pair.prompt.join();
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [pair]);
    else known.push(pair);
  }
  return [...groups.values()];
}

function sharedRow(pairs: readonly EncodedPair[], rejected: boolean): PairRow {
  const responses = new DistinctResponses();
  const placed = pairs.map((pair) => ({
    chosen: responses.placeOf(pair.chosen),
    rejected: rejected ? responses.placeOf(pair.rejected) : null,
    margin: pair.margin ?? 0,
  }));
  return { prompt: (pairs[0] as EncodedPair).prompt, responses: responses.all, pairs: placed };
}

/** Responses of a row, each once, in the order in which they first come. */
class DistinctResponses {
  readonly all: TokenIds[] = [];
  readonly #places = new Map<string, number>();

  placeOf(response: TokenIds): number {
    const key = response.join();
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.all.length);
    return this.all.push(response) - 1;
  }
}

/** Where the pairs of packed rows lie, in row order, with their margins. */
export interface PackedPair {
  readonly chosen: ResponseSpan;
  readonly rejected: ResponseSpan | null;
  readonly margin: number;
}

/** @param packed The rows as packed, in this order. */
export function packedPairs(rows: readonly PairRow[], packed: PackedRows): readonly PackedPair[] {
  let first = 0;
  return rows.flatMap(({ responses, pairs }) => {
    const spans = packed.spans.slice(first, first + responses.length);
    first += responses.length;
    return pairs.map(({ chosen, rejected, margin }) => ({
      chosen: spans[chosen] as ResponseSpan,
      rejected: rejected === null ? null : (spans[rejected] as ResponseSpan),
      margin,
    }));
  });
}
