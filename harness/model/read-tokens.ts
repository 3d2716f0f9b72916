/**
 * The packed tokens whose final hidden state is read: those that predict a label, and those that make a reward.
 * The last layer needs keys and values of all tokens, but queries, attention rows and feed-forward of these only; on a
 * pair of code answers that is about two fifths of the tokens.
 */
import type { ModelSpec } from '../spec/experiment-schema.ts';
import type { PackedRows, ResponseSpan, RowSight } from './pack-rows.ts';
import { openLine, queryBlocks, unseen, type BlockArrays, type Sight } from './sight.ts';
import { maskNamed, type MaskName } from './windows.ts';

export interface ReadTokens {
  /** M, and Q: the most read tokens of one row. */
  readonly count: number;
  readonly rowLength: number;
  readonly rows: number;
  /** Row length of the keys: S. */
  readonly keyLength: number;
  /** Packed numbers of the read tokens, ascending. */
  readonly tokens: Int32Array; // [M]
  readonly positions: Int32Array; // [M]
  /** As in PackedRows, among the read tokens. */
  readonly padIndex: Int32Array; // [B, Q]
  readonly packIndex: Int32Array; // [M]
  readonly padMask: Float32Array; // [B, Q]
  /** Null where there are blocks. */
  readonly attentionMask: Float32Array | null; // [B, 1, Q, S]
  /** Of the read tokens, where attention to them is cut. */
  readonly blocks: readonly BlockArrays[];
  /** Packed token -> its number among the read ones; -1 where it is not read. */
  readonly numberOf: Int32Array; // [N]
}

/**
 * What is read of a batch: hidden states at `labelRows`, and what the pooling takes of every response where there is a
 * `pooling`. `mask`: that of the last layer.
 */
export interface Readers {
  readonly labelRows: Int32Array | null;
  readonly pooling: ModelSpec['rewardPooling'] | null;
  readonly mask: MaskName;
}

/** Throws RangeError where no token of a row is read: the row would be computed without use. */
export function readTokens(packed: PackedRows, readers: Readers): ReadTokens {
  const tokens = readNumbers(packed, readers);
  const numberOf = numbersOf(packed, tokens);
  const blocks = packed.sight === null ? 1 : readBlocks(packed.sight.blocks, readers);
  const rowLength = Math.ceil(mostReadOfRow(packed, tokens) / blocks) * blocks;
  const placed = places(packed, numberOf, { count: tokens.length, rowLength });
  return {
    count: tokens.length,
    rowLength,
    rows: packed.rows,
    keyLength: packed.rowLength,
    tokens,
    numberOf,
    positions: tokens.map((token) => packed.positions[token] as number),
    ...placed,
    ...masksOfRead(packed, { tokens, packIndex: placed.packIndex, rowLength, blocks, mask: readers.mask }),
  };
}

/** In how many blocks attention of the read tokens is computed: two a row are not worth cutting. */
export function readBlocks(
  blocks: number,
  { labelRows, pooling }: { readonly labelRows: unknown; readonly pooling: Readers['pooling'] },
): number {
  return labelRows === null && pooling === 'last' ? 1 : blocks;
}

function mostReadOfRow(packed: PackedRows, tokens: Int32Array): number {
  const perRow = new Int32Array(packed.rows);
  for (const token of tokens) perRow[rowOf(packed, token)]! += 1;
  const unread = perRow.indexOf(0);
  if (unread !== -1) throw new RangeError(`row ${unread}: nothing reads its hidden states`);
  return perRow.reduce((most, count) => Math.max(most, count), 0);
}

function numbersOf(packed: PackedRows, tokens: Int32Array): Int32Array {
  const numberOf = new Int32Array(packed.tokens).fill(-1);
  for (const [number, token] of tokens.entries()) numberOf[token] = number;
  return numberOf;
}

/**
 * Where a response's pooled tokens lie among the read ones: its last token, and with it all others if they are read.
 */
export function readSpan({ numberOf }: ReadTokens, { row, start, length }: ResponseSpan): ResponseSpan {
  return { row, start: (numberOf[start + length - 1] as number) - length + 1, length };
}

