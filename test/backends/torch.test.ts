/**
 * The backend torch beside our own engine: the same batches, losses, updates, rewards and resume points, for every
 * family. Where HARNESS_PYTHON names a Python with torch and transformers.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { torchCompute } from '../../harness/backends/torch/torch-compute.ts';
import { writeTrainJob } from '../../harness/backends/torch/train-job.ts';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import type { ModelConfig } from '../../harness/model/index.ts';
import {
  clearScratch,
  heldWeights,
  type Compute,
  type StageContext,
  type StagePlace,
} from '../../harness/stages/index.ts';
import { nativeCompute } from '../../harness/stages/native-compute.ts';
import { runTraining } from '../../harness/stages/run-training.ts';
import type { JournalEvent } from '../../harness/store/index.ts';
import { SessionCache, type TrainResult } from '../../harness/train/index.ts';
import { bumpyParameters, tinyFamilies } from '../model/tiny-models.ts';
import { pythonWith } from '../python.ts';
import { loaded, stageTraining } from '../stages/stage-training.ts';
import { optimizer, pairs, runOptions, type RunChanges } from '../train/run-options.ts';

const python = pythonWith('torch, transformers, pyarrow');
const root = mkdtempSync(path.join(tmpdir(), 'harness-torch-'));
const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1, capacity: 4 });
const execution = { threads: 1, device: 'cpu', checkpointEverySeconds: 3600 } as const;
const lora = { kind: 'lora', rank: 2, alpha: 4, targets: null, frozenStorage: null } as const;
let native: Compute;
let torch: Compute;

beforeAll(() => {
  if (python !== null) process.env['HARNESS_TORCH_PYTHON'] = python;
  native = nativeCompute(sessions, 'cpu');
  torch = torchCompute(execution);
});
afterAll(async () => {
  delete process.env['HARNESS_TORCH_PYTHON'];
  await sessions.release();
  rmSync(root, { recursive: true, force: true });
});

const place = (): StagePlace => ({
  folder: mkdtempSync(path.join(root, 'stage-')),
  execution,
  numerics: 'float32',
  signal: new AbortController().signal,
  emit: () => {},
});

interface Trained {
  readonly result: TrainResult;
  readonly events: readonly JournalEvent[];
  readonly folder: string;
}

interface Asked extends RunChanges {
  readonly folder?: string;
  /** Told to stop at this step. */
  readonly stopAt?: number;
}

async function trained(compute: Compute, model: ModelConfig, { folder, stopAt, ...changes }: Asked): Promise<Trained> {
  const own = folder ?? mkdtempSync(path.join(root, 'stage-'));
  const events: JournalEvent[] = [];
  const stop = new AbortController();
  const context = {
    folder: own,
    numerics: 'float32',
    execution,
    signal: stop.signal,
    compute: async () => compute,
    emit: (event: JournalEvent) => {
      events.push(event);
      if (event.kind === 'progress' && event.step === stopAt) stop.abort();
    },
  } as unknown as StageContext;
  const run = stageTraining(runOptions(model, sessions, changes), root);
  const result = await loaded(await runTraining(context, run));
  clearScratch(own); // as the runner does behind every attempt
  return { result, events, folder: own };
}

const lossesOf = ({ events }: Trained): readonly number[] =>
  events.flatMap((event) => (event.kind === 'progress' ? [event.loss ?? NaN] : []));

/** The largest difference of two runs' weights and moments, relative to the largest value of its tensor. */
function distance(a: Trained, b: Trained, kind: 'parameters' | 'firstMoments' | 'secondMoments' | 'averages'): number {
  const [of, from] = [a.result.state?.[kind], b.result.state?.[kind]];
  expect(Object.keys(of ?? {}).toSorted()).toEqual(Object.keys(from ?? {}).toSorted());
  return Math.max(
    ...Object.entries(of ?? {}).map(([name, values]) => {
      const other = from?.[name] as Float32Array;
      const scale = Math.max(...values.map(Math.abs), 1e-3);
      return Math.max(...values.map((value, index) => Math.abs(value - (other[index] ?? NaN)))) / scale;
    }),
  );
}

const models = tinyFamilies.map((model): [string, ModelConfig] => [model.family, model]);

