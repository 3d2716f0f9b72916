/**
 * What layers with a window are fed: of each attention row only the keys that some query of it sees. Which keys these
 * are follows from the row's own tokens alone, as in layers without a window.
 */
import { unseen, type FeedArray } from '../model/index.ts';
import type { AttentionRow } from './attention-rows.ts';
import { keyLengthMultiple } from './batches.ts';

/** B rows of Q queries, and of at most K keys before the window cuts them. */
export interface WindowSizes {
  readonly Q: number;
  readonly K: number;
  /** Tokens that a token sees, itself included. */
  readonly window: number;
}

export interface WindowArrays {
  readonly windowKeyIndex: FeedArray; // [B, W]
  readonly windowMask: FeedArray; // [B, 1, Q, W]
}

export function windowArrays(rows: readonly AttentionRow[], { Q, K, window }: WindowSizes): WindowArrays {
  const W = Math.min(K, Math.ceil((window - 1 + Q) / keyLengthMultiple) * keyLengthMultiple);
  const index = new Int32Array(rows.length * W);
  const mask = new Float32Array(rows.length * Q * W).fill(unseen);
  for (const [row, place] of rows.entries()) {
    placeKeys(index.subarray(row * W, (row + 1) * W), place, window);
    openMask(mask.subarray(row * Q * W, (row + 1) * Q * W), place, { window, W });
  }
  return {
    windowKeyIndex: { data: index, shape: [rows.length, W] },
    windowMask: { data: mask, shape: [rows.length, 1, Q, W] },
  };
}

/** The first token, counted from the start of the prompt, that the first query of a row sees. */
function earliestOf({ promptLength, first }: AttentionRow, window: number): number {
  return Math.max(0, promptLength + first - window + 1);
}

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