function readNumbers(packed: PackedRows, { labelRows, pooling }: Readers): Int32Array {
  const isRead = new Uint8Array(packed.tokens);
  for (const token of labelRows ?? []) isRead[token] = 1;
  if (pooling !== null)
    for (const { start, length } of packed.spans)
      isRead.fill(1, pooling === 'mean' ? start : start + length - 1, start + length);
  const numbers = new Int32Array(isRead.reduce((count, one) => count + one, 0));
  let next = 0;
  for (const [token, one] of isRead.entries()) if (one === 1) numbers[next++] = token;
  return numbers;
}

type Places = Pick<ReadTokens, 'padIndex' | 'packIndex' | 'padMask'>;

/** In the order of the places of all tokens, each row from its first slot on. */
function places(
  packed: PackedRows,
  numberOf: Int32Array,
  { count, rowLength }: { readonly count: number; readonly rowLength: number },
): Places {
  const found = emptyPlaces(packed.rows * rowLength, count);
  for (let row = 0; row < packed.rows; row++) {
    let slot = row * rowLength;
    for (let place = row * packed.rowLength; place < (row + 1) * packed.rowLength; place++) {
      const number = packed.padMask[place] === 1 ? (numberOf[packed.padIndex[place] as number] as number) : -1;
      if (number === -1) continue;
      found.packIndex[number] = slot;
      found.padIndex[slot] = number;
      found.padMask[slot] = 1;
      slot += 1;
    }
  }
  return found;
}

function emptyPlaces(slots: number, count: number): Places {
  return { padIndex: new Int32Array(slots), packIndex: new Int32Array(count), padMask: new Float32Array(slots) };
}

interface ReadQueries extends Pick<ReadTokens, 'tokens' | 'packIndex' | 'rowLength'>, Pick<Readers, 'mask'> {
  readonly blocks: number;
}

type ReadMasks = Pick<ReadTokens, 'attentionMask' | 'blocks'>;

function masksOfRead(packed: PackedRows, read: ReadQueries): ReadMasks {
  const { sight } = packed;
  return sight === null
    ? { attentionMask: maskLines(packed, read, maskNamed(packed, read.mask)), blocks: [] }
    : masksBySight(packed, read, sight);
}

function maskLines(
  packed: PackedRows,
  { tokens, packIndex, rowLength }: ReadQueries,
  mask: Float32Array,
): Float32Array {
  const lines = new Float32Array(packed.rows * rowLength * packed.rowLength);
  for (const [number, token] of tokens.entries())
    lines.set(maskLine(mask, packed, token), (packIndex[number] as number) * packed.rowLength);
  return lines;
}

/** What a token sees of its row. */
function maskLine(mask: Float32Array, { packIndex, rowLength }: PackedRows, token: number): Float32Array {
  const line = (packIndex[token] as number) * rowLength;
  return mask.subarray(line, line + rowLength);
}

function masksBySight(packed: PackedRows, read: ReadQueries, { take, ...sights }: RowSight): ReadMasks {
  const sight = sightOfRead(packed, read, maskNamed(sights, read.mask));
  const taken = (length: number): Float32Array => take('readAttentionMask', length);
  if (read.blocks > 1) return { attentionMask: null, blocks: queryBlocks(sight, read.blocks, taken) };
  const keyLength = packed.rowLength;
  const attentionMask = taken(sight.rows * sight.queries * keyLength).fill(unseen);
  for (const query of read.packIndex) openLine(attentionMask, sight, query, query * keyLength);
  return { attentionMask, blocks: [] };
}

function sightOfRead({ rows, packIndex }: PackedRows, read: ReadQueries, { ranges }: Sight): Sight {
  const ofRead = new Int32Array(4 * rows * read.rowLength);
  for (const [number, token] of read.tokens.entries()) {
    const place = 4 * (packIndex[token] as number);
    ofRead.set(ranges.subarray(place, place + 4), 4 * (read.packIndex[number] as number));
  }
  return { rows, queries: read.rowLength, ranges: ofRead };
}

function rowOf(packed: PackedRows, token: number): number {
  return Math.floor((packed.packIndex[token] as number) / packed.rowLength);
}
