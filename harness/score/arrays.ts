/**
 * A batch of prompt groups as the flat arrays of the score program (see program.ts for what each means to it).
 */
import { unseen, type FeedArray, type MaskName } from '../model/index.ts';
import { layOut, type AttentionRow, type LeastSizes, type ScoredSpan } from './attention-rows.ts';
import { keyLengthMultiple, type PromptGroup } from './batches.ts';
import { windowArrays, type WindowArrays } from './window-arrays.ts';

export interface ScoreArrays {
  /** Those of windows only where the model has layers with one. */
  readonly feeds: Readonly<Record<keyof Arrays | keyof LastReads, FeedArray>> & Partial<WindowArrays>;
  readonly spans: readonly ScoredSpan[];
  /** Positions of the batch's rows, and what their rotary tables depend on. */
  readonly rope: { readonly positions: number; readonly ropeLength: number };
  /** Scores of the program per attention row when it reads last tokens only: all of a row are equal, any will do. */
  readonly readsPerRow: number;
  /** Tokens computed, filling excluded. */
  readonly tokens: number;
}

/** What arrays depend on beside the batch. */
export interface ArrayOptions {
  readonly least: LeastSizes;
  /** Of layers that see less than the context; null where there are none. */
  readonly window: number | null;
  /** The mask of the last layer. */
  readonly lastMask: MaskName;
}

export function scoreArrays(batch: readonly PromptGroup[], { least, window, lastMask }: ArrayOptions): ScoreArrays {
  const { rows, spans, tokens } = layOut(batch, least);
  const sizes = sizesOf(rows, batch[0]?.keyLength ?? keyLengthMultiple, least);
  const arrays = filledArrays(batch, rows, sizes);
  const windowed = window === null ? null : windowArrays(rows, { ...sizes, window });
  const all = { ...shaped(arrays, sizes), ...windowed };
  return {
    spans,
    rope: { positions: sizes.K, ropeLength: batch[0]?.ropeLength ?? 0 },
    readsPerRow: sizes.R,
    tokens,
    feeds: { ...all, ...lastReads(arrays, rows, { sizes, mask: all[lastMask] as FeedArray }) },
  };
}

function filledArrays(batch: readonly PromptGroup[], rows: readonly AttentionRow[], sizes: ArraySizes): Arrays {
  const arrays = emptyArrays(sizes);
  placeTokens(arrays, batch);
  for (const [row, place] of rows.entries()) placeRow(arrays, place, { row, ...sizes });
  return arrays;
}

/** N tokens, B attention rows, Q queries, K keys and R reads of its last token a row, filling included. */
interface ArraySizes {
  readonly N: number;
  readonly B: number;
  readonly Q: number;
  readonly K: number;
  readonly R: number;
}

/** The fewest queries of a row that arrays are made for. */
const leastQueries = 8;

function sizesOf(rows: readonly AttentionRow[], keyLength: number, least: LeastSizes): ArraySizes {
  const longest = rows.reduce((most, { count }) => Math.max(most, count), leastQueries);
  return {
    N: rows.reduce((sum, { count }) => sum + count, 0),
    B: rows.length,
    Q: Math.min(keyLengthMultiple, longest),
    K: keyLength,
    // Two at least: a product with a single row is computed another way, and the others of the same reward would not
    // match it.
    R: Math.max(2, Math.ceil(least.tokens / rows.length)),
  };
}

function emptyArrays({ N, B, Q, K }: ArraySizes): Arrays {
  return {
    tokenIds: new Int32Array(N),
    positions: new Int32Array(N),
    packIndex: new Int32Array(N),
    keyIndex: new Int32Array(B * K),
    queryIndex: new Int32Array(B * Q),
    queryMask: new Float32Array(B * Q),
    attentionMask: new Float32Array(B * Q * K).fill(unseen),
  };
}

function shaped(arrays: Arrays, { N, B, Q, K }: ArraySizes): Readonly<Record<keyof Arrays, FeedArray>> {
  return {
    tokenIds: { data: arrays.tokenIds, shape: [N] },
    positions: { data: arrays.positions, shape: [N] },
    packIndex: { data: arrays.packIndex, shape: [N] },
    keyIndex: { data: arrays.keyIndex, shape: [B, K] },
    queryIndex: { data: arrays.queryIndex, shape: [B, Q] },
    queryMask: { data: arrays.queryMask, shape: [B, Q] },
    attentionMask: { data: arrays.attentionMask, shape: [B, 1, Q, K] },
  };
}

