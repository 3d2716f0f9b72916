import { describe, expect, it } from 'vitest';
import { deviceStorages, describeDevices, openExecutor, type Device } from '../../harness/engine/index.ts';
import { input, programOf, type StateStorage } from '../../harness/graph/index.ts';
import { refuseStorage } from '../../harness/run/refuse-storage.ts';
import { planOf } from '../plan/plan-of.ts';
import { edited } from '../spec/base-experiment.ts';

const plan = planOf(
  edited(
    [
      'learningRate: 1e-3}\n  schedule: {kind: wsd',
      'learningRate: 1e-3, momentStorage: bfloat16}\n  schedule: {kind: wsd',
    ],
    [
      'learningRate: 1e-3}\n  schedule: {kind: cosine',
      'learningRate: 1e-3, momentStorage: float16}\n  schedule: {kind: cosine',
    ],
    ['  steps: 10\n', '  steps: 10\n  trainable: {kind: lora, rank: 2, alpha: 4, frozenStorage: float16}\n'],
  ),
);

describe('refuseStorage', () => {
  it('names what the device cannot keep, each field once', () => {
    const asked = 'pretrain.optimizer.momentStorage bfloat16';
    expect(() => refuseStorage(plan.stages, 'webgpu')).toThrow(
      `device webgpu keeps float32 and float16 only; the experiment asks for ${asked}`,
    );
    expect(() => refuseStorage(plan.stages, 'tfjs')).toThrow(
      `device tfjs keeps float32 only; the experiment asks for ${asked}, ` +
        `finetune.optimizer.momentStorage float16, finetune.trainable.frozenStorage float16`,
    );
    refuseStorage(plan.stages, 'cpu');
    refuseStorage(planOf(edited()).stages, 'tfjs');
  });

  it.each(Object.entries(deviceStorages))('says of %s what its executor says', async (name, known) => {
    const device = name as Device;
    const found = (await describeDevices()).find((one) => one.device === device);
    if (found?.available !== true) return console.log(`skipped: ${name} is not available: ${found?.detail}`);
    const { executor } = await openExecutor(device);
    for (const storage of ['float32', 'float16', 'bfloat16'] as const satisfies readonly StateStorage[]) {
      const state = input('x', [2]);
      const compiled = executor.compile(
        programOf({ outputs: { x: state }, state: [{ name: 'x', input: state, next: state, storage }] }),
      );
      if (known.includes(storage)) await (await compiled).release();
      else await expect(compiled).rejects.toThrow(storage);
    }
  });
});
