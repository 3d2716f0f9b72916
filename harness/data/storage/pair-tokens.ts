/**
 * Encoded pairs in shards, by row number. What is in memory are the offsets of the columns, 16 bytes a pair; token ids
 * are read from the file where they are asked for, so a million pairs need no more memory than their offsets.
 */
import { openColumnFile, type BatchLayout, type ColumnFile, type ColumnLayout, type Span } from '../../arrow/index.ts';
import { formatKey } from '../encode/token-columns.ts';
import { unreadableTokens } from '../encode/token-errors.ts';
import type { EncodedPair, TokenIds } from '../preference-pair.ts';
import { shardPaths } from './pair-shards.ts';

/** In tokens. */
export interface PairTokenCounts {
  readonly prompt: number;
  readonly chosen: number;
  readonly rejected: number;
}

export interface EncodedPairs {
  readonly count: number;
  /** The shards, through which rows are numbered. */
  readonly files: readonly string[];
  /** Whether any pair has a margin. */
  readonly hasMargins: boolean;
  /** Of the pair of a row, from 0. @throws RangeError for a row that is not there. */
  lengths(row: number): PairTokenCounts;
  /** @throws RangeError for a row that is not there; UserError (4) where the file cannot be read any more. */
  at(row: number): EncodedPair;
  close(): void;
}

/** @throws UserError (4) naming a shard that is missing, cut off or of another kind. */
export function openEncodedPairs(folder: string, name: string): EncodedPairs {
  const shards: Shard[] = [];
  try {
    for (const path of shardPaths(folder, name, 'arrow')) shards.push(openShard(path));
  } catch (error) {
    for (const { file } of shards) file.close();
    throw error;
  }
  return new PairTokens(`${folder}/${name}`, shards);
}

/** From the metadata of the shards alone. @throws as `openEncodedPairs`. */
export function countPairs(folder: string, name: string): number {
  return shardPaths(folder, name, 'arrow').reduce((sum, path) => sum + countRows(path), 0);
}

function countRows(path: string): number {
  try {
    const file = openColumnFile(path);
    file.close();
    return file.batches.reduce((sum, { rows }) => sum + rows, 0);
  } catch (cause) {
    throw unreadableTokens(path, cause);
  }
}

interface Shard {
  readonly path: string;
  readonly file: ColumnFile;
  readonly batches: readonly Batch[];
}

interface Batch {
  readonly path: string;
  readonly file: ColumnFile;
  readonly rows: number;
  readonly id: TextColumn;
  readonly prompt: TokenColumn;
  readonly chosen: TokenColumn;
  readonly rejected: TokenColumn;
  readonly margin: ColumnLayout | null;
}

/** Row r has the values from `offsets[r]` to `offsets[r + 1]`. */
interface TokenColumn {
  readonly offsets: Int32Array;
  readonly values: Span;
}
type TextColumn = TokenColumn;

class PairTokens implements EncodedPairs {
  readonly count: number;
  readonly files: readonly string[];
  readonly hasMargins: boolean;
  readonly #name: string;
  readonly #shards: readonly Shard[];
  readonly #batches: readonly Batch[];
  /** Number of the first row of each batch. */
  readonly #starts: Int32Array;

