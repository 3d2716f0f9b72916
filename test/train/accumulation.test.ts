/** Gradient accumulation: the step of the whole batch, however it is cut. */
import { afterAll, describe, expect, it } from 'vitest';
import type { EncodedPair } from '../../harness/data/preference-pair.ts';
import { onnxruntimeCpu, referenceExecutor } from '../../harness/engine/index.ts';
import { SessionCache } from '../../harness/train/index.ts';
import { cutPairs } from '../../harness/train/pair-rows.ts';
import { tinyModels } from '../model/tiny-models.ts';
import { collect } from './collect.ts';
import { distance, pairs, runOptions, stateAfter } from './run-options.ts';

const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1, capacity: 12 });
const exact = new SessionCache(referenceExecutor(), { threads: 1 });
afterAll(() => Promise.all([sessions.release(), exact.release()]));

describe.each(tinyModels)('accumulation, $family', (model) => {
  it.each([1, 3, 4])(
    'in parts of %i pairs ends at the parameters of the whole batch, to rounding',
    async (pairsPerMicroBatch) => {
      const whole = runOptions(model, sessions);
      const cut = runOptions(model, sessions, { features: { pairsPerMicroBatch } });
      // float32 rounding of the gradients grows with Adam's division by sqrt(v): 6 steps stay within 1e-4 of the way
      // gone.
      expect(distance(await stateAfter(cut), await stateAfter(whole), whole.state)).toBeLessThan(1e-4);
    },
  );

  it('has the same losses, gradient norms and accuracy at every step', async () => {
    const whole = await collect(runOptions(model, sessions));
    const cut = await collect(runOptions(model, sessions, { features: { pairsPerMicroBatch: 3 } }));
    for (let step = 1; step <= 6; step += 1) {
      for (const name of [
        'train/loss',
        'train/pairwise_loss',
        'train/lm_loss',
        'train/gradient_norm',
        'train/update_norm',
        'train/tokens_seen',
        'train/pairwise_accuracy',
      ]) {
        const expected = whole.metric(step, name) ?? NaN;
        expect(Math.abs((cut.metric(step, name) ?? NaN) - expected), `${name} at ${step}`).toBeLessThan(
          2e-5 * Math.max(1, expected),
        );
      }
    }
  });

  it('weighs tokens, not parts: a mean of means would be another loss', async () => {
    // One pair of 12 labels beside seven of one label each, one pair a part: the mean over labels differs widely from
    // the mean of the parts' means.
    const long = {
      ...(pairs[0] as EncodedPair),
      prompt: Int32Array.of(1),
      chosen: Int32Array.from({ length: 12 }, (_, i) => (i * 5) % 13),
    };
    const short = pairs.slice(1, 8).map((pair) => ({ ...pair, chosen: pair.chosen.subarray(0, 1) }));
    const batch = { batchAt: () => [long, ...short], toStep: 1 };
    const losses = async (given: readonly EncodedPair[]): Promise<number> =>
      (await collect(runOptions(model, exact, { batchAt: () => given, toStep: 1 }))).metric(1, 'train/lm_loss') ?? NaN;
    const accumulated =
      (await collect(runOptions(model, exact, { ...batch, features: { pairsPerMicroBatch: 1 } }))).metric(
        1,
        'train/lm_loss',
      ) ?? NaN;
    const meanOfMeans =
      (await Promise.all([long, ...short].map((pair) => losses([pair])))).reduce((sum, loss) => sum + loss, 0) / 8;
    expect(accumulated).toBeCloseTo(await losses([long, ...short]), 6);
    expect(Math.abs(accumulated - meanOfMeans)).toBeGreaterThan(0.05);
  });
});

describe('cutPairs', () => {
  it('keeps the order and leaves the rest to the last part', () => {
    const ids = (limit: number | null): string[][] =>
      cutPairs(pairs.slice(0, 5), limit, false).map((some) => some.map(({ id }) => id));
    expect(ids(2)).toEqual([['0', '1'], ['2', '3'], ['4']]);
    expect(ids(5)).toEqual(ids(null));
    expect(ids(null)).toEqual([['0', '1', '2', '3', '4']]);
  });
});
