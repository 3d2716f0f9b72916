import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu, referenceExecutor } from '../../harness/engine/index.ts';
import { initParameters, type ModelConfig } from '../../harness/model/index.ts';
import type { OptimizerSpec } from '../../harness/spec/experiment-schema.ts';
import {
  batchOrder,
  initialState,
  learningRateOf,
  readTrainState,
  SessionCache,
  stateLayout,
  writeTrainState,
  type LearningRate,
  type StateLayout,
  type TrainOptions,
  type TrainState,
} from '../../harness/train/index.ts';
import { bumpyParameters, randomPairs, tinyModels } from '../model/tiny-models.ts';
import { collect } from './collect.ts';

const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1 });
afterAll(() => sessions.release());

const optimizer: OptimizerSpec = {
  kind: 'adamw',
  learningRate: 3e-3,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.1,
  clipNorm: 1,
  momentStorage: null,
  ema: null,
};
const pairs = randomPairs(64, 11);
const order = batchOrder({
  seed: 5,
  pairsPerStep: 4,
  lengths: pairs.map((pair) => pair.prompt.length + pair.chosen.length + pair.rejected.length),
});

function options(model: ModelConfig, changes: Partial<TrainOptions> = {}): TrainOptions {
  return {
    model,
    optimizer,
    sessions,
    state: initialState(bumpyParameters(model)),
    toStep: 12,
    objective: { pairwiseWeight: 1, lmWeight: 1 },
    learningRateAt: () => optimizer.learningRate,
    batchAt: (step) => order.at(step).flatMap((index) => pairs[index] ?? []),
    logEverySteps: 1,
    shouldCheckpoint: () => false,
    signal: new AbortController().signal,
    ...changes,
  };
}

const layoutOf = (model: ModelConfig): StateLayout => stateLayout(model, { trainable: null, optimizer });

const stateAfter = async (given: TrainOptions): Promise<TrainState> => {
  const { result } = await collect(given);
  if (!result.state) throw new Error('diverged');
  return result.state;
};

describe.each(tinyModels)('trainLoop, $family', (model) => {
  it('goes on from any saved step bit for bit', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'train-state-'));
    const straight = await stateAfter(options(model));
    expect(straight.step).toBe(12);
    for (const stop of [1, 5, 11]) {
      const path = join(folder, `${stop}.safetensors`);
      await writeTrainState(path, await stateAfter(options(model, { toStep: stop })), layoutOf(model));
      expect(
        await stateAfter(options(model, { state: await readTrainState(path, layoutOf(model)) })),
        `stopped at ${stop}`,
      ).toEqual(straight);
    }
    await rm(folder, { recursive: true });
  });

  it('as a trunk and then a decay equals the straight WSD run bit for bit', async () => {
    const schedule = { kind: 'wsd', warmup: { steps: 2 }, decayFraction: 0.25, decayShape: null } as const;
    const rateOf = (steps: number): LearningRate => learningRateOf(schedule, { learningRate: 5e-3, steps });
    const straight = await stateAfter(options(model, { learningRateAt: rateOf(12) }));
    // The trunk of a run of 40 steps serves the fork of 12, whose decay starts at 12 - 3 = 9.
    const trunk = await stateAfter(options(model, { toStep: 9, learningRateAt: rateOf(40) }));
    expect(await stateAfter(options(model, { state: trunk, learningRateAt: rateOf(12) }))).toEqual(straight);
  });

  it('takes the same steps as the float64 reference', async () => {
    const reference = new SessionCache(referenceExecutor(), { threads: 1 });
    const fast = await collect(options(model, { toStep: 5 }));
    const exact = await collect(options(model, { toStep: 5, sessions: reference }));
    for (const name of ['train/loss', 'train/pairwise_loss', 'train/lm_loss', 'train/gradient_norm']) {
      for (let step = 1; step <= 5; step++)
        expect(fast.metric(step, name), `${name} at ${step}`).toBeCloseTo(exact.metric(step, name) ?? NaN, 4);
    }
    await reference.release();
  });

  it('overfits one batch', async () => {
    const { metric } = await collect(
      options(model, {
        toStep: 60,
        learningRateAt: () => 1e-2,
        batchAt: () => pairs.slice(0, 4),
        objective: { pairwiseWeight: 1, lmWeight: 0 },
      }),
    );
    expect(metric(60, 'train/pairwise_loss')).toBeLessThan(0.01);
    expect(metric(60, 'train/pairwise_accuracy')).toBe(1);
  });

  it('leaves the score head alone without a pairwise part, and reads only chosen responses', async () => {
    const start = initialState(initParameters(model, 1));
    const lmOnly = { state: start, toStep: 3, objective: { pairwiseWeight: 0, lmWeight: 1 } } as const;
    const run = await collect(options(model, lmOnly));
    expect(run.result.state?.parameters['score.weight']).toEqual(start.parameters['score.weight']);
    expect(run.metric(1, 'train/pairwise_loss')).toBeUndefined();
    const otherRejected = await collect(
      options(model, {
        ...lmOnly,
        batchAt: (step) =>
          order.at(step).flatMap((index) => ({ ...(pairs[index] ?? pairs[0]!), rejected: Int32Array.of(1) })),
      }),
    );
    expect(otherRejected.result).toEqual(run.result);
    const tokens = [0, 1, 2]
      .flatMap((step) => order.at(step))
      .reduce((sum, index) => sum + (pairs[index]?.prompt.length ?? 0) + (pairs[index]?.chosen.length ?? 0), 0);
    expect(run.metric(3, 'train/tokens_seen')).toBe(tokens);
  });
});