  constructor(name: string, shards: readonly Shard[]) {
    this.#name = name;
    this.#shards = shards;
    this.files = shards.map(({ path }) => path);
    this.#batches = shards.flatMap(({ batches }) => batches).filter(({ rows }) => rows > 0);
    this.#starts = new Int32Array(this.#batches.length);
    let count = 0;
    this.#batches.forEach(({ rows }, index) => {
      this.#starts[index] = count;
      count += rows;
    });
    this.count = count;
    this.hasMargins = this.#batches.some(({ margin }) => margin !== null && margin.nullCount < margin.length);
  }

  lengths(row: number): PairTokenCounts {
    const { batch, within } = this.#find(row);
    const length = ({ offsets }: TokenColumn): number => (offsets[within + 1] as number) - (offsets[within] as number);
    return { prompt: length(batch.prompt), chosen: length(batch.chosen), rejected: length(batch.rejected) };
  }

  at(row: number): EncodedPair {
    const { batch, within } = this.#find(row);
    try {
      return pairOf(batch, within);
    } catch (cause) {
      throw unreadableTokens(batch.path, cause);
    }
  }

  close(): void {
    for (const { file } of this.#shards) file.close();
  }

  #find(row: number): { readonly batch: Batch; readonly within: number } {
    if (!Number.isInteger(row) || row < 0 || row >= this.count)
      throw new RangeError(`${this.#name} has ${this.count} pairs, and no row ${row}`);
    const index = lastAtMost(this.#starts, row);
    return { batch: this.#batches[index] as Batch, within: row - (this.#starts[index] as number) };
  }
}

/** Index of the last of the ascending values that is at most `value`. */
function lastAtMost(ascending: Int32Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((ascending[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function pairOf({ file, id, prompt, chosen, rejected, margin }: Batch, row: number): EncodedPair {
  const bounds = ({ offsets }: TokenColumn): [number, number] => [offsets[row] as number, offsets[row + 1] as number];
  const tokens = (column: TokenColumn): TokenIds => file.int32(column.values, ...bounds(column));
  return {
    id: file.bytes(id.values, ...bounds(id)).toString('utf8'),
    prompt: tokens(prompt),
    chosen: tokens(chosen),
    rejected: tokens(rejected),
    ...(margin !== null && marginOf(file, margin, row)),
  };
}

function marginOf(file: ColumnFile, { nullCount, length, validity, values }: ColumnLayout, row: number) {
  if (nullCount === length || values === null) return {};
  const isValid = nullCount === 0 || ((file.bytes(validity, row >> 3, (row >> 3) + 1)[0] ?? 0) >> (row & 7)) % 2 === 1;
  return isValid ? { margin: file.bytes(values, 8 * row, 8 * row + 8).readDoubleLE() } : {};
}

function openShard(path: string): Shard {
  try {
    const file = openColumnFile(path);
    try {
      const found = file.metadata.get(formatKey);
      if (found !== 'encoded-pairs/1')
        throw new Error(`holds ${found ?? 'another kind of table'}, expected encoded-pairs/1`);
      return { path, file, batches: file.batches.map((batch) => openBatch(path, file, batch)) };
    } catch (error) {
      file.close();
      throw error;
    }
  } catch (cause) {
    throw unreadableTokens(path, cause);
  }
}

function openBatch(path: string, file: ColumnFile, { rows, columns }: BatchLayout): Batch {
  const column = (name: string, type: string): ColumnLayout => {
    const found = columns.get(name);
    if (found === undefined) throw new Error(`the column ${name} is missing`);
    if (found.type !== type) throw new Error(`the column ${name} holds ${found.type}, expected ${type}`);
    return found;
  };
  const tokens = (name: string): TokenColumn => valuesByRow(file, column(name, 'List<Int32>'), rows);
  const margin = columns.has('margin') ? column('margin', 'Float64') : null;
  const id = valuesByRow(file, column('id', 'Utf8'), rows);
  return {
    path,
    file,
    rows,
    id,
    prompt: tokens('prompt'),
    chosen: tokens('chosen'),
    rejected: tokens('rejected'),
    margin,
  };
}

function valuesByRow(file: ColumnFile, layout: ColumnLayout, rows: number): TokenColumn {
  const { offsets: at, child } = layout;
  const values = child === null ? layout.values : child.values;
  if (at === null || values === null) throw new Error('the Arrow file is damaged');
  const offsets = rows === 0 ? new Int32Array(1) : file.int32(at, 0, rows + 1);
  const width = child === null ? 1 : Int32Array.BYTES_PER_ELEMENT;
  if (!isAscending(offsets) || (offsets[rows] as number) * width > values.bytes)
    throw new Error('the Arrow file is damaged');
  return { offsets, values };
}

function isAscending(offsets: Int32Array): boolean {
  return offsets.every((offset, index) => offset >= (offsets[index - 1] ?? 0));
}
