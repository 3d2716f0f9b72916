/**
 * How the rows of one step are cut into micro-batches, which one program computes one after another. Rows of similar
 * length go together: attention pads to the longest row of its micro-batch only.
 */
import type { EncodedPair } from '../data/preference-pair.ts';
import { tokensOfRow, type Row } from '../model/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import type { ObjectiveParts } from './pmp-loss.ts';

/** Every micro-batch adds its own forward and backward pass to the program, and reads and writes every gradient. */
const mostMicroBatches = 8;
/** Hidden states of a micro-batch: what is in a core's own cache when the next operation reads it. */
const cacheBytes = 2 ** 20;
/** Of the slots that attention pads to: cutting once more has to save so many, or it costs more than it gains. */
const leastSaved = 0.15;

/** Tokens of the rows of each of some batches. */
export type RowLengths = readonly (readonly number[])[];

/** Tokens of each pair as a row of its own: a prompt with what the objective reads of the responses. */
export function rowLengths(pairs: readonly EncodedPair[], parts: ObjectiveParts): readonly number[] {
  return pairs.map(
    ({ prompt, chosen, rejected }) => prompt.length + chosen.length + (parts === 'lm' ? 0 : rejected.length),
  );
}

/**
 * How many micro-batches the program of a step has on a CPU, given batches as they typically are: so many that hidden
 * states stay in a cache, and that rows of other lengths are not padded to the longest. It must follow from what a run
 * is made of, not from where it goes on: sums over tokens run in another order when a step is cut otherwise. Time of a
 * step of 16 rows on one thread in 1, 2, 4 micro-batches: 19 tokens a row at width 96 1, 1.08, 1.28 and at 256 1, 1.10,
 * 1.27; 125 tokens of very different rows at width 96 1, 0.85, 0.85; 222 tokens of similar rows at width 256 1, 0.98,
 * 0.92.
 */
export function microBatchCount({ hiddenSize }: Pick<ModelSpec, 'hiddenSize'>, batches: RowLengths): number {
  const most = Math.min(mostMicroBatches, Math.max(1, ...batches.map((rows) => rows.length)));
  const tokens = batches.flat().reduce((sum, length) => sum + length, 0) / Math.max(1, batches.length);
  const hiddenBytes = 4 * hiddenSize * tokens;
  let count = 1;
  while (count < most && (hiddenBytes / count > cacheBytes || saved(batches, count) > leastSaved)) count *= 2;
  return Math.min(count, most);
}

/** Queries of a block: fewer make as many more operations, more leave less out. */
const blockQueries = 256;
/** Every block is ten operations a layer, forwards and backwards each, which have to be compiled. */
const mostBlocks = 8;

/**
 * In how many blocks attention is computed in each micro-batch of a program, given batches as they typically are, and
 * like their number from what a run is made of: long rows gain what the mask hides, short ones would lose it again in
 * calls.
 */
export function attentionBlocks(batches: RowLengths, microBatches: number): readonly number[] {
  return Array.from({ length: microBatches }, (_, index) => {
    const longest = batches.map((rows) => partsOf(descending(rows), microBatches)[index]?.[0] ?? 0);
    const typical = longest.reduce((sum, length) => sum + length, 0) / Math.max(1, batches.length);
    return Math.min(mostBlocks, Math.max(1, Math.ceil(typical / blockQueries)));
  });
}

function descending(lengths: readonly number[]): readonly number[] {
  return lengths.toSorted((a, b) => b - a);
}

/** The share of attention's slots that twice as many micro-batches leave out. */
function saved(batches: RowLengths, count: number): number {
  return 1 - paddedSlots(batches, 2 * count) / paddedSlots(batches, count);
}

function paddedSlots(batches: RowLengths, count: number): number {
  const slots = batches.flatMap((rows) => {
    return partsOf(descending(rows), count).map((part) => part.length * (part[0] ?? 0) ** 2);
  });
  return slots.reduce((sum, some) => sum + some, 0);
}

/**
 * Longest rows first; every micro-batch holds as many rows as the next, give or take one. One micro-batch keeps the
 * rows as they come.
 */
export function cutIntoMicroBatches<R extends Row>(rows: readonly R[], count: number): readonly (readonly R[])[] {
  if (count === 1) return [rows];
  return partsOf(
    rows.toSorted((a, b) => tokensOfRow(b) - tokensOfRow(a)),
    count,
  );
}

function partsOf<T>(sorted: readonly T[], count: number): readonly (readonly T[])[] {
  const boundary = (index: number): number => Math.round((index * sorted.length) / count);
  return Array.from({ length: count }, (_, index) => sorted.slice(boundary(index), boundary(index + 1)));
}
