import { describe, expect, it } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import { batchOrder, pairOrder } from '../../harness/train/index.ts';

const lengths = Array.from({ length: 1000 }, (_, index) => (index * 37) % 101);

describe('batchOrder', () => {
  it('is a function of seed and step: any order of asking gives the same batches', () => {
    const straight = batchOrder({ seed: 3, pairsPerStep: 16, lengths });
    const batches = Array.from({ length: 100 }, (_, step) => straight.at(step));
    const resumed = batchOrder({ seed: 3, pairsPerStep: 16, lengths });
    for (const step of [99, 5, 61, 62, 0, 7, 8]) expect(resumed.at(step)).toEqual(batches[step]);
    expect(batchOrder({ seed: 4, pairsPerStep: 16, lengths }).at(0)).not.toEqual(batches[0]);
  });

  it('shows every pair at most once an epoch, and the windows of 128 hold the permutation in order', () => {
    const order = batchOrder({ seed: 3, pairsPerStep: 16, lengths });
    expect(order.stepsPerEpoch).toBe(62); // floor(1000 / 16)
    const permutation = pairOrder(3, 1000);
    const sorted = (pairs: readonly number[]): number[] => pairs.toSorted((a, b) => a - b);
    for (let window = 0; window < 8; window++) {
      const seen = Array.from({ length: Math.min(8, 62 - window * 8) }, (_, step) =>
        order.at(window * 8 + step),
      ).flat();
      expect(sorted(seen)).toEqual(
        sorted(Array.from(permutation.slice(window * 128, Math.min(window * 128 + 128, 62 * 16)))),
      );
    }
  });

  it('groups similar lengths, without a drift over the window', () => {
    const order = batchOrder({ seed: 3, pairsPerStep: 16, lengths });
    const spread = (pairs: readonly number[]): number =>
      Math.max(...pairs.map((pair) => lengths[pair] ?? 0)) - Math.min(...pairs.map((pair) => lengths[pair] ?? 0));
    const windows = Array.from({ length: 7 }, (_, window) =>
      Array.from({ length: 8 }, (_, step) => order.at(window * 8 + step)),
    );
    // Lengths are uniform over 0..100: eight sorted groups of a window span about an eighth each.
    for (const batch of windows.flat()) expect(spread(batch)).toBeLessThan(35);
    const isSorted = (batches: readonly (readonly number[])[]): boolean =>
      batches.every(
        (batch, index) => index === 0 || (lengths[batch[0] ?? 0] ?? 0) >= (lengths[batches[index - 1]?.[0] ?? 0] ?? 0),
      );
    expect(windows.filter(isSorted).length).toBe(0);
  });

  it('permutes each epoch anew, and no batch holds a pair twice', () => {
    const order = batchOrder({ seed: 1, pairsPerStep: 16, lengths: lengths.slice(0, 64) });
    const epochs = [0, 1].map((epoch) => [0, 1, 2, 3].map((step) => order.at(epoch * 4 + step)));
    expect(epochs[0]).not.toEqual(epochs[1]);
    for (const epoch of epochs) expect(new Set(epoch.flat()).size).toBe(64);
  });

  it('meets other pairs side by side in another epoch: not the same windows in another order', () => {
    const order = batchOrder({ seed: 1, pairsPerStep: 4, lengths: new Uint32Array(128) });
    const windowOf = (epoch: number): readonly number[] =>
      [0, 1, 2, 3, 4, 5, 6, 7].flatMap((step) => order.at(epoch * 32 + step)).toSorted((a, b) => a - b);
    for (const epoch of [0, 1, 2])
      expect(windowOf(epoch)).toEqual([...pairOrder(1, 128, epoch).subarray(0, 32)].toSorted((a, b) => a - b));
    expect(windowOf(0)).not.toEqual(windowOf(1));
    expect([...pairOrder(1, 128, 0)]).not.toEqual([...pairOrder(1, 128, 1)]);
  });

  it('takes all pairs a step where there are fewer than asked for', () => {
    const order = batchOrder({ seed: 1, pairsPerStep: 16, lengths: [4, 2, 3] });
    expect(order.stepsPerEpoch).toBe(1);
    expect(order.at(5)).toEqual([1, 2, 0]); // by length
  });

  it('is the seeded shuffle of all rows, a million of them within two seconds', () => {
    const shuffled = randomStream(7, 'shuffle', 2).shuffled(Array.from({ length: 500 }, (_, row) => row));
    expect([...pairOrder(7, 500, 2)]).toEqual(shuffled);
    const start = performance.now();
    const order = batchOrder({ seed: 1, pairsPerStep: 16, lengths: new Uint32Array(1_000_000).fill(100) });
    expect(new Set([order.at(0), order.at(62_499)].flat()).size).toBe(32);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