describe.skipIf(python === null)('torch beside the native engine (skipped without HARNESS_PYTHON that has it)', () => {
  it.each(models)(
    'takes the same steps: %s',
    async (_, model) => {
      const [ours, theirs] = [
        await trained(native, model, { toStep: 20 }),
        await trained(torch, model, { toStep: 20 }),
      ];
      const [a, b] = [lossesOf(ours), lossesOf(theirs)];
      expect(b).toHaveLength(20);
      expect(Math.abs(b[0]! - a[0]!)).toBeLessThan(1e-6 * Math.max(1, a[0]!));
      for (const [step, loss] of a.entries()) expect(Math.abs(b[step]! - loss), `step ${step}`).toBeLessThan(1e-4);
      const names = ({ events }: Trained): readonly string[] =>
        events.flatMap((event) => (event.kind === 'metric' ? [`${event.step} ${event.name}`] : []));
      expect(names(theirs)).toEqual(names(ours));
      expect(theirs.result.state).toMatchObject({ step: 20, tokensSeen: ours.result.state?.tokensSeen });
      expect(readdirSync(theirs.folder)).toEqual(['order.arrow']);
    },
    60_000,
  );

  it.each(models)(
    'gives the same rewards: %s',
    async (_, model) => {
      const questions = pairs
        .slice(0, 8)
        .map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] }));
      const weights = heldWeights(bumpyParameters(model));
      const [ours, theirs] = [
        await native.scorer(place(), { model, weights })(questions),
        await torch.scorer(place(), { model, weights })(questions),
      ];
      const largest = Math.max(...ours.flatMap((rewards) => [...rewards].map(Math.abs)), 1);
      for (const [index, rewards] of ours.entries())
        for (const [place, reward] of rewards.entries())
          expect(Math.abs(theirs[index]![place]! - reward)).toBeLessThan(1e-5 * largest);
    },
    60_000,
  );

  const [, tiny] = models[0]!;
  const slow = { ...optimizer, learningRate: 1e-3 };
  const variants: readonly (readonly [string, Asked])[] = [
    ['language modelling alone', { objective: { pairwiseWeight: 0, lmWeight: 1 } }],
    ['pairwise alone', { objective: { pairwiseWeight: 2, lmWeight: 0 } }],
    [
      'centred rewards and a constant margin',
      { features: { rewardCentering: 0.1, margin: { kind: 'constant', value: 0.5 } } },
    ],
    ['averages of weights, no limit of the norm', { optimizer: { ...slow, ema: { decay: 0.9 }, clipNorm: null } }],
    ['adapters', { features: { trainable: lora } }],
    [
      'a frozen layer',
      { features: { trainable: { kind: 'frozen-embeddings', frozenLayers: 1, frozenStorage: null } } },
    ],
    ['shared prompts, accumulated', { features: { sharePrompts: true, pairsPerMicroBatch: 3 } }],
  ];
  it.each(variants)(
    'has the same weights and moments: %s',
    async (_, changes) => {
      const asked = { optimizer: slow, learningRateAt: (step: number) => 1e-3 / (1 + step), toStep: 4, ...changes };
      const [ours, theirs] = [await trained(native, tiny, asked), await trained(torch, tiny, asked)];
      for (const kind of ['parameters', 'firstMoments', 'secondMoments', 'averages'] as const)
        expect(distance(ours, theirs, kind), kind).toBeLessThan(2e-3);
      expect(lossesOf(theirs).at(-1)).toBeCloseTo(lossesOf(ours).at(-1)!, 5);
    },
    60_000,
  );

  // Long enough to be interrupted: Python is told between two looks at its events.
  const long: Asked = { toStep: 250, learningRateAt: () => 1e-4 };

  it('goes on from a resume point of the other, either way', async () => {
    const whole = await trained(native, tiny, long);
    for (const [first, second] of [
      [native, torch],
      [torch, native],
    ] as const) {
      const { result, folder } = await trained(first, tiny, { ...long, stopAt: 5 });
      expect(result.outcome.kind).toBe('interrupted');
      const rest = await trained(second, tiny, { ...long, folder });
      const from = rest.events.find((event) => event.kind === 'attempt')?.resumedFromStep ?? 0;
      expect(from).toBeGreaterThanOrEqual(5);
      expect(rest.events.find((event) => event.kind === 'progress')?.step).toBe(from + 1);
      expect(distance(whole, rest, 'parameters')).toBeLessThan(2e-3);
      expect(readdirSync(folder)).toEqual(['order.arrow']);
    }
  }, 60_000);

  it('has the bits of an undisturbed run after its own resume point', async () => {
    const whole = await trained(torch, tiny, long);
    const { result, folder } = await trained(torch, tiny, { ...long, stopAt: 4 });
    expect(result.outcome.kind).toBe('interrupted');
    expect(existsSync(path.join(folder, 'resume.safetensors'))).toBe(true);
    const rest = await trained(torch, tiny, { ...long, folder });
    expect(rest.result.state).toEqual(whole.result.state);
  }, 60_000);

  it('starts over where the resume point is damaged, and says so', async () => {
    const folder = mkdtempSync(path.join(root, 'damaged-'));
    writeFileSync(path.join(folder, 'resume.safetensors'), 'no tensors');
    const whole = await trained(torch, tiny, { toStep: 3 });
    const { result, events } = await trained(torch, tiny, { toStep: 3, folder });
    expect(events[0]).toMatchObject({ kind: 'note', text: expect.stringContaining('the resume point is damaged') });
    expect(result.state).toEqual(whole.result.state);
  });

  it('says that a run diverged, and at which step', async () => {
    const { result } = await trained(torch, tiny, { toStep: 6, learningRateAt: () => 1e30 });
    expect(result).toMatchObject({
      outcome: { kind: 'diverged', reason: expect.stringMatching(/NaN|Infinity|finite/) },
      state: null,
    });
  }, 60_000);
});

