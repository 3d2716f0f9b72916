/**
 * A batch of prompt groups as the flat arrays of the score program (see program.ts for what each means to it).
 */
import { unseen, type FeedArray, type ResponseSpan } from '../model/index.ts';
import { keyLengthMultiple, tokensOf, type PromptGroup, type UniqueResponse } from './batches.ts';

/** Sizes that a batch is filled up to with rows whose scores are not read. */
export interface LeastSizes {
  readonly tokens: number;
  readonly rows: number;
}

export interface ScoreArrays {
  readonly feeds: Readonly<
    Record<
      | 'tokenIds'
      | 'positions'
      | 'packIndex'
      | 'keyIndex'
      | 'queryIndex'
      | 'queryMask'
      | 'attentionMask'
      | 'readTokens'
      | 'readPositions'
      | 'readPackIndex'
      | 'readIndex'
      | 'readMask'
      | 'readAttentionMask',
      FeedArray
    >
  >;
  /** The responses of the batch: where their tokens lie, and the attention row that holds the last one. */
  readonly spans: readonly (ResponseSpan & { readonly response: UniqueResponse })[];
  /** Scores of the program per attention row when it reads last tokens only: all of a row are equal, any will do. */
  readonly readsPerRow: number;
  /** Tokens computed, filling excluded. */
  readonly tokens: number;
}

/**
 * Queries first..first + count - 1 of a segment (a prompt, or a response behind its prompt) against all the keys they
 * can see.
 */
interface AttentionRow {
  readonly promptStart: number;
  readonly promptLength: number;
  readonly start: number;
  readonly first: number;
  readonly count: number;
}

export function scoreArrays(batch: readonly PromptGroup[], least: LeastSizes): ScoreArrays {
  const tokens = batch.reduce((sum, group) => sum + tokensOf(group), 0);
  const { rows, spans } = layOut(batch);
  const filling = fillingRows({ tokens, rows: rows.length }, least);
  const all = [...rows, ...filling];
  const sizes = {
    N: tokens + filling.reduce((sum, { count }) => sum + count, 0),
    B: all.length,
    K: batch[0]?.keyLength ?? keyLengthMultiple,
    Q: Math.min(
      keyLengthMultiple,
      all.reduce((most, { count }) => Math.max(most, count), 8),
    ),
  };
  const arrays = emptyArrays(sizes);
  placeTokens(arrays, batch);
  for (const [row, place] of all.entries()) placeRow(arrays, place, { row, ...sizes });
  // Two at least: a product with a single row is computed another way, and the others of the same reward would not
  // match it.
  const readsPerRow = Math.max(2, Math.ceil(least.tokens / sizes.B));
  const feeds = { ...shaped(arrays, sizes), ...lastReads(arrays, all, { readsPerRow, ...sizes }) };
  return { spans, readsPerRow, tokens, feeds };
}

/** N tokens, B attention rows, Q queries and K keys a row, filling included. */
interface ArraySizes {
  readonly N: number;
  readonly B: number;
  readonly Q: number;
  readonly K: number;
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

/** Attention rows of all segments in packed order; a prompt of no tokens has none. */
function layOut(batch: readonly PromptGroup[]): {
  readonly rows: readonly AttentionRow[];
  readonly spans: ScoreArrays['spans'];
} {
  const rows: AttentionRow[] = [];
  const spans: (ResponseSpan & { readonly response: UniqueResponse })[] = [];
  let next = 0;
  const segment = (length: number, promptStart: number, promptLength: number): void => {
    for (let first = 0; first < length; first += keyLengthMultiple)
      rows.push({ promptStart, promptLength, start: next, first, count: Math.min(keyLengthMultiple, length - first) });
    next += length;
  };
  for (const { prompt, responses } of batch) {
    const promptStart = next;
    segment(prompt.length, promptStart, 0);
    for (const response of responses) {
      const [start, { length }] = [next, response.tokens];
      segment(length, promptStart, prompt.length);
      spans.push({ row: rows.length - 1, start, length, response });
    }
  }
  return { rows, spans };
}

/** Rows of tokens 0 that see only themselves, behind all others. */
function fillingRows(found: LeastSizes, least: LeastSizes): readonly AttentionRow[] {
  const missing = Math.max(0, least.tokens - found.tokens);
  const count = Math.max(Math.ceil(missing / keyLengthMultiple), least.rows - found.rows, 0);
  const tokensPerRow = Math.max(1, Math.ceil(missing / Math.max(1, count)));
  return Array.from({ length: count }, (_, row) => ({
    promptStart: 0,
    promptLength: 0,
    start: found.tokens + row * tokensPerRow,
    first: 0,
    count: tokensPerRow,
  }));
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

function placeRow(
  { packIndex, keyIndex, queryIndex, queryMask, attentionMask }: Arrays,
  place: AttentionRow,
  { row, Q, K }: { readonly row: number; readonly Q: number; readonly K: number },
): void {
  const { promptStart, promptLength, start, first, count } = place;
  for (let key = 0; key < promptLength; key++) keyIndex[row * K + key] = promptStart + key;
  for (let key = 0; key < first + count; key++) keyIndex[row * K + promptLength + key] = start + key;
  for (let query = 0; query < count; query++) {
    const slot = row * Q + query;
    packIndex[start + first + query] = slot;
    queryIndex[slot] = start + first + query;
    queryMask[slot] = 1;
    attentionMask.fill(0, slot * K, slot * K + promptLength + first + query + 1);
  }
}

type LastReads = Pick<
  ScoreArrays['feeds'],
  'readTokens' | 'readPositions' | 'readPackIndex' | 'readIndex' | 'readMask' | 'readAttentionMask'
>;

/** The last token of every row, `readsPerRow` times. */
function lastReads(
  { positions, attentionMask }: Arrays,
  rows: readonly AttentionRow[],
  { readsPerRow, Q, K }: { readonly readsPerRow: number; readonly Q: number; readonly K: number },
): LastReads {
  const [B, M] = [rows.length, rows.length * readsPerRow];
  const tokens = Int32Array.from({ length: M }, (_, read) => lastTokenOf(rows[Math.floor(read / readsPerRow)]));
  const mask = new Float32Array(M * K);
  for (const [row, { count }] of rows.entries()) {
    const line = (row * Q + count - 1) * K;
    for (let read = row * readsPerRow; read < (row + 1) * readsPerRow; read++)
      mask.set(attentionMask.subarray(line, line + K), read * K);
  }
  const numbers = Int32Array.from({ length: M }, (_, read) => read);
  return {
    readTokens: { data: tokens, shape: [M] },
    readPositions: { data: tokens.map((token) => positions[token] as number), shape: [M] },
    readPackIndex: { data: numbers, shape: [M] },
    readIndex: { data: numbers, shape: [B, readsPerRow] },
    readMask: { data: new Float32Array(M).fill(1), shape: [B, readsPerRow] },
    readAttentionMask: { data: mask, shape: [B, 1, readsPerRow, K] },
  };
}

function lastTokenOf(row: AttentionRow | undefined): number {
  return row === undefined ? NaN : row.start + row.first + row.count - 1;
}
