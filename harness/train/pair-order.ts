/**
 * Which pairs a step sees: a pure function of (seed, step), so a resumed, forked or extended run sees exactly the same
 * batches. Batches take consecutive pairs of a seeded permutation; within a fixed window of 8 batches pairs of similar
 * length go together (attention pads to the longest row of a batch), and the batches of the window are then shuffled,
 * so that length does not drift with the step.
 */
import { randomStream } from '../random/index.ts';

export const windowBatches = 8;

export interface BatchOrderOptions {
  readonly seed: number;
  readonly pairsPerStep: number;
  /** Tokens of each pair, by index; its length is the number of pairs. */
  readonly lengths: ArrayLike<number>;
}

/** Pair indices of step 0, 1, 2, ...; `stepsPerEpoch` is how many steps one pass takes. */
export interface BatchOrder {
  readonly stepsPerEpoch: number;
  at(step: number): readonly number[];
}

/** The permutation of `count` pairs in epoch `epoch` (stream `shuffle`). */
export function pairOrder(seed: number, count: number, epoch = 0): readonly number[] {
  return randomStream(seed, 'shuffle', epoch).shuffled(Array.from({ length: count }, (_, index) => index));
}

/**
 * Every epoch has a permutation of its own; what does not fill a last batch is left out of that epoch, so all steps
 * weigh the same. With fewer pairs than `pairsPerStep` each step takes them all. Windows never cross epochs, so a batch
 * holds no pair twice. Remembers the current epoch only.
 */
export function batchOrder({ seed, pairsPerStep, lengths }: BatchOrderOptions): BatchOrder {
  const count = lengths.length;
  if (count === 0) throw new RangeError('there are no pairs to order');
  const batchSize = Math.min(pairsPerStep, count);
  const stepsPerEpoch = Math.floor(count / batchSize);
  let order: { epoch: number; pairs: readonly number[] } | null = null;
  let window: { epoch: number; index: number; batches: readonly (readonly number[])[] } | null = null;
  return {
    stepsPerEpoch,
    at: (step) => {
      const epoch = Math.floor(step / stepsPerEpoch);
      const inEpoch = step - epoch * stepsPerEpoch;
      const index = Math.floor(inEpoch / windowBatches);
      if (order?.epoch !== epoch) order = { epoch, pairs: pairOrder(seed, count, epoch) };
      if (window?.epoch !== epoch || window.index !== index) {
        const end = Math.min((index + 1) * windowBatches, stepsPerEpoch) * batchSize;
        const batches = groupByLength(order.pairs.slice(index * windowBatches * batchSize, end), lengths, batchSize);
        window = { epoch, index, batches: randomStream(seed, 'shuffle', epoch, 'window', index).shuffled(batches) };
      }
      return window.batches[inEpoch % windowBatches] ?? [];
    },
  };
}

/** Shortest first, ties in the order they came; cut into batches. */
function groupByLength(
  pairs: readonly number[],
  lengths: ArrayLike<number>,
  batchSize: number,
): readonly (readonly number[])[] {
  const sorted = pairs.toSorted((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  return Array.from({ length: sorted.length / batchSize }, (_, batch) =>
    sorted.slice(batch * batchSize, (batch + 1) * batchSize),
  );
}