interface Arrays {
  readonly tokenIds: Int32Array;
  readonly positions: Int32Array;
  readonly packIndex: Int32Array;
  readonly keyIndex: Int32Array;
  readonly queryIndex: Int32Array;
  readonly queryMask: Float32Array;
  readonly attentionMask: Float32Array;
}

function placeTokens({ tokenIds, positions }: Arrays, batch: readonly PromptGroup[]): void {
  let next = 0;
  const append = (tokens: Int32Array, firstPosition: number): void => {
    tokenIds.set(tokens, next);
    for (let i = 0; i < tokens.length; i++) positions[next + i] = firstPosition + i;
    next += tokens.length;
  };
  for (const { prompt, responses } of batch) {
    append(prompt, 0);
    for (const { tokens } of responses) append(tokens, prompt.length);
  }
}

interface RowPlace extends Pick<ArraySizes, 'Q' | 'K'> {
  readonly row: number;
}

function placeRow(arrays: Arrays, attended: AttentionRow, place: RowPlace): void {
  placeKeys(arrays, attended, place);
  placeQueries(arrays, attended, place);
}

/** The prompt, then the segment up to the last query. */
function placeKeys(
  { keyIndex }: Arrays,
  { promptStart, promptLength, start, first, count }: AttentionRow,
  { row, K }: RowPlace,
): void {
  for (let key = 0; key < promptLength; key++) keyIndex[row * K + key] = promptStart + key;
  for (let key = 0; key < first + count; key++) keyIndex[row * K + promptLength + key] = start + key;
}

function placeQueries(
  { packIndex, queryIndex, queryMask, attentionMask }: Arrays,
  { promptLength, start, first, count }: AttentionRow,
  { row, Q, K }: RowPlace,
): void {
  for (let query = 0; query < count; query++) {
    const slot = row * Q + query;
    packIndex[start + first + query] = slot;
    queryIndex[slot] = start + first + query;
    queryMask[slot] = 1;
    attentionMask.fill(0, slot * K, slot * K + promptLength + first + query + 1);
  }
}

type LastReads = Readonly<
  Record<'readTokens' | 'readPositions' | 'readPackIndex' | 'readIndex' | 'readMask' | 'readAttentionMask', FeedArray>
>;

/** The last token of every row, R times. */
function lastReads(
  { positions }: Arrays,
  rows: readonly AttentionRow[],
  { sizes, mask }: { readonly sizes: ArraySizes; readonly mask: FeedArray },
): LastReads {
  const { B, R } = sizes;
  const tokens = lastTokens(rows, R);
  const numbers = tokens.map((_, read) => read);
  return {
    readTokens: flat(tokens),
    readPositions: flat(tokens.map((token) => positions[token] as number)),
    readPackIndex: flat(numbers),
    readIndex: { data: numbers, shape: [B, R] },
    readMask: { data: new Float32Array(B * R).fill(1), shape: [B, R] },
    readAttentionMask: lastMasks(mask, rows, R),
  };
}

function flat(data: Int32Array): FeedArray {
  return { data, shape: [data.length] };
}

/** What the last query of every row sees by its mask [B, 1, Q, K], R times: [B, 1, R, K]. */
function lastMasks({ data, shape }: FeedArray, rows: readonly AttentionRow[], R: number): FeedArray {
  const [B, , Q, K] = shape as readonly [number, 1, number, number];
  const masks = new Float32Array(B * R * K);
  for (const [row, { count }] of rows.entries()) {
    const line = (row * Q + count - 1) * K;
    for (let read = row * R; read < (row + 1) * R; read++) masks.set(data.subarray(line, line + K), read * K);
  }
  return { data: masks, shape: [B, 1, R, K] };
}

function lastTokens(rows: readonly AttentionRow[], times: number): Int32Array {
  const tokens = new Int32Array(rows.length * times);
  for (const [row, { start, first, count }] of rows.entries())
    tokens.fill(start + first + count - 1, row * times, (row + 1) * times);
  return tokens;
}
