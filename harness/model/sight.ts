/**
 * What each query of packed rows sees, and from it the masks of attention in blocks. Places of a row lie so that what a
 * query sees is one run of them: the first response backwards, then the prompt, then the other responses,
 *
 *     r1 ... r1 | prompt | r2 ... r2
 *
 * so that some neighbouring queries of a pair need only the keys from one place to another: never a later part of their
 * own text, nor the other response. Attention does not depend on the order of keys but by rounding.
 */
import type { Row } from './pack-rows.ts';

/** The queries of rows, equally many a row. */
export interface Sight {
  readonly rows: number;
  readonly queries: number;
  /** Places that a query sees, of its prompt and of its own text: four bounds each, [from, to) twice. */
  readonly ranges: Int32Array; // [rows * queries * 4]
}

/** Some consecutive queries of every row, and what they see. */
export interface BlockArrays {
  /** Places, one after another. */
  readonly keys: Int32Array; // [E]
  readonly mask: Float32Array; // [rows, 1, queries, E]
}

/**
 * Added to the attention scores of what is not seen. Large enough that exp() of it is exactly 0 after the maximum is
 * subtracted, small enough to stay finite in float32.
 */
export const unseen = -1e9;

/** The place in its row of the token `offset` of `[prompt | response 1 | response 2 ...]`. */
export function turnedPlace({ prompt, responses }: Row, offset: number): number {
  const first = responses[0]?.length ?? 0;
  if (offset < prompt.length) return first + offset;
  return offset < prompt.length + first ? first - 1 - (offset - prompt.length) : offset;
}

/** Of all tokens of the rows, each row `rowLength` places long; what pads a row sees nothing. */
export function sightOf(rows: readonly Row[], rowLength: number, window: number): Sight {
  const ranges = new Int32Array(rows.length * rowLength * 4);
  for (const [index, row] of rows.entries()) writeSight(ranges, row, { base: index * rowLength, window });
  return { rows: rows.length, queries: rowLength, ranges };
}

interface SightPlace {
  /** The first place of the row among all. */
  readonly base: number;
  /** Tokens that a token sees, itself included, as if each response followed its prompt. */
  readonly window: number;
}

function writeSight(ranges: Int32Array, row: Row, { base, window }: SightPlace): void {
  const { prompt, responses } = row;
  const start = responses[0]?.length ?? 0;
  const write = (offset: number, bounds: readonly number[]): void =>
    ranges.set(bounds, 4 * (base + turnedPlace(row, offset)));
  for (let at = 0; at < prompt.length; at++) write(at, [0, 0, start + Math.max(0, at - window + 1), start + at + 1]);
  let offset = prompt.length;
  for (const { length } of responses) {
    for (let at = 0; at < length; at++) {
      const own = ownRange(row, offset, { at, window });
      const earliest = Math.min(prompt.length, Math.max(0, prompt.length + at - window + 1));
      write(offset + at, [start + earliest, start + prompt.length, ...own]);
    }
    offset += length;
  }
}

/** What the token `at` of the response that begins at `offset` sees of it. */
function ownRange(
  row: Row,
  offset: number,
  { at, window }: { readonly at: number; readonly window: number },
): readonly [number, number] {
  const one = turnedPlace(row, offset + at);
  const other = turnedPlace(row, offset + Math.max(0, at - window + 1));
  return [Math.min(one, other), Math.max(one, other) + 1];
}

/**
 * The queries in `count` blocks of equal size, each with the keys that any of its queries sees: at least one.
 * @param take Gives an array of so many values, whatever is in it.
 */
export function queryBlocks(
  { rows, queries, ranges }: Sight,
  count: number,
  take: (length: number) => Float32Array,
): readonly BlockArrays[] {
  const length = queries / count;
  const starts = Array.from({ length: count }, (_, block) => block * length);
  const bounds = starts.map((first) => boundsOf({ rows, queries, ranges }, first, length));
  const sizes = bounds.map(([from, to]) => rows * length * (to - from));
  const all = take(sizes.reduce((sum, size) => sum + size, 0)).fill(unseen);
  let end = 0;
  return bounds.map(([from, to], block) => {
    end += sizes[block] as number;
    const mask = all.subarray(end - (sizes[block] as number), end);
    openBlock(mask, { rows, queries, ranges }, { first: block * length, length, from, to });
    return { keys: Int32Array.from({ length: to - from }, (_, key) => from + key), mask };
  });
}

/** From the first place to behind the last that is seen by the queries first..first + length - 1 of any row. */
function boundsOf({ rows, queries, ranges }: Sight, first: number, length: number): readonly [number, number] {
  let [from, to] = [Infinity, 0];
  for (let row = 0; row < rows; row++) {
    const end = 4 * (row * queries + first + length);
    for (let at = 4 * (row * queries + first); at < end; at += 2) {
      const [low, high] = [ranges[at] as number, ranges[at + 1] as number];
      if (low === high) continue;
      from = Math.min(from, low);
      to = Math.max(to, high);
    }
  }
  return to === 0 ? [0, 1] : [from, to];
}

interface BlockPlace {
  readonly first: number;
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

function openBlock(mask: Float32Array, sight: Sight, { first, length, from, to }: BlockPlace): void {
  for (let row = 0; row < sight.rows; row++)
    for (let query = 0; query < length; query++)
      openLine(mask, sight, row * sight.queries + first + query, (row * length + query) * (to - from) - from);
}

/** Shows what one query sees in a line of a mask. `line`: where place 0 would be. */
export function openLine(mask: Float32Array, { ranges }: Pick<Sight, 'ranges'>, query: number, line: number): void {
  for (const at of [4 * query, 4 * query + 2])
    if (ranges[at] !== ranges[at + 1]) mask.fill(0, line + (ranges[at] as number), line + (ranges[at + 1] as number));
}
