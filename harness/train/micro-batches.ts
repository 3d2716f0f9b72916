/**
 * How the rows of one step are cut into micro-batches, which one program computes one after another. Rows of similar
 * length go together: attention pads to the longest row of its micro-batch only.
 */
import { tokensOfRow, type Row } from '../model/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';

/** Narrower models lose nothing by taking a step at once; measured at width 96. */
const narrowestCut = 192;
const rowsPerMicroBatch = 4;
/** Every micro-batch adds its own forward and backward pass to the program. */
const mostMicroBatches = 8;

/**
 * How many micro-batches the program of a step has on a CPU. A function of identity alone: sums over tokens run in
 * another order when a step is cut otherwise. CPU time of a step of 16 pairs at width 256, one thread, relative to one
 * micro-batch: two 0.78, four 0.77, eight 0.73.
 */
export function microBatchCount({ hiddenSize }: ModelSpec, rows: number): number {
  return hiddenSize < narrowestCut ? 1 : Math.min(mostMicroBatches, Math.ceil(rows / rowsPerMicroBatch));
}

/**
 * Longest rows first; every micro-batch holds as many rows as the next, give or take one. One micro-batch keeps the
 * rows as they come.
 */
export function cutIntoMicroBatches<R extends Row>(rows: readonly R[], count: number): readonly (readonly R[])[] {
  if (count === 1) return [rows];
  const sorted = rows.toSorted((a, b) => tokensOfRow(b) - tokensOfRow(a));
  return Array.from({ length: count }, (_, index) => sorted.slice(boundary(index), boundary(index + 1)));

  function boundary(index: number): number {
    return Math.round((index * rows.length) / count);
  }
}
