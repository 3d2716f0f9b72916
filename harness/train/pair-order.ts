/**
 * Which pairs a step sees: a pure function of (seed, step), so a resumed, forked or extended run sees exactly the same
 * batches. Batches take consecutive pairs of a seeded permutation; within a fixed window of 8 batches pairs of similar
 * length go together (attention pads to the longest row of a batch), and the batches of the window are then shuffled,
 * so that length does not drift with the step.
 */
import { randomStream } from '../random/index.ts';

const windowBatches = 8;

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

/** The permutation of `count` pairs in epoch `epoch` (stream `shuffle`): Fisher-Yates, 4 bytes a pair. */
export function pairOrder(seed: number, count: number, epoch = 0): Int32Array {
  const { integer } = randomStream(seed, 'shuffle', epoch);
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let i = count - 1; i > 0; i--) {
    const j = integer(i + 1);
    const other = order[j] as number;
    order[j] = order[i] as number;
    order[i] = other;
  }
  return order;
}

/**
 * Every epoch has a permutation of its own; what does not fill a last batch is left out of that epoch, so all steps
 * count the same. With fewer pairs than `pairsPerStep` each step takes them all. Windows never cross epochs, so a batch
 * holds no pair twice. Remembers the current epoch only.
 */
export function batchOrder(options: BatchOrderOptions): BatchOrder {
  const count = options.lengths.length;
  if (count === 0) throw new RangeError('there are no pairs to order');
  const batchSize = Math.min(options.pairsPerStep, count);
  const stepsPerEpoch = Math.floor(count / batchSize);
  const windowOf = windowsOf(options, batchSize);
  return {
    stepsPerEpoch,
    at: (step) => {
      const epoch = Math.floor(step / stepsPerEpoch);
      const inEpoch = step % stepsPerEpoch;
      return windowOf(epoch, Math.floor(inEpoch / windowBatches))[inEpoch % windowBatches] ?? [];
    },
  };
}

type Batches = readonly (readonly number[])[];
/** Window `index` of an epoch. */
type WindowOf = (epoch: number, index: number) => Batches;

/** The batches of a window, in shuffled order. */
function windowsOf({ seed, lengths }: BatchOrderOptions, batchSize: number): WindowOf {
  const taken = lengths.length - (lengths.length % batchSize);
  const windowSize = windowBatches * batchSize;
  const orderOf = latest((epoch: number) => pairOrder(seed, lengths.length, epoch).subarray(0, taken));
  return latest((epoch: number, index: number) => {
    const pairs = [...orderOf(epoch).subarray(index * windowSize, (index + 1) * windowSize)];
    return randomStream(seed, 'shuffle', epoch, 'window', index).shuffled(groupByLength(pairs, lengths, batchSize));
  });
}

/** The function, with its last result remembered. */
function latest<Arguments extends readonly number[], Value>(
  make: (...values: Arguments) => Value,
): (...values: Arguments) => Value {
  let known: { readonly key: string; readonly value: Value } | null = null;
  return (...values) => {
    const key = values.join(' ');
    if (known?.key !== key) known = { key, value: make(...values) };
    return known.value;
  };
}

/** Shortest first, ties in the order they came; cut into batches. */
function groupByLength(pairs: readonly number[], lengths: ArrayLike<number>, batchSize: number): Batches {
  const sorted = pairs.toSorted((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  return Array.from({ length: sorted.length / batchSize }, (_, batch) =>
    sorted.slice(batch * batchSize, (batch + 1) * batchSize),
  );
}
