/** Several pairs of one prompt in one row: the losses and gradients of separate rows, from fewer tokens. */
import { afterAll, describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import type { EncodedPair } from '../../harness/data/preference-pair.ts';
import { onnxruntimeCpu, referenceExecutor } from '../../harness/engine/index.ts';
import { RowPacker, type ModelConfig } from '../../harness/model/index.ts';
import { SessionCache } from '../../harness/train/index.ts';
import { cutPairs, packedPairs, pairRows } from '../../harness/train/pair-rows.ts';
import { tinyModels } from '../model/tiny-models.ts';
import { collect } from './collect.ts';
import { distance, runOptions, stateAfter } from './run-options.ts';

const exact = new SessionCache(referenceExecutor(), { threads: 1, capacity: 8 });
const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1, capacity: 8 });
afterAll(() => Promise.all([exact.release(), sessions.release()]));

const pair = (id: string, prompt: number[], chosen: number[], rejected: number[], margin = 0.5): EncodedPair => ({
  id,
  prompt: Int32Array.from(prompt),
  chosen: Int32Array.from(chosen),
  rejected: Int32Array.from(rejected),
  margin,
});
/**
 * Three prompts; responses that occur in several pairs, chosen here and rejected there, and one pair of two equal
 * responses.
 */
const batch: readonly EncodedPair[] = [
  pair('a', [1, 2, 3], [4, 5], [6], 0.3),
  pair('b', [7], [8, 9, 10], [11, 12]),
  pair('c', [1, 2, 3], [4, 5], [7, 8, 9], 1.5),
  pair('d', [1, 2, 3], [6], [4, 5, 1]),
  pair('e', [7], [11, 12], [2]),
  pair('f', [5, 5], [1, 2], [3]),
  pair('g', [7], [2], [2]),
];
const objective = { pairwiseWeight: 1.3, lmWeight: 0.7 };
const terms = { rewardCentering: 0.2, margin: { kind: 'data', scale: 2 } } as const;

describe.each(
  tinyModels.flatMap((model) => [
    { ...model, rewardPooling: 'last' as const },
    { ...model, rewardPooling: 'mean' as const },
  ]),
)('shared prompts, $family, $rewardPooling pooling', (model) => {
  it('give the losses and gradient norms of separate rows, all terms on', async () => {
    const given = { batchAt: () => batch, objective, toStep: 3 };
    const apart = await collect(runOptions(model, exact, { ...given, features: terms }));
    const shared = await collect(runOptions(model, exact, { ...given, features: { ...terms, sharePrompts: true } }));
    const cut = await collect(
      runOptions(model, exact, { ...given, features: { ...terms, sharePrompts: true, pairsPerMicroBatch: 3 } }),
    );
    for (let step = 1; step <= 3; step += 1) {
      for (const name of [
        'train/loss',
        'train/pairwise_loss',
        'train/lm_loss',
        'train/reward_centering',
        'train/gradient_norm',
        'train/pairwise_accuracy',
        'train/tokens_seen',
      ]) {
        const expected = apart.metric(step, name) ?? NaN;
        expect(shared.metric(step, name), `${name} at ${step}`).toBeCloseTo(expected, 5);
        expect(cut.metric(step, name), `${name} at ${step}, cut`).toBeCloseTo(expected, 5);
      }
    }
  });

  it('end at the same parameters', async () => {
    const given = { batchAt: () => batch, objective };
    const apart = runOptions(model, sessions, given);
    expect(
      distance(
        await stateAfter(runOptions(model, sessions, { ...given, features: { sharePrompts: true } })),
        await stateAfter(apart),
        apart.state,
      ),
    ).toBeLessThan(1e-4);
  });
});

