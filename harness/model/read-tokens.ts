/**
 * The packed tokens whose final hidden state is read: those that predict a label, and those that make a reward.
 * The last layer needs keys and values of all tokens, but queries, attention rows and feed-forward of these only; on a
 * pair of code answers that is about two fifths of the tokens.
 */
import type { ModelSpec } from '../spec/experiment-schema.ts';
import type { PackedRows, ResponseSpan } from './pack-rows.ts';
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
  readonly attentionMask: Float32Array; // [B, 1, Q, S]
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
  const rowLength = mostReadOfRow(packed, tokens);
  return {
    count: tokens.length,
    rowLength,
    rows: packed.rows,
    keyLength: packed.rowLength,
    tokens,
    numberOf: numbersOf(packed, tokens),
    positions: tokens.map((token) => packed.positions[token] as number),
    ...places(packed, tokens, { rowLength, mask: maskNamed(packed, readers.mask) }),
  };
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

type Places = Pick<ReadTokens, 'padIndex' | 'packIndex' | 'padMask' | 'attentionMask'>;

function places(
  packed: PackedRows,
  tokens: Int32Array,
  { rowLength, mask }: { readonly rowLength: number; readonly mask: Float32Array },
): Places {
  const found = emptyPlaces(packed, tokens.length, rowLength);
  const used = new Int32Array(packed.rows);
  for (const [number, token] of tokens.entries()) {
    const row = rowOf(packed, token);
    const place = row * rowLength + used[row]!;
    used[row]! += 1;
    found.packIndex[number] = place;
    found.padIndex[place] = number;
    found.padMask[place] = 1;
    found.attentionMask.set(maskLine(mask, packed, token), place * packed.rowLength);
  }
  return found;
}

function emptyPlaces({ rows, rowLength: keyLength }: PackedRows, count: number, rowLength: number): Places {
  return {
    padIndex: new Int32Array(rows * rowLength),
    packIndex: new Int32Array(count),
    padMask: new Float32Array(rows * rowLength),
    attentionMask: new Float32Array(rows * rowLength * keyLength),
  };
}

/** What a token sees of its row. */
function maskLine(mask: Float32Array, { packIndex, rowLength }: PackedRows, token: number): Float32Array {
  const line = (packIndex[token] as number) * rowLength;
  return mask.subarray(line, line + rowLength);
}

function rowOf(packed: PackedRows, token: number): number {
  return Math.floor((packed.packIndex[token] as number) / packed.rowLength);
}
