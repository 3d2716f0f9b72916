/**
 * Rows of pairs, `[prompt | chosen | rejected]`, cut for attention into two parts: prompt and chosen response, whose
 * tokens see those before them, and the rejected response, whose tokens see the prompt and those before them. No score
 * is then computed between the two responses, and each part is padded to its own longest row: on pairs of code about
 * half of the scores of whole rows are left.
 */
import { unseen, type PackedRows } from './pack-rows.ts';
import type { ReusedArrays } from './reused-arrays.ts';

/** Some tokens of a batch, padded to the most of a row. */
export interface PaddedTokens {
  /** Their numbers [T], ascending in a row; rows one after another. */
  readonly members: Int32Array;
  readonly rows: number;
  readonly rowLength: number;
  /** Which member is at a padded place; 0 where none is. */
  readonly padIndex: Int32Array; // [B, L]
  readonly packIndex: Int32Array; // [T]
  readonly padMask: Float32Array; // [B, L]
}

/** What queries see of the keys of their row: 0, and -1e9 for what they do not. */
export interface PartMask {
  readonly data: Float32Array; // [B, 1, Q, K]
  readonly shape: readonly number[];
}

/** Queries of a part's rows. */
export interface PartQueries {
  readonly tokens: PaddedTokens;
  /** By name, as they were asked for. */
  readonly masks: Readonly<Record<string, PartMask>>;
}

/** Tokens that a part's rows are made of, as ranges [first, end) of packed tokens. */
export interface PartRow {
  readonly keys: readonly (readonly [first: number, end: number])[];
  /** The last range of `keys`, or its end. */
  readonly queries: readonly [first: number, end: number];
}

/** The rows of both parts. Throws RangeError where a row does not hold two responses. */
export function pairParts({ spans, rows }: Pick<PackedRows, 'spans' | 'rows'>): readonly (readonly PartRow[])[] {
  if (spans.length !== 2 * rows)
    throw new RangeError(`a preference pair is one row with two responses: found ${spans.length} in ${rows} rows`);
  const [first, second]: [PartRow[], PartRow[]] = [[], []];
  let start = 0;
  for (let row = 0; row < rows; row += 1) {
    const [chosen, rejected] = spans.slice(2 * row, 2 * row + 2) as [(typeof spans)[0], (typeof spans)[0]];
    const end = rejected.start + rejected.length;
    first.push({ keys: [[start, rejected.start]], queries: [start, rejected.start] });
    second.push({
      keys: [
        [start, chosen.start],
        [rejected.start, end],
      ],
      queries: [rejected.start, end],
    });
    start = end;
  }
  return [first, second];
}

/** Where arrays are made, and under which name. */
export interface ArrayPlace {
  readonly arrays: ReusedArrays;
  readonly name: string;
}

export function partKeys(rows: readonly PartRow[], place: ArrayPlace): PaddedTokens {
  return paddedTokens(
    rows.map(({ keys }) => keys.flatMap(([first, end]) => numbersFrom(first, end))),
    place,
  );
}

/** Which queries there are, and what they see. */
export interface Asking {
  /** Packed token -> its number among those with queries, -1 where it has none; null = all, by their own numbers. */
  readonly numberOf: Int32Array | null;
  /** Tokens that a token sees, itself included, by mask. */
  readonly windows: Readonly<Record<string, number>>;
}

export function partQueries(
  rows: readonly PartRow[],
  keys: PaddedTokens,
  { numberOf, windows }: Asking,
  { arrays, name }: ArrayPlace,
): PartQueries {
  const asking = rows.map(({ queries: [first, end] }) =>
    numbersFrom(first, end).filter((token) => numberOf === null || numberOf[token] !== -1),
  );
  const numbers = numberOf === null ? asking : asking.map((some) => some.map((token) => numberOf[token] as number));
  const tokens = paddedTokens(numbers, { arrays, name });
  const places = { slots: rows.map((row, index) => slotsOf(row, asking[index] as readonly number[])), keys, tokens };
  const masks = Object.entries(windows).map(([mask, window]) => [
    mask,
    maskOf(places, window, arrays.floats(`${name} ${mask}`, keys.rows * tokens.rowLength * keys.rowLength)),
  ]);
  return { tokens, masks: Object.fromEntries(masks) as PartQueries['masks'] };
}

function numbersFrom(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}

/** Where the asking tokens stand among the keys of their row. */
function slotsOf({ keys }: PartRow, asking: readonly number[]): readonly number[] {
  const [lastFirst] = keys.at(-1) as readonly [number, number];
  const before = keys.slice(0, -1).reduce((count, [first, end]) => count + end - first, 0);
  return asking.map((token) => before + token - lastFirst);
}

function paddedTokens(rows: readonly (readonly number[])[], { arrays, name }: ArrayPlace): PaddedTokens {
  const unread = rows.findIndex((row) => row.length === 0);
  if (unread !== -1) throw new RangeError(`row ${unread}: nothing reads its hidden states`);
  const rowLength = rows.reduce((most, { length }) => Math.max(most, length), 0);
  const total = rows.reduce((sum, { length }) => sum + length, 0);
  const members = arrays.integers(`${name} members`, total);
  const packIndex = arrays.integers(`${name} packIndex`, total);
  const padIndex = arrays.integers(`${name} padIndex`, rows.length * rowLength).fill(0);
  const padMask = arrays.floats(`${name} padMask`, rows.length * rowLength).fill(0);
  let member = 0;
  for (const [row, numbers] of rows.entries()) {
    for (const [slot, number] of numbers.entries()) {
      const place = row * rowLength + slot;
      members[member] = number;
      packIndex[member] = place;
      padIndex[place] = member;
      padMask[place] = 1;
      member += 1;
    }
  }
  return { members, rows: rows.length, rowLength, padIndex, packIndex, padMask };
}

interface PartPlaces {
  /** Of the queries of each row, among its keys. */
  readonly slots: readonly (readonly number[])[];
  readonly keys: PaddedTokens;
  readonly tokens: PaddedTokens;
}

function maskOf({ slots, keys, tokens }: PartPlaces, window: number, data: Float32Array): PartMask {
  data.fill(unseen);
  for (const [row, places] of slots.entries()) {
    for (const [query, slot] of places.entries()) {
      const line = (row * tokens.rowLength + query) * keys.rowLength;
      data.fill(0, line + Math.max(0, slot - window + 1), line + slot + 1);
    }
  }
  return { data, shape: [slots.length, 1, tokens.rowLength, keys.rowLength] };
}