describe.skipIf(python === null)('ranks of torchrun (skipped without HARNESS_PYTHON that has torch)', () => {
  interface Step {
    readonly losses: readonly number[];
    readonly norms: readonly number[];
    readonly outcome: unknown;
  }

  /** The same job by so many ranks on this machine, and what rank 0 wrote of it. */
  async function byRanks(ranks: number): Promise<Step> {
    const folder = mkdtempSync(path.join(root, 'ranks-'));
    const job = path.join(folder, 'job');
    mkdirSync(job);
    const writing: Compute = {
      ...torch,
      train: async (context, run) => {
        await writeTrainJob(job, context, run);
        return { outcome: { kind: 'completed' }, state: null };
      },
    };
    await trained(writing, tinyFamilies[0]!, { toStep: 20, folder });
    const args = [
      '-m',
      'torch.distributed.run',
      '--standalone',
      `--nproc-per-node=${ranks}`,
      '-m',
      'harness_torch',
      job,
    ];
    const PYTHONPATH = path.resolve(import.meta.dirname, '../../harness/backends/torch');
    spawnSync(python as string, args, { env: { ...process.env, PYTHONPATH }, stdio: 'ignore' });
    const events = readFileSync(path.join(job, 'events.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const values = (name: string): readonly number[] =>
      events.flatMap((event) => (event['name'] === name ? [event['value'] as number] : []));
    return {
      losses: events.flatMap((event) => (event['kind'] === 'progress' ? [event['loss'] as number] : [])),
      norms: values('train/gradient_norm'),
      outcome: events.at(-1)?.['outcome'],
    };
  }

  it('take the same steps, however many they are: 8 pairs on 1, 2, 3 and 4', async () => {
    const [one, ...more] = [await byRanks(1), await byRanks(2), await byRanks(3), await byRanks(4)] as [
      Step,
      ...Step[],
    ];
    expect(one).toMatchObject({ outcome: 'completed', losses: { length: 20 }, norms: { length: 2 } });
    for (const [index, { losses, norms, outcome }] of more.entries()) {
      expect(outcome).toBe('completed');
      for (const [step, loss] of losses.entries())
        expect(Math.abs(loss - one.losses[step]!), `${index + 2} ranks, step ${step}`).toBeLessThan(
          1e-6 * Math.max(1, loss),
        );
      // Behind a limit of the norm, AdamW hides a gradient that is wrong by a factor.
      for (const [place, norm] of norms.entries()) expect(norm / one.norms[place]!).toBeCloseTo(1, 5);
    }
  }, 240_000);
});

describe('a Python that cannot serve', () => {
  const asked = async (program: string): Promise<unknown> => {
    const before = process.env['HARNESS_TORCH_PYTHON'];
    process.env['HARNESS_TORCH_PYTHON'] = program;
    try {
      return await trained(torchCompute(execution), tinyFamilies[0]!, {}).catch((error: unknown) => error);
    } finally {
      if (before === undefined) delete process.env['HARNESS_TORCH_PYTHON'];
      else process.env['HARNESS_TORCH_PYTHON'] = before;
    }
  };
  const script = (text: string): string => {
    mkdirSync(path.join(root, 'bin'), { recursive: true });
    const file = path.join(root, 'bin', `python-${text.length}`);
    writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return file;
  };

  it('is told by its name where it is not there', async () => {
    expect(await asked('no-such-python')).toMatchObject({
      exitCode: 3,
      message: 'backend torch: there is no no-such-python',
      hint: expect.stringContaining('HARNESS_TORCH_PYTHON'),
    });
  });

  it('is told with the package that it lacks', async () => {
    const said = script('echo "ModuleNotFoundError: No module named \'torch\'" >&2; exit 1');
    expect(await asked(said)).toMatchObject({ exitCode: 3, message: expect.stringContaining('has no package torch') });
  });

  it('fails the stage where it ends in the middle', async () => {
    expect(await asked(script('read line; echo "half way" >&2; kill -9 $$'))).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('ended by SIGKILL: half way'),
    });
  });
});
