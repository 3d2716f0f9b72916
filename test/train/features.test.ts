/**
 * EMA, half-precision state, frozen parameters, adapters and norms in a whole run, each against what can be computed
 * beside it.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu, referenceExecutor } from '../../harness/engine/index.ts';
import { scoreResponses } from '../../harness/score/index.ts';
import { narrow, widen } from '../../harness/graph/index.ts';
import { parameterShapes, type Parameters, type ModelConfig } from '../../harness/model/index.ts';
import type { TrainableSpec } from '../../harness/spec/experiment-schema.ts';
import { SessionCache, trainedModel, writeTrainState, type TrainState } from '../../harness/train/index.ts';
import { bumpyParameters, tinyModels } from '../model/tiny-models.ts';
import { collect } from './collect.ts';
import { distance, layoutFor, optimizer, pairs, runOptions, stateAfter } from './run-options.ts';

const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1, capacity: 20 });
const reference = new SessionCache(referenceExecutor(), { threads: 1 });
const folder = mkdtempSync(join(tmpdir(), 'features-'));
afterAll(async () => {
  await Promise.all([sessions.release(), reference.release()]);
  rmSync(folder, { recursive: true });
});

const lora: TrainableSpec = { kind: 'lora', rank: 2, alpha: 4, targets: null, frozenStorage: null };
const rewardsOf = (model: ModelConfig, parameters: Parameters): Promise<readonly Float32Array[]> =>
  scoreResponses(
    { model, parameters, sessions },
    pairs.slice(0, 8).map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] })),
  );

describe('training features', () => {
  const [model] = tinyModels as readonly [ModelConfig];

  it('average the weights of every step, and change nothing else', async () => {
    const decay = 0.7;
    const states: TrainState[] = [];
    for (let toStep = 0; toStep <= 4; toStep += 1)
      states.push(await stateAfter(runOptions(model, sessions, { toStep })));
    const averaged = await stateAfter(
      runOptions(model, sessions, { toStep: 4, optimizer: { ...optimizer, ema: { decay } } }),
    );
    expect({ ...averaged, averages: null }).toEqual(states[4]);
    for (const [name, found] of Object.entries(averaged.averages ?? {})) {
      // The definition, in float64: a0 = p0, a(k) = decay a(k-1) + (1 - decay) p(k).
      const expected = states
        .slice(1)
        .reduce(
          (average, { parameters }) =>
            average.map((value, i) => decay * value + (1 - decay) * (parameters[name]?.[i] ?? NaN)),
          Float64Array.from(states[0]?.parameters[name] ?? []),
        );
      for (const [i, value] of found.entries())
        expect(Math.abs(value - (expected[i] ?? NaN)), `${name}[${i}]`).toBeLessThan(2e-6);
    }
    expect(trainedModel(averaged, model, null)).toEqual(averaged.averages);
  });

  it.each(['bfloat16', 'float16'] as const)(
    'keep %s moments: rounded values in the state, half the bytes in the file, nearly the same losses',
    async (momentStorage) => {
      const options = runOptions(model, sessions, { toStep: 10, optimizer: { ...optimizer, momentStorage } });
      const half = await collect(options);
      const state = half.result.state as TrainState;
      for (const values of [...Object.values(state.firstMoments), ...Object.values(state.secondMoments)])
        expect(widen(narrow(values, momentStorage), momentStorage)).toEqual(values);
      const full = await collect(runOptions(model, sessions, { toStep: 10 }));
      const lossesOf = (run: typeof half): number[] =>
        Array.from({ length: 10 }, (_, step) => run.metric(step + 1, 'train/loss') ?? NaN);
      const [rounded, exact] = [lossesOf(half), lossesOf(full)];
      for (const [at, loss] of exact.entries())
        expect(Math.abs((rounded[at] ?? NaN) - loss), `step ${at + 1}`).toBeLessThan(0.02);
      expect(rounded).not.toEqual(exact);

      const file = join(folder, 'half.safetensors');
      await writeTrainState(file, state, layoutFor(model, options));
      const sizeOfHalf = statSync(file).size;
      await writeTrainState(file, full.result.state as TrainState, layoutFor(model, runOptions(model, sessions)));
      const elements = [...parameterShapes(model).values()].reduce(
        (total, shape) => total + shape.reduce((a, b) => a * b, 1),
        0,
      );
      // two moments, two bytes less each; the rest is the header
      expect(Math.abs(statSync(file).size - sizeOfHalf - 4 * elements)).toBeLessThan(300);
    },
  );

  it.each(['bfloat16', 'float16'] as const)(
    'keep %s moments of gradients whose squares are below the smallest float16',
    async (momentStorage) => {
      // Adam does not care for the size of gradients, so a loss of a thousandth takes the same steps: but v is then
      // about 1e-9.
      const given = { toStep: 10, objective: { pairwiseWeight: 1e-3, lmWeight: 1e-3 } };
      const [full, half] = [
        runOptions(model, sessions, given),
        runOptions(model, sessions, { ...given, optimizer: { ...optimizer, momentStorage } }),
      ];
      expect(distance(await stateAfter(half), await stateAfter(full), full.state)).toBeLessThan(0.1);
    },
  );

  it('frozen parameters stay as they are stored, and have no moments', async () => {
    const trainable: TrainableSpec = { kind: 'frozen-embeddings', frozenLayers: 1, frozenStorage: 'bfloat16' };
    const state = await stateAfter(runOptions(model, sessions, { features: { trainable } }));
    const start = bumpyParameters(model);
    const learned = new Set(Object.keys(state.firstMoments));
    expect(learned.has('score.weight')).toBe(true);
    for (const [name, values] of Object.entries(state.parameters)) {
      if (learned.has(name)) expect(values, name).not.toEqual(start[name]);
      else expect(values, name).toEqual(widen(narrow(start[name] ?? new Float32Array(), 'bfloat16'), 'bfloat16'));
    }
    expect(learned.size).toBeLessThan(Object.keys(start).length / 2 + 2);
  });

  it('take the same LoRA steps as the float64 reference, accumulated, averaged and centred', async () => {
    const given = {
      toStep: 4,
      optimizer: { ...optimizer, ema: { decay: 0.5 } },
      features: { trainable: lora, pairsPerMicroBatch: 3, rewardCentering: 0.2 },
    };
    const [fast, exact] = [
      await collect(runOptions(model, sessions, given)),
      await collect(runOptions(model, reference, given)),
    ];
    for (const name of [
      'train/loss',
      'train/reward_centering',
      'train/gradient_norm',
      'train/update_norm',
      'train/update_ratio',
    ]) {
      for (let step = 1; step <= 4; step += 1)
        expect(fast.metric(step, name), `${name} at ${step}`).toBeCloseTo(exact.metric(step, name) ?? NaN, 4);
    }
  });

  it('tell how far each update went, and how far beside the weights themselves', async () => {
    let before = runOptions(model, sessions).state;
    for (let toStep = 1; toStep <= 3; toStep += 1) {
      const { metric, result } = await collect(runOptions(model, sessions, { state: before, toStep }));
      const after = result.state as TrainState;
      const norm = (of: (name: string, i: number) => number): number =>
        Math.sqrt(
          Object.entries(after.parameters).reduce(
            (total, [name, values]) => total + values.reduce((sum, _, i) => sum + of(name, i) ** 2, 0),
            0,
          ),
        );
      const moved = norm((name, i) => (after.parameters[name]?.[i] ?? NaN) - (before.parameters[name]?.[i] ?? NaN));
      expect(Math.abs((metric(toStep, 'train/update_norm') ?? NaN) / moved - 1)).toBeLessThan(1e-4);
      expect(
        Math.abs(
          (metric(toStep, 'train/update_ratio') ?? NaN) /
            (moved / norm((name, i) => after.parameters[name]?.[i] ?? NaN)) -
            1,
        ),
      ).toBeLessThan(1e-4);
      before = after;
    }
  });
});

describe.each(tinyModels)('adapters in a run, $family', (model) => {
  it('adapters learn where the base does not, and the saved model scores as the trained one', async () => {
    const { events, result, metric } = await collect(
      runOptions(model, sessions, {
        toStep: 40,
        learningRateAt: () => 2e-2,
        batchAt: () => pairs.slice(0, 4),
        objective: { pairwiseWeight: 1, lmWeight: 0 },
        features: { trainable: lora },
      }),
    );
    const state = result.state as TrainState;
    const start = bumpyParameters(model);
    for (const [name, values] of Object.entries(start))
      if (name !== 'score.weight') expect(state.parameters[name], name).toEqual(values);
    expect(metric(40, 'train/pairwise_loss')).toBeLessThan(0.3 * (metric(1, 'train/pairwise_loss') ?? 0));
    // The same pairs through the merged model: its margins give the loss that the next step of the unmerged one
    // measures.
    const merged = trainedModel(state, model, lora);
    expect(Object.keys(merged)).toEqual(Object.keys(start));
    const margins = (await rewardsOf(model, merged))
      .slice(0, 4)
      .map(([chosen = NaN, rejected = NaN]) => chosen - rejected);
    const next = await collect(
      runOptions(model, sessions, {
        state,
        toStep: 41,
        batchAt: () => pairs.slice(0, 4),
        objective: { pairwiseWeight: 1, lmWeight: 0 },
        features: { trainable: lora },
      }),
    );
    expect(margins.reduce((sum, margin) => sum + Math.log1p(Math.exp(-margin)), 0) / 4).toBeCloseTo(
      next.metric(41, 'train/pairwise_loss') ?? NaN,
      4,
    );
    expect(events.some((event) => event.kind === 'metric' && event.name === 'train/lm_loss')).toBe(false);
  });

  it('adapters start at the rewards of the base, bit for bit', async () => {
    const { state } = runOptions(model, sessions, { features: { trainable: lora } });
    expect(await rewardsOf(model, trainedModel(state, model, lora))).toEqual(
      await rewardsOf(model, bumpyParameters(model)),
    );
  });
});

describe('early stop', () => {
  const [model] = tinyModels as readonly [ModelConfig];

  it('is for divergence only: a loss that is large, or grows, is a result', async () => {
    const { result, metric } = await collect(
      runOptions(model, sessions, {
        toStep: 5,
        learningRateAt: () => 10,
        optimizer: { ...optimizer, clipNorm: null, weightDecay: 0 },
      }),
    );
    expect(result.outcome).toEqual({ kind: 'completed' });
    expect(metric(5, 'train/loss')).toBeGreaterThan(10 * (metric(1, 'train/loss') ?? Infinity));
  });

  it('comes at the first update whose loss is not finite, in whichever part of the step', async () => {
    const options = runOptions(model, sessions, { features: { pairsPerMicroBatch: 3 } });
    const embedding = (options.state.parameters['model.embed_tokens.weight'] as Float32Array).slice();
    // Token 12 is broken: the run goes on until a batch holds it, here the second.
    embedding.fill(NaN, 12 * model.hiddenSize);
    const clean = pairs.filter(
      ({ prompt, chosen, rejected }) => ![prompt, chosen, rejected].some((ids) => ids.includes(12)),
    );
    const broken = pairs.filter(({ prompt }) => prompt.includes(12));
    const objective = { pairwiseWeight: 1, lmWeight: 0 };
    const { result } = await collect({
      ...options,
      objective,
      state: { ...options.state, parameters: { ...options.state.parameters, 'model.embed_tokens.weight': embedding } },
      batchAt: (step) => (step === 0 ? clean.slice(0, 5) : [...clean.slice(0, 4), ...broken.slice(0, 1)]),
    });
    expect(result).toEqual({ outcome: { kind: 'diverged', step: 2, reason: 'the loss is NaN' }, state: null });
  });

  it('comes at the end where the last update left weights that are not finite', async () => {
    const { result } = await collect(
      runOptions(model, sessions, {
        toStep: 2,
        learningRateAt: (step) => (step === 1 ? 1e38 : 1e-3),
        optimizer: { ...optimizer, clipNorm: null, weightDecay: 10 },
      }),
    );
    expect(result.outcome).toMatchObject({
      kind: 'diverged',
      step: 2,
      reason: expect.stringContaining('is not finite'),
    });
  });
});
