/**
 * Against PyTorch: fixtures/make_fixtures.py computes every response alone and padded nowhere, in float64, sharing
 * nothing with the harness.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { onnxruntimeCpu, referenceExecutor } from '../../harness/engine/index.ts';
import { gradients, programOf } from '../../harness/graph/index.ts';
import {
  declareBatch,
  declareParameters,
  hiddenStates,
  parameterShapes,
  RowPacker,
  type Parameters,
  type ModelConfig,
  modelConfig,
} from '../../harness/model/index.ts';
import {
  initialState,
  pmpLoss,
  SessionCache,
  trainFeeds,
  trainLoop,
  type TrainEvent,
} from '../../harness/train/index.ts';
import { scoreResponses } from '../../harness/score/score-responses.ts';
import type { ModelSpec, OptimizerSpec } from '../../harness/spec/experiment-schema.ts';

type Summary = readonly [norm: number, projection: number];
interface Fixture {
  readonly model: ModelConfig;
  readonly objective: { readonly pairwiseWeight: number; readonly lmWeight: number };
  readonly optimizer: OptimizerSpec;
  readonly batches: readonly (readonly { prompt: number[]; chosen: number[]; rejected: number[] }[])[];
  readonly first: {
    readonly rewards: readonly number[];
    readonly hidden: Summary;
    readonly gradients: Readonly<Record<string, Summary>>;
  };
  readonly steps: readonly { pairwise: number; lm: number; total: number; gradientNorm: number }[];
  readonly final: Readonly<Record<string, Summary>>;
}

const fixtures = ['qwen2', 'gpt2'].map((family) => readFixture(new URL(`fixtures/${family}.json`, import.meta.url)));
function readFixture(url: URL): Fixture {
  const { model, vocabSize, ...rest } = JSON.parse(readFileSync(url, 'utf8')) as Omit<Fixture, 'model'> & {
    readonly model: ModelSpec;
    readonly vocabSize: number;
  };
  return { ...rest, model: modelConfig({ model, vocabSize }) };
}

const executors = { reference: referenceExecutor, onnxruntime: onnxruntimeCpu };

/** Element i of tensor t is 0.4 sin(0.37 i + t + 1), + 1 for norm weights. */
function startValues({ model }: Fixture): Parameters {
  return Object.fromEntries(
    [...parameterShapes(model)].map(([name, shape], t) => {
      const offset = shape.length === 1 && name.endsWith('.weight') ? 1 : 0;
      return [
        name,
        Float32Array.from(
          { length: shape.reduce((a, b) => a * b, 1) },
          (_, i) => 0.4 * Math.sin(0.37 * i + t + 1) + offset,
        ),
      ];
    }),
  );
}

function encoded({ batches }: Fixture, step: number) {
  return (batches[step] ?? []).map((pair, index) => ({
    id: String(index),
    prompt: Int32Array.from(pair.prompt),
    chosen: Int32Array.from(pair.chosen),
    rejected: Int32Array.from(pair.rejected),
  }));
}

/** `tolerance` is relative to 1 + norm. */
function expectSummary(values: Float32Array, [norm, projection]: Summary, what: string, tolerance = 3e-6): void {
  let squares = 0;
  let dot = 0;
  for (const [i, value] of values.entries()) {
    squares += value * value;
    dot += value * Math.cos(i);
  }
  expect(Math.abs(Math.sqrt(squares) - norm), `${what}: norm ${norm}, found ${Math.sqrt(squares)}`).toBeLessThan(
    tolerance * (1 + norm),
  );
  expect(Math.abs(dot - projection), `${what}: projection ${projection}, found ${dot}`).toBeLessThan(
    tolerance * (1 + norm),
  );
}

describe.each(fixtures)('$model.family against PyTorch', (fixture) => {
  const { model, objective } = fixture;

  it.each(['reference', 'onnxruntime'] as const)('has the same hidden states and gradients (%s)', async (name) => {
    const parameters = declareParameters(model);
    const batch = declareBatch();
    const loss = pmpLoss({ model, parts: 'pairwise+lm', parameters }, batch);
    const names = Object.keys(parameters);
    const slopes = gradients(loss.total, Object.values(parameters));
    const outputs = {
      total: loss.total,
      hidden: hiddenStates(model, parameters, batch),
      ...Object.fromEntries(slopes.map((slope, index) => [`d ${names[index]}`, slope])),
    };
    const session = await executors[name]().compile(programOf({ outputs, state: [] }), { threads: 1 });
    const packed = new RowPacker(model.contextLength).pack(
      encoded(fixture, 0).map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] })),
    );
    const values = Object.fromEntries(
      [...parameterShapes(model)].map(([key, shape]) => [
        key,
        { data: startValues(fixture)[key] ?? new Float32Array(), shape },
      ]),
    );
    const found = await session.run({ ...trainFeeds([packed], model, 'pairwise+lm'), ...values, ...objective });
    expect(found['total']?.[0]).toBeCloseTo(fixture.steps[0]?.total ?? NaN, 5);
    expectSummary(found['hidden'] ?? new Float32Array(), fixture.first.hidden, 'hidden');
    for (const [key, summary] of Object.entries(fixture.first.gradients))
      expectSummary(found[`d ${key}`] ?? new Float32Array(), summary, key);
    await session.release();
  });

  it('gives the same rewards', async () => {
    const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1 });
    const rewards = await scoreResponses(
      { model, parameters: startValues(fixture), sessions },
      encoded(fixture, 0).map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] })),
    );
    for (const [index, reward] of rewards.flatMap((some) => [...some]).entries())
      expect(reward).toBeCloseTo(fixture.first.rewards[index] ?? NaN, 5);
    await sessions.release();
  });

  it.each(['reference', 'onnxruntime'] as const)('follows three AdamW steps with clipping (%s)', async (name) => {
    const sessions = new SessionCache(executors[name](), { threads: 1 });
    const loop = trainLoop({
      model,
      objective,
      optimizer: { ...fixture.optimizer, momentStorage: null, ema: null },
      sessions,
      state: initialState(startValues(fixture)),
      toStep: 3,
      learningRateAt: () => fixture.optimizer.learningRate,
      batchAt: (step) => encoded(fixture, step),
      logEverySteps: 1,
      shouldCheckpoint: () => false,
      signal: new AbortController().signal,
    });
    const events: TrainEvent[] = [];
    let next = await loop.next();
    for (; !next.done; next = await loop.next()) events.push(next.value);
    for (const [index, expected] of fixture.steps.entries()) {
      const metric = (metricName: string): number =>
        events.flatMap((event) =>
          event.kind === 'metric' && event.step === index + 1 && event.name === metricName ? [event.value] : [],
        )[0] ?? NaN;
      expect(metric('train/pairwise_loss')).toBeCloseTo(expected.pairwise, 4);
      expect(metric('train/lm_loss')).toBeCloseTo(expected.lm, 4);
      expect(metric('train/loss')).toBeCloseTo(expected.total, 4);
      expect(metric('train/gradient_norm')).toBeCloseTo(expected.gradientNorm, 4);
    }
    const final = next.value.state?.parameters ?? {};
    for (const [key, summary] of Object.entries(fixture.final)) {
      // Without rotation, softmax ignores a key bias: its gradient is exactly 0, so in float32 Adam divides rounding
      // noise by rounding noise.
      const isNoise = name === 'onnxruntime' && key.endsWith('c_attn.bias');
      if (!isNoise) expectSummary(final[key] ?? new Float32Array(), summary, key, name === 'reference' ? 3e-6 : 1e-4);
    }
    await sessions.release();
  });
});
