/**
 * Going on from any step, through a file, is the straight run bit for bit, whatever is switched on: losses, parameters,
 * moments and averages.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import {
  learningRateOf,
  readTrainState,
  SessionCache,
  writeTrainState,
  type TrainFeatures,
  type TrainState,
} from '../../harness/train/index.ts';
import type { OptimizerSpec, ScheduleSpec } from '../../harness/spec/experiment-schema.ts';
import { tinyModels } from '../model/tiny-models.ts';
import { collect } from './collect.ts';
import { layoutFor, optimizer, runOptions } from './run-options.ts';

const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1, capacity: 20 });
const folder = mkdtempSync(join(tmpdir(), 'resume-'));
afterAll(async () => {
  await sessions.release();
  rmSync(folder, { recursive: true });
});

const steps = 12;
const wsd: ScheduleSpec = { kind: 'wsd', warmup: { steps: 2 }, decayFraction: 0.25, decayShape: null };
const cosine: ScheduleSpec = { kind: 'cosine', warmup: { steps: 2 } };
const lora = { kind: 'lora', rank: 2, alpha: 4, targets: null, frozenStorage: null } as const;

interface Case {
  readonly name: string;
  readonly schedule: ScheduleSpec;
  readonly features?: Partial<TrainFeatures>;
  readonly optimizer?: Partial<OptimizerSpec>;
}
const cases: readonly Case[] = [
  { name: 'wsd, accumulated', schedule: wsd, features: { pairsPerMicroBatch: 3 } },
  { name: 'cosine, EMA', schedule: cosine, optimizer: { ema: { decay: 0.9 } } },
  { name: 'bfloat16 moments', schedule: wsd, optimizer: { momentStorage: 'bfloat16' } },
  {
    name: 'float16 moments, shared prompts',
    schedule: cosine,
    optimizer: { momentStorage: 'float16' },
    features: { sharePrompts: true },
  },
  {
    name: 'LoRA on bfloat16 weights',
    schedule: cosine,
    features: { trainable: { ...lora, frozenStorage: 'bfloat16' } },
  },
  {
    name: 'frozen embeddings',
    schedule: wsd,
    features: { trainable: { kind: 'frozen-embeddings', frozenLayers: 1, frozenStorage: 'float16' } },
  },
  {
    name: 'all together',
    schedule: wsd,
    optimizer: { momentStorage: 'bfloat16', ema: { decay: 0.8 } },
    features: {
      trainable: lora,
      pairsPerMicroBatch: 5,
      sharePrompts: true,
      rewardCentering: 0.1,
      margin: { kind: 'constant', value: 0.3 },
    },
  },
];

// The mechanics are those of every family; the second one only has its weights the other way round.
describe.each(
  tinyModels.map((model, index) => ({
    model,
    given: cases.filter((_, one) => index === 0 || one === cases.length - 1),
  })),
)('resume, $model.family', ({ model, given: chosen }) => {
  it.each(chosen)('$name', async ({ schedule, features, optimizer: changed }) => {
    const given = {
      optimizer: { ...optimizer, ...changed },
      learningRateAt: learningRateOf(schedule, { learningRate: 5e-3, steps }),
      toStep: steps,
      ...(features && { features }),
    };
    const run = async (changes: { readonly toStep: number; readonly state?: TrainState }) => {
      const { events, result } = await collect(runOptions(model, sessions, { ...given, ...changes }));
      if (result.state === null) throw new Error('diverged');
      return {
        state: result.state,
        metrics: events.flatMap((event) =>
          event.kind === 'metric' ? [[event.step, event.name, event.value] as const] : [],
        ),
      };
    };
    const straight = await run({ toStep: steps });
    const layout = layoutFor(model, runOptions(model, sessions, given));
    const stops =
      fc.sample(fc.uniqueArray(fc.integer({ min: 1, max: steps - 1 }), { minLength: 2, maxLength: 2 }), {
        numRuns: 1,
        seed: 7 + cases.findIndex((one) => one.features === features),
      })[0] ?? [];
    let current = await run({ toStep: 0 });
    const metrics: (typeof current.metrics)[number][] = [];
    for (const stop of [...stops.toSorted((a, b) => a - b), steps]) {
      const file = join(folder, 'state.safetensors');
      await writeTrainState(file, current.state, layout);
      current = await run({ toStep: stop, state: await readTrainState(file, layout) });
      metrics.push(...current.metrics);
    }
    expect(current.state, `interrupted after ${stops.join(' and ')}`).toEqual(straight.state);
    expect(metrics).toEqual(straight.metrics);
  });

  it('does not hang on what an earlier run left in the sessions, a NaN even', async () => {
    const features = { pairsPerMicroBatch: 3 };
    const before = await collect(runOptions(model, sessions, { features }));
    const broken = runOptions(model, sessions, { features });
    const head = new Float32Array(model.hiddenSize).fill(NaN);
    const diverged = await collect({
      ...broken,
      state: { ...broken.state, parameters: { ...broken.state.parameters, 'score.weight': head } },
    });
    expect(diverged.result.outcome.kind).toBe('diverged');
    expect((await collect(runOptions(model, sessions, { features }))).result).toEqual(before.result);
  });
});
