/**
 * The features of training on the other engines: the CPU's losses and norms. What is not on this machine is skipped,
 * with the reason.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { describeDevices, onnxruntimeCpu, openExecutor, type Device } from '../../harness/engine/index.ts';
import { SessionCache } from '../../harness/train/index.ts';
import { tinyModels } from '../model/tiny-models.ts';
import { collect } from './collect.ts';
import { optimizer, runOptions } from './run-options.ts';
import type { ModelConfig } from '../../harness/model/index.ts';

const cpu = new SessionCache(onnxruntimeCpu(), { threads: 1 });
afterAll(() => cpu.release());
const [model] = tinyModels as readonly [ModelConfig];

const everything = {
  toStep: 4,
  optimizer: { ...optimizer, ema: { decay: 0.9 } },
  features: {
    trainable: { kind: 'lora', rank: 2, alpha: 4, targets: null, frozenStorage: null },
    pairsPerMicroBatch: 3,
    sharePrompts: true,
    rewardCentering: 0.1,
    margin: { kind: 'constant', value: 0.2 },
  },
} as const;

describe.each(['tfjs', 'webgpu', 'cuda'] as const satisfies readonly Device[])('training features on %s', (device) => {
  it('measure what the CPU measures', async () => {
    const found = (await describeDevices()).find((one) => one.device === device);
    if (found?.available !== true) return console.log(`skipped: ${device} is not available: ${found?.detail}`);
    const other = new SessionCache((await openExecutor(device)).executor, { threads: 1 });
    const [expected, measured] = [
      await collect(runOptions(model, cpu, everything)),
      await collect(runOptions(model, other, everything)),
    ];
    for (const name of ['train/loss', 'train/reward_centering', 'train/gradient_norm', 'train/update_norm']) {
      for (let step = 1; step <= 4; step += 1)
        expect(
          Math.abs((measured.metric(step, name) ?? NaN) - (expected.metric(step, name) ?? NaN)),
          `${name} at ${step}`,
        ).toBeLessThan(1e-4);
    }
    await other.release();
  }, 60_000);
});
