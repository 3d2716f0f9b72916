/**
 * Whole training steps and scoring on devices other than the CPU: where the nodes run, what the losses are, and that
 * nothing piles up.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onnxruntimeCpu, type Executor } from '../../harness/engine/index.ts';
import { scoreResponses } from '../../harness/score/index.ts';
import * as g from '../../harness/graph/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { plainTraining, SessionCache, type TrainOptions } from '../../harness/train/index.ts';
import { largestDifference } from '../graph/finite-differences.ts';
import { bumpyParameters, randomPairs, tinyFamilies, tinyModels, titled, vocabSize } from '../model/tiny-models.ts';
import { optimizer } from '../train/run-options.ts';
import { deviceExecutors } from './executors.ts';
import { expectFlatMemory, lossesIn, shortRun } from './short-runs.ts';
import type { ModelConfig } from '../../harness/model/index.ts';

const pairs = randomPairs(64, 11);

async function losses(
  executor: Executor,
  model: ModelConfig,
  steps: number,
  changes: Partial<TrainOptions> = {},
): Promise<number[]> {
  const sessions = new SessionCache(executor, { threads: 1 });
  const found = await lossesIn(shortRun(model, { pairs, sessions, toStep: steps }, changes));
  await sessions.release();
  return found;
}

/** A file without any test fails; skipped ones are shown as such. */
const walked = deviceExecutors.length > 0 ? deviceExecutors : [['no device is here', onnxruntimeCpu()] as const];

describe.skipIf(deviceExecutors.length === 0).each(walked)('%s', (_, executor) => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'profile-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each(tinyModels.map(titled))(
    'runs every node of a training step of $title itself, and copies nothing between processors',
    async ({ model }) => {
      const profiled: Executor = {
        name: executor.name,
        compile: (program, given) => executor.compile(program, { ...given, profilePrefix: join(folder, model.family) }),
      };
      await losses(profiled, model, 1);
      const nodes = await profiledNodes(folder, model.family);
      // Forward, backward and AdamW of two layers; an empty profile would prove nothing.
      expect(nodes.length).toBeGreaterThan(300);
      const provider = executor.name === 'onnxruntime-webgpu' ? 'WebGpuExecutionProvider' : 'CUDAExecutionProvider';
      expect(nodes.filter((node) => node.provider !== provider)).toEqual([]);
      expect(nodes.filter((node) => node.op.startsWith('Memcpy'))).toEqual([]);
    },
  );

  test.each(tinyModels.map(titled))('takes the losses of the CPU over 20 steps of $title', async ({ model }) => {
    // Typically 1e-6 apart; what is asked for is 1e-4.
    expect(
      largestDifference(await losses(executor, model, 20), await losses(onnxruntimeCpu(), model, 20)),
    ).toBeLessThan(1e-5);
  });

  test.each(tinyFamilies.filter((model) => !tinyModels.includes(model)).map(titled))(
    'has a kernel for every operation of $title, and takes the losses of the CPU',
    async ({ model }) => {
      expect(
        largestDifference(await losses(executor, model, 3), await losses(onnxruntimeCpu(), model, 3)),
      ).toBeLessThan(1e-5);
    },
  );

  test('takes the losses of the CPU with micro-batches, shared prompts, averaged weights and reward centering', async () => {
    const features = { ...plainTraining, pairsPerMicroBatch: 2, sharePrompts: true as const, rewardCentering: 0.01 };
    const changes = { features, optimizer: { ...optimizer, ema: { decay: 0.9 } } };
    expect(
      largestDifference(
        await losses(executor, tinyModels[0]!, 8, changes),
        await losses(onnxruntimeCpu(), tinyModels[0]!, 8, changes),
      ),
    ).toBeLessThan(1e-5);
  });

  test.each(tinyModels.map(titled))(
    'scores as the CPU does to 1e-5, and the same in other batches to 1e-6: $title',
    async ({ model }) => {
      const stream = randomStream(3, 'questions');
      const tokens = (longest: number): Int32Array =>
        Int32Array.from({ length: 1 + stream.integer(longest) }, () => stream.integer(vocabSize));
      const questions = Array.from({ length: 24 }, (_, index) => ({
        prompt: tokens(8),
        responses: Array.from({ length: 1 + (index % 6) }, () => tokens(8)),
      }));
      const score = async (on: Executor, some: typeof questions): Promise<number[]> => {
        const sessions = new SessionCache(on, { threads: 1 });
        const rewards = await scoreResponses({ model, parameters: bumpyParameters(model), sessions }, some);
        await sessions.release();
        return rewards.flatMap((row) => [...row]);
      };
      const together = await score(executor, questions);
      expect(largestDifference(together, await score(onnxruntimeCpu(), questions))).toBeLessThan(1e-5);
      expect(largestDifference(together.slice(0, 1), await score(executor, questions.slice(0, 1)))).toBeLessThan(1e-6);
    },
  );

  test('keeps its memory over 200 steps: states are replaced, not piled up', () => expectFlatMemory(executor));

  test.each([
    [
      'a row that is looked up',
      (index: g.Tensor) => g.gatherRows(g.constant({ shape: [3, 1], data: [1, 2, 3] }), index),
      3,
    ],
    [
      'a target',
      (index: g.Tensor) =>
        g.crossEntropyRows(
          g.matmul(g.input('x', ['N', 2]), g.constant({ shape: [2, 5], data: new Float32Array(10) })),
          index,
        ),
      5,
    ],
  ] as const)('refuses %s out of range, which its kernels would not', async (_, build, size) => {
    const y = build(g.input('index', ['N'], 'int32'));
    const session = await executor.compile(g.programOf({ outputs: { y }, state: [] }));
    const feeds = (index: number): Parameters<typeof session.run>[0] => ({
      index: { data: Int32Array.of(0, index), shape: [2] },
      ...(size === 5 ? { x: { data: new Float32Array(4), shape: [2, 2] } } : {}),
    });
    await expect(session.run(feeds(size))).rejects.toThrow(`input "index" [N] int32 holds ${size}`);
    await expect(session.run(feeds(-1))).rejects.toThrow('holds -1');
    await session.run(feeds(size - 1));
    await session.release();
  });
});

async function profiledNodes(
  folder: string,
  prefix: string,
): Promise<{ readonly op: string; readonly provider: string }[]> {
  const files = (await readdir(folder)).filter((file) => file.startsWith(prefix));
  const events = await Promise.all(
    files.map(
      async (file) =>
        JSON.parse(await readFile(join(folder, file), 'utf8')) as {
          cat: string;
          args?: { op_name?: string; provider?: string };
        }[],
    ),
  );
  return events
    .flat()
    .flatMap(({ cat, args }) =>
      cat === 'Node' && args?.op_name !== undefined ? [{ op: args.op_name, provider: args.provider ?? 'none' }] : [],
    );
}