describe('shared prompts of random batches', () => {
  const [model] = tinyModels as readonly [ModelConfig];
  const tokens = fc
    .array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 3 })
    .map((ids) => Int32Array.from(ids));

  it('give the losses of separate rows, whatever meets', async () => {
    const one = fc.record({
      prompt: fc.constantFrom(Int32Array.of(1), Int32Array.of(2, 3), Int32Array.of(1, 2)),
      chosen: tokens,
      rejected: tokens,
      margin: fc.double({ min: -1, max: 2, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 7 }), async (some) => {
        const given = {
          batchAt: () => some.map((pair, index) => ({ ...pair, id: String(index) })),
          objective,
          toStep: 1,
        };
        const [apart, shared] = [
          await collect(runOptions(model, exact, { ...given, features: terms })),
          await collect(runOptions(model, exact, { ...given, features: { ...terms, sharePrompts: true } })),
        ];
        for (const name of ['train/loss', 'train/lm_loss', 'train/gradient_norm', 'train/pairwise_accuracy'])
          expect(shared.metric(1, name), name).toBeCloseTo(apart.metric(1, name) ?? NaN, 5);
      }),
      { numRuns: 15, seed: 3 },
    );
  });
});

describe('pairRows', () => {
  it('computes a prompt and a response once, however many pairs they are in', () => {
    const rows = pairRows(batch, { rejected: true, sharePrompts: true });
    expect(rows.map(({ prompt, responses }) => [[...prompt], responses.map((response) => [...response])])).toEqual([
      [
        [1, 2, 3],
        [[4, 5], [6], [7, 8, 9], [4, 5, 1]],
      ],
      [[7], [[8, 9, 10], [11, 12], [2]]],
      [
        [5, 5],
        [[1, 2], [3]],
      ],
    ]);
    expect(rows[0]?.pairs).toEqual([
      { chosen: 0, rejected: 1, margin: 0.3 },
      { chosen: 0, rejected: 2, margin: 1.5 },
      { chosen: 1, rejected: 3, margin: 0.5 },
    ]);
    const tokens = (given: typeof rows): number =>
      given.reduce(
        (sum, { prompt, responses }) =>
          sum + prompt.length + responses.reduce((all, response) => all + response.length, 0),
        0,
      );
    expect([tokens(rows), tokens(pairRows(batch, { rejected: true, sharePrompts: false }))]).toEqual([24, 39]);
  });

  it('finds every pair in the packed rows again', () => {
    const rows = pairRows(batch, { rejected: true, sharePrompts: true });
    const packed = new RowPacker(16).pack(rows);
    const found = packedPairs(rows, packed).map(({ chosen, rejected, margin }) => ({
      chosen: [...packed.tokenIds.subarray(chosen.start, chosen.start + chosen.length)],
      rejected: rejected && [...packed.tokenIds.subarray(rejected.start, rejected.start + rejected.length)],
      margin,
    }));
    const inRowOrder = ['a', 'c', 'd', 'b', 'e', 'g', 'f'].map(
      (id) => batch.find((one) => one.id === id) as EncodedPair,
    );
    expect(found).toEqual(
      inRowOrder.map(({ chosen, rejected, margin }) => ({ chosen: [...chosen], rejected: [...rejected], margin })),
    );
  });

  it('keeps the context limit for prompt + response, not for the row', () => {
    const rows = pairRows(
      [0, 1, 2, 3].map((id) => pair(String(id), [1, 2], [3, id, 5], [6, 7, id])),
      { rejected: true, sharePrompts: true },
    );
    expect(new RowPacker(5).pack(rows)).toMatchObject({ rows: 1, tokens: 2 + 8 * 3 });
    expect(() => new RowPacker(4).pack(rows)).toThrow('prompt + response is 5 tokens, over the context length 4');
  });

  it('is cut with the pairs of a prompt side by side', () => {
    expect(cutPairs(batch, 3, true).map((some) => some.map(({ id }) => id))).toEqual([
      ['a', 'c', 'd'],
      ['b', 'e', 'g'],
      ['f'],
    ]);
  });
});