describe('trainLoop', () => {
  const [model] = tinyModels as readonly [ModelConfig];

  it('logs every so many updates and always the last', async () => {
    const { events, metric } = await collect(options(model, { toStep: 7, logEverySteps: 3 }));
    const steps = events.flatMap((event) =>
      event.kind === 'metric' && event.name === 'train/loss' ? [event.step] : [],
    );
    expect(steps).toEqual([3, 6, 7]);
    expect(events.filter((event) => event.kind === 'progress')).toHaveLength(7);
    expect(metric(7, 'train/learning_rate')).toBe(optimizer.learningRate);
  });

  it('starts at a pairwise loss of ln 2 with an empty head', async () => {
    const parameters = { ...bumpyParameters(model), 'score.weight': new Float32Array(model.hiddenSize) };
    const { metric } = await collect(options(model, { toStep: 1, state: initialState(parameters) }));
    expect(metric(1, 'train/pairwise_loss')).toBeCloseTo(Math.LN2, 6);
    expect(metric(1, 'train/pairwise_accuracy')).toBe(0); // ties are no wins
  });

  it('yields a checkpoint when asked, and that checkpoint leads to the same end', async () => {
    let updates = 0;
    const asked = await collect(options(model, { shouldCheckpoint: () => ++updates === 4 }));
    const checkpoint = asked.events.find((event) => event.kind === 'checkpoint');
    expect(checkpoint?.state.step).toBe(4);
    if (checkpoint) expect(await stateAfter(options(model, { state: checkpoint.state }))).toEqual(asked.result.state);
  });

  it('stops with a checkpoint when aborted', async () => {
    const controller = new AbortController();
    const { events, result } = await collect(
      options(model, {
        signal: controller.signal,
        batchAt: (step) => {
          if (step === 2) controller.abort();
          return pairs.slice(0, 2);
        },
      }),
    );
    expect(result.outcome).toEqual({ kind: 'interrupted' });
    expect(result.state?.step).toBe(3);
    expect(events.at(-1)).toEqual({ kind: 'checkpoint', state: result.state });
  });

  it('reports divergence with its step, as a result and not as an error', async () => {
    const parameters = bumpyParameters(model);
    const broken = { ...parameters, 'score.weight': new Float32Array(model.hiddenSize).fill(NaN) };
    const { result, events } = await collect(options(model, { state: initialState(broken) }));
    expect(result).toEqual({ outcome: { kind: 'diverged', step: 1, reason: 'the loss is NaN' }, state: null });
    expect(events).toEqual([]);
  });
});
