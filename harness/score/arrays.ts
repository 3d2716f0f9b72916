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

/** A response of the batch: where its tokens lie, and the attention row that holds the last one. */
export interface ScoredSpan extends ResponseSpan {
  readonly response: UniqueResponse;
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
  readonly spans: readonly ScoredSpan[];
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
  const all = [...rows, ...fillingRows({ tokens, rows: rows.length }, least)];
  const sizes = sizesOf(all, batch[0]?.keyLength ?? keyLengthMultiple, least);
  const arrays = filledArrays(batch, all, sizes);
  return { spans, readsPerRow: sizes.R, tokens, feeds: { ...shaped(arrays, sizes), ...lastReads(arrays, all, sizes) } };
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

/** What a batch is made of, as it is put together. */
class Layout {
  readonly rows: AttentionRow[] = [];
  readonly spans: ScoredSpan[] = [];
  /** The packed token that comes next. */
  #next = 0;

  add({ prompt, responses }: PromptGroup): void {
    const promptStart = this.#next;
    this.#addSegment(prompt.length, promptStart, 0);
    for (const response of responses) {
      const [start, { length }] = [this.#next, response.tokens];
      this.#addSegment(length, promptStart, prompt.length);
      this.spans.push({ row: this.rows.length - 1, start, length, response });
    }
  }

  #addSegment(length: number, promptStart: number, promptLength: number): void {
    const start = this.#next;
    for (let first = 0; first < length; first += keyLengthMultiple) {
      const count = Math.min(keyLengthMultiple, length - first);
      this.rows.push({ promptStart, promptLength, start, first, count });
    }
    this.#next += length;
  }
}

/** Attention rows of all segments in packed order; a prompt of no tokens has none. */
function layOut(batch: readonly PromptGroup[]): Pick<Layout, 'rows' | 'spans'> {
  const layout = new Layout();
  for (const group of batch) layout.add(group);
  return layout;
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

type LastReads = Pick<
  ScoreArrays['feeds'],
  'readTokens' | 'readPositions' | 'readPackIndex' | 'readIndex' | 'readMask' | 'readAttentionMask'
>;

/** The last token of every row, R times. */
function lastReads(arrays: Arrays, rows: readonly AttentionRow[], sizes: ArraySizes): LastReads {
  const { B, K, R } = sizes;
  const tokens = lastTokens(rows, R);
  const numbers = tokens.map((_, read) => read);
  return {
    readTokens: flat(tokens),
    readPositions: flat(tokens.map((token) => arrays.positions[token] as number)),
    readPackIndex: flat(numbers),
    readIndex: { data: numbers, shape: [B, R] },
    readMask: { data: new Float32Array(B * R).fill(1), shape: [B, R] },
    readAttentionMask: { data: lastMasks(arrays, rows, sizes), shape: [B, 1, R, K] },
  };
}

function flat(data: Int32Array): FeedArray {
  return { data, shape: [data.length] };
}

/** What the last query of every row sees, R times. */
function lastMasks({ attentionMask }: Arrays, rows: readonly AttentionRow[], { Q, K, R }: ArraySizes): Float32Array {
  const masks = new Float32Array(rows.length * R * K);
  for (const [row, { count }] of rows.entries()) {
    const line = (row * Q + count - 1) * K;
    for (let read = row * R; read < (row + 1) * R; read++) masks.set(attentionMask.subarray(line, line + K), read * K);
  }
  return masks;
}

function lastTokens(rows: readonly AttentionRow[], times: number): Int32Array {
  const tokens = new Int32Array(rows.length * times);
  for (const [row, { start, first, count }] of rows.entries())
    tokens.fill(start + first + count - 1, row * times, (row + 1) * times);
  return tokens;
}
