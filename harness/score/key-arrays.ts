/**
 * The keys of attention rows, and which of them each query sees. Layers with a window are fed, of each row, only the
 * keys that some query of it sees. Which keys these are follows from the row's own tokens alone.
 */
import { unseen, type FeedArray } from '../model/index.ts';
import type { AttentionRow } from './attention-rows.ts';
import { keyLengthMultiple } from './batches.ts';

/** Rows of Q queries, and of at most K keys. */
export interface KeySizes {
  readonly Q: number;
  readonly K: number;
  /** Tokens that a token sees, itself included; Infinity = all before it. */
  readonly window: number;
}

/** W keys a row: K without a window. */
export interface KeyArrays {
  readonly index: FeedArray; // [B, W]
  readonly mask: FeedArray; // [B, 1, Q, W]
}

export function keyArrays(rows: readonly AttentionRow[], { Q, K, window }: KeySizes): KeyArrays {
  // For rows of the most queries there can be: the width of a row then does not follow from others of its batch.
  const W = Math.min(K, Math.ceil((window - 1) / keyLengthMultiple + 1) * keyLengthMultiple);
  const index = new Int32Array(rows.length * W);
  const mask = new Float32Array(rows.length * Q * W).fill(unseen);
  for (const [row, place] of rows.entries()) {
    placeKeys(index.subarray(row * W, (row + 1) * W), place, window);
    openMask(mask.subarray(row * Q * W, (row + 1) * Q * W), place, { window, W });
  }
  return { index: { data: index, shape: [rows.length, W] }, mask: { data: mask, shape: [rows.length, 1, Q, W] } };
}

/** The first token, counted from the start of the prompt, that the first query of a row sees. */
function earliestOf({ promptLength, first }: AttentionRow, window: number): number {
  return Math.max(0, promptLength + first - window + 1);
}

/** The prompt, then the segment up to the last query. */
function placeKeys(index: Int32Array, place: AttentionRow, window: number): void {
  const { promptStart, promptLength, start, first, count } = place;
  const earliest = earliestOf(place, window);
  for (let token = earliest; token < promptLength + first + count; token++)
    index[token - earliest] = token < promptLength ? promptStart + token : start + token - promptLength;
}

function openMask(
  mask: Float32Array,
  place: AttentionRow,
  { window, W }: { readonly window: number; readonly W: number },
): void {
  const earliest = earliestOf(place, window);
  for (let query = 0; query < place.count; query++) {
    const last = place.promptLength + place.first + query - earliest;
    mask.fill(0, query * W + Math.max(0, last - window + 1), query * W + last + 1);
  }
}
