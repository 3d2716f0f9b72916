/**
 * What stages are said to cost, against what they do cost: data that is really generated, programs that really run,
 * memory of real processes.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { builtInKinds } from '../../harness/kinds/index.ts';
import { trainFlops, type ModelConfig, modelConfig } from '../../harness/model/index.ts';
import { planExperiment } from '../../harness/plan/index.ts';
import { availableMemory } from '../../harness/run/cost/available-memory.ts';
import { countOomKills } from '../../harness/run/cost/control-groups.ts';
import { expectMemory, expectPlan } from '../../harness/run/cost/index.ts';
import { refuseTooLarge } from '../../harness/run/cost/refuse-too-large.ts';
import { sweep, type SweepEvent } from '../../harness/run/index.ts';
import { modelSchema, type ModelSpec } from '../../harness/spec/index.ts';
import { objectiveParts, plainTraining, stepCost, type StepOptions } from '../../harness/train/index.ts';
import { fixedInputs } from '../plan/plan-of.ts';
import { baseText, valid } from '../spec/base-experiment.ts';
import { programArguments } from '../programs/test-program.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-cost-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const optimizer = {
  kind: 'adamw',
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.1,
  clipNorm: 1,
  momentStorage: null,
  ema: null,
} as const;
const modelOf = (family: ModelConfig['family'], size: Partial<ModelSpec> = {}): ModelConfig =>
  modelConfig({
    model: modelSchema.parse({
      name: 'm',
      family,
      hiddenSize: 128,
      layers: 3,
      heads: 4,
      keyValueHeads: 4,
      intermediateSize: 344,
      contextLength: 512,
      ...size,
    }),
    vocabSize: 2048,
  });
const stepOf = (model: ModelConfig, weights: { pairwiseWeight: number; lmWeight: number }): StepOptions => ({
  model,
  parts: objectiveParts(weights),
  objective: weights,
  optimizer,
  features: plainTraining,
});

describe('FLOPs of a plan', () => {
  it.each(['qwen2', 'llama', 'gemma2', 'gpt2', 'gpt-neox'] as const)(
    'are those of the compiled step: %s',
    async (family) => {
      for (const [weights, promptTokens] of [
        [{ pairwiseWeight: 1, lmWeight: 1 }, 40],
        [{ pairwiseWeight: 0, lmWeight: 1 }, 40],
        [{ pairwiseWeight: 1, lmWeight: 1 }, 150],
      ] as const) {
        const model = modelOf(family);
        const [pairs, chosenTokens, rejectedTokens] = [8, 100, 100];
        const { matmulFlops } = await stepCost(stepOf(model, weights), {
          pairs,
          promptTokens,
          chosenTokens,
          rejectedTokens,
        });
        const rowLength = promptTokens + chosenTokens + (weights.pairwiseWeight > 0 ? rejectedTokens : 0);
        const planned = trainFlops(model, {
          tokens: pairs * rowLength,
          rows: pairs,
          rowLength,
          labels: pairs * chosenTokens,
        });
        // The last layer computes only the tokens that are read, which a formula in tokens does not know: of three
        // layers that is part of a third. Nor does it know the blocks of attention that the mask hides.
        expect(matmulFlops / planned).toBeGreaterThan(0.72);
        expect(matmulFlops / planned).toBeLessThan(1.05);
      }
    },
  );
});

describe('memory', () => {
  const planWith = (overrides: readonly string[]): ReturnType<typeof planExperiment> =>
    planExperiment(valid(baseText, overrides), fixedInputs);
  const sevenBillion = [
    'model.hiddenSize=4096',
    'model.layers=32',
    'model.heads=32',
    'model.keyValueHeads=32',
    'model.intermediateSize=11008',
    'model.contextLength=1024',
  ];
  const all = { kinds: builtInKinds, resultsFolder: folder, willRun: () => true };

  it('counts the mask of layers with a window, beside that of the others or instead of it', async () => {
    const shape = { pairs: 2, promptTokens: 40, chosenTokens: 100, rejectedTokens: 100 };
    const feedsOf = async (family: ModelConfig['family'], slidingWindow: number): Promise<number> => {
      const size = { constants: { slidingWindow } as ModelSpec['constants'] };
      const { memory } = await stepCost(stepOf(modelOf(family, size), { pairwiseWeight: 1, lmWeight: 1 }), shape);
      return memory.feedBytes;
    };
    // 2 rows of 240 tokens, 4 bytes a value.
    expect((await feedsOf('gemma2', 64)) - (await feedsOf('gemma2', 512))).toBe(4 * 2 * 240 * 240);
    expect(await feedsOf('mistral', 64)).toBe(await feedsOf('mistral', 512));
  });

  it('of a 7B model is refused in two seconds, with trial, stage, both numbers and what to lower', async () => {
    const plan = planWith(sevenBillion);
    const before = process.cpuUsage();
    const available = { bytes: 24e9, source: 'available memory' };
    const memory = await expectMemory({ plan, ...all }, available.bytes);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(3);
    const [[id, bytes] = ['', 0]] = [...memory].toSorted(([, a], [, b]) => b - a);
    expect(bytes).toBeGreaterThan(6.5e9 * 4 * 6); // parameters and two moments, twice
    expect(() => refuseTooLarge({ plan, memory, workers: 2 }, available)).toThrow(
      expect.objectContaining({
        exitCode: 3,
        message: expect.stringMatching(
          new RegExp(
            `^${id} \\(trial [0-9a-f]{12}, .+\\) needs about \\d+\\.\\d GB of memory, ` +
              `the largest 2 at once \\d+\\.\\d GB; ` +
              `there are 24\\.0 GB \\(available memory\\)$`,
          ),
        ),
        hint: expect.stringContaining('pairsPerMicroBatch'),
      }),
    );
  });

  it.skipIf(totalmem() > 250e9)('refuses the sweep itself before anything is started or written', async () => {
    const resultsFolder = path.join(folder, 'refused');
    const events: SweepEvent[] = [];
    const run = sweep({
      plan: planWith(sevenBillion),
      specText: '',
      command: 'harness sweep x',
      resultsFolder,
      cacheFolder: folder,
      execution: { workers: 1, threads: 1, device: 'cpu', checkpointEverySeconds: 30 },
      onEvent: (event) => events.push(event),
      collect: () => Promise.resolve(),
    });
    await expect(run).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining('GB of memory') });
    expect([
      events,
      readdirSync(path.join(resultsFolder, 'store')),
      readdirSync(path.join(resultsFolder, 'experiments')),
    ]).toEqual([[], [], []]);
  });

  it('that fits one worker but not all is refused with the number of workers that fit', async () => {
    const plan = planWith([]);
    const memory = await expectMemory({ plan, ...all }, Infinity);
    const most = Math.max(...memory.values());
    expect(() => refuseTooLarge({ plan, memory, workers: 2 }, { bytes: 1.5 * most, source: 'test' })).toThrow(
      expect.objectContaining({ exitCode: 3, hint: expect.stringContaining('--jobs 1') }),
    );
    refuseTooLarge({ plan, memory, workers: 2 }, { bytes: 2 * most, source: 'test' });
    refuseTooLarge({ plan, memory: new Map(), workers: 2 }, { bytes: 0, source: 'test' });
  });

  it('that is there is the least of what the system and the control group leave', () => {
    const files: Record<string, string> = { '/proc/meminfo': 'MemTotal: 8000000 kB\nMemAvailable:    4000000 kB\n' };
    const read = (file: string): string | null => files[file] ?? null;
    expect(availableMemory(read)).toEqual({ bytes: 4_096_000_000, source: 'available memory' });
    Object.assign(files, {
      '/sys/fs/cgroup/memory.max': '2000000000',
      '/sys/fs/cgroup/memory.current': '1500000000',
      '/sys/fs/cgroup/memory.stat': 'anon 1\ninactive_file 300000000\n',
    });
    expect(availableMemory(read)).toEqual({
      bytes: 800_000_000,
      source: 'the memory limit of the control group /sys/fs/cgroup',
    });
    files['/sys/fs/cgroup/memory.max'] = 'max';
    expect(availableMemory(read).bytes).toBe(4_096_000_000);
  });

  it.each([
    ['version 2', '0::/user.slice/job/step\n', '/sys/fs/cgroup/user.slice/job', 'memory.max', 'memory.current'],
    [
      'version 1',
      '8:pids:/\n4:cpu,memory:/slurm/job/step\n0::/\n',
      '/sys/fs/cgroup/memory/slurm/job',
      'memory.limit_in_bytes',
      'memory.usage_in_bytes',
    ],
  ])('is bounded by every control group around this one, %s', (_, groups, job, limit, used) => {
    const files: Record<string, string> = {
      '/proc/meminfo': 'MemAvailable:    4000000 kB',
      '/proc/self/cgroup': groups,
      [`${job}/step/${limit}`]: '3000000000',
      [`${job}/${limit}`]: '2000000000',
      [`${job}/${used}`]: '1500000000',
      [`${job}/step/${limit === 'memory.max' ? 'memory.events' : 'memory.oom_control'}`]: 'oom 4\noom_kill 3',
      '/proc/vmstat': 'nr_free_pages 1\noom_kill 12\n',
    };
    const read = (file: string): string | null => files[file] ?? null;
    expect(availableMemory(read)).toEqual({
      bytes: 500_000_000,
      source: `the memory limit of the control group ${job}`,
    });
    expect(countOomKills(read)).toBe(3);
    expect(countOomKills((file) => (file === '/proc/vmstat' ? read(file) : null))).toBe(12);
  });

  it('of a real training process is what is said of it, within a quarter', () => {
    // 5 M parameters, rows of 120 to 280 tokens: 0.8 GB, well above what any process has.
    const [said, measured] = JSON.parse(
      execFileSync(process.execPath, programArguments(path.join(import.meta.dirname, 'fixtures/peak-memory.ts')), {
        encoding: 'utf8',
      }),
    ) as [number, number];
    expect(said / measured).toBeGreaterThan(0.75);
    expect(said / measured).toBeLessThan(1.25);
  }, 60_000);
});

describe('expectPlan', () => {
  it('expects time of every stage, none of a plan that is done, less with more workers or done steps', async () => {
    const plan = planExperiment(valid(baseText), fixedInputs);
    const execution = { workers: 1, threads: 1, device: 'cpu' };
    const options = { plan, kinds: builtInKinds, resultsFolder: folder, execution };
    const [one, two, none] = [
      await expectPlan({ ...options, willRun: () => true }),
      await expectPlan({ ...options, execution: { ...execution, workers: 2 }, willRun: () => true }),
      await expectPlan({ ...options, willRun: () => false }),
    ];
    expect([...one.stages.keys()]).toEqual(plan.stages.map(({ id }) => id));
    expect([...one.stages.values()].every(({ seconds, basis }) => seconds > 0 && basis.level === 'default')).toBe(true);
    expect(one.wall.seconds).toBeCloseTo(one.wall.workSeconds, 9);
    expect(two.wall.seconds).toBeLessThan(one.wall.seconds);
    expect(two.low).toBeLessThan(two.wall.seconds);
    const half = await expectPlan({ ...options, willRun: () => true, shareDone: () => 0.5 });
    expect(half.wall.seconds).toBeCloseTo(one.wall.seconds / 2, 9);
    expect(none.wall).toEqual({ seconds: 0, criticalSeconds: 0, workSeconds: 0 });
  });
});
