/** Margins and reward centering, against a plain computation on the rewards themselves. */
import { afterAll, describe, expect, it } from 'vitest';
import type { EncodedPair } from '../../harness/data/preference-pair.ts';
import { evaluateProgram, referenceExecutor, type DenseArray } from '../../harness/engine/index.ts';
import { scoreResponses } from '../../harness/score/index.ts';
import { gradients, programOf, type Program, type Tensor } from '../../harness/graph/index.ts';
import { declareBatch, declareParameters, RowPacker, type FeedArray } from '../../harness/model/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { plainTraining, pmpLoss, SessionCache, type TrainFeatures } from '../../harness/train/index.ts';
import { packedPairs, pairRows } from '../../harness/train/pair-rows.ts';
import { stepFeatures, targetMarginOf } from '../../harness/train/step-features.ts';
import { stepCounts, stepFeeds } from '../../harness/train/train-feeds.ts';
import { bumpyParameters, tinyModels } from '../model/tiny-models.ts';
import { collect } from './collect.ts';
import { optimizer, pairs, runOptions } from './run-options.ts';

const exact = new SessionCache(referenceExecutor(), { threads: 1, capacity: 8 });
afterAll(() => exact.release());

const batch: readonly EncodedPair[] = pairs
  .slice(0, 6)
  .map((pair, index) => (index % 2 === 0 ? { ...pair, margin: 0.4 * (index + 1) } : pair));
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

describe.each(tinyModels)('objective terms, $family', (model) => {
  const measured = async (features: Partial<TrainFeatures>) => {
    const { metric } = await collect(
      runOptions(model, exact, {
        batchAt: () => batch,
        toStep: 1,
        objective: { pairwiseWeight: 1.3, lmWeight: 0 },
        features,
      }),
    );
    return (name: string): number => metric(1, `train/${name}`) ?? NaN;
  };
  const rewards = scoreResponses(
    { model, parameters: bumpyParameters(model), sessions: exact },
    batch.map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] })),
  );
  const mean = async (of: (chosen: number, rejected: number, pair: EncodedPair) => number): Promise<number> =>
    (await rewards).reduce(
      (sum, some, index) => sum + of(some[0] ?? NaN, some[1] ?? NaN, batch[index] as EncodedPair),
      0,
    ) / batch.length;

  it('ask for a margin of each pair from the data, 0 where it has none, or for one of all', async () => {
    const ofData = await measured({ margin: { kind: 'data', scale: 2 } });
    expect(ofData('pairwise_loss')).toBeCloseTo(
      await mean((chosen, rejected, { margin = 0 }) => softplus(-(chosen - rejected - 2 * margin))),
      5,
    );
    const constant = await measured({ margin: { kind: 'constant', value: 0.7 } });
    expect(constant('pairwise_loss')).toBeCloseTo(
      await mean((chosen, rejected) => softplus(-(chosen - rejected - 0.7))),
      5,
    );
    // Accuracy stays the share of pairs whose chosen response has the higher reward.
    const plain = await measured({});
    expect([ofData('pairwise_accuracy'), constant('pairwise_accuracy')]).toEqual([
      plain('pairwise_accuracy'),
      plain('pairwise_accuracy'),
    ]);
    expect(plain('pairwise_loss')).toBeCloseTo(await mean((chosen, rejected) => softplus(-(chosen - rejected))), 5);
  });

  it('add the mean square of reward sums, times its coefficient', async () => {
    const centred = await measured({ rewardCentering: 0.25 });
    const square = await mean((chosen, rejected) => (chosen + rejected) ** 2);
    expect(centred('reward_centering')).toBeCloseTo(square, 5);
    expect(centred('loss')).toBeCloseTo(1.3 * (await measured({}))('pairwise_loss') + 0.25 * square, 5);
  });

  it('have the gradients that finite differences show', () => {
    const features: TrainFeatures = {
      ...plainTraining,
      rewardCentering: 0.25,
      margin: { kind: 'data', scale: 1.5 },
      sharePrompts: true,
    };
    const step = stepFeatures(features, optimizer);
    const parameters = declareParameters(model);
    const { total } = pmpLoss({ model, parts: 'pairwise+lm', parameters, features: step }, declareBatch());
    const names = Object.keys(parameters);
    const slopes = gradients(total, Object.values(parameters));
    const rows = pairRows([...batch, { ...(batch[0] as EncodedPair), chosen: Int32Array.of(3, 3) }], {
      rejected: true,
      sharePrompts: true,
    });
    const packed = new RowPacker(model.contextLength).pack(rows);
    const placed = packedPairs(rows, packed);
    const micro = {
      packed,
      pairs: placed,
      targetMargins: Float32Array.from(placed, ({ margin }) => targetMarginOf(features, margin)),
    };
    const feeds = {
      ...stepFeeds(
        [micro],
        { model, parts: 'pairwise+lm', features: step },
        stepCounts(placed.map(({ chosen }) => chosen.length)),
      ),
      pairwiseWeight: 1.3,
      lmWeight: 0.7,
      centeringWeight: 0.25,
    };
    const fed = new Map<string, FeedArray | number>(Object.entries(feeds));
    const bind = (program: Program, values: ReadonlyMap<string, Float64Array>): ReadonlyMap<Tensor, DenseArray> =>
      new Map<Tensor, DenseArray>(
        program.inputs.map((tensor) => {
          const feed = fed.get(tensor.attributes.name);
          if (typeof feed === 'number') return [tensor, { shape: [], data: Float64Array.of(feed) }];
          return [
            tensor,
            feed === undefined
              ? { shape: tensor.shape.map(Number), data: values.get(tensor.attributes.name) ?? new Float64Array() }
              : { shape: [...feed.shape], data: Float64Array.from(feed.data) },
          ];
        }),
      );
    const lossProgram = programOf({ outputs: { total }, state: [] });
    const slopeProgram = programOf({
      outputs: Object.fromEntries(slopes.map((slope, index) => [String(index), slope])),
      state: [],
    });
    const values = new Map(
      Object.entries(bumpyParameters(model)).map(([name, data]) => [name, Float64Array.from(data)]),
    );
    const found = evaluateProgram(slopeProgram, bind(slopeProgram, values));
    for (const [index, name] of names.entries()) {
      const stream = randomStream(2, 'direction', name);
      const [value, slope] = [
        values.get(name) ?? new Float64Array(),
        found.get(slopes[index] as Tensor)?.data ?? new Float64Array(),
      ];
      const direction = value.map(() => stream.normal());
      const at = (h: number): number =>
        evaluateProgram(
          lossProgram,
          bind(lossProgram, new Map([...values, [name, value.map((one, i) => one + h * (direction[i] ?? 0))]])),
        ).get(total)?.data[0] ?? NaN;
      const difference = (at(1e-5) - at(-1e-5)) / 2e-5;
      const expected = slope.reduce((sum, one, i) => sum + one * (direction[i] ?? 0), 0);
      expect(
        Math.abs(difference - expected),
        `${name}: finite difference ${difference}, gradient ${expected}`,
      ).toBeLessThan(1e-7 * (1 + Math.hypot(...slope)));
    }
  });
});
