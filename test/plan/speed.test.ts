import { describe, expect, it } from 'vitest';
import { planExperiment } from '../../harness/plan/index.ts';
import { valid, withSweep } from '../spec/base-experiment.ts';
import { fixedInputs } from './plan-of.ts';

describe('planning', () => {
  it('does 10,000 trials in about a second', () => {
    const numbers = (from: number, count: number, scale = 1): string =>
      Array.from({ length: count }, (_, i) => (from + i) * scale).join(', ');
    const spec = valid(
      withSweep(
        `pretrain.budget: ` +
          `[${Array.from({ length: 10 }, (_, i) => `{pairs: ${160 * (i + 1)}}`).join(', ')}]\nfinetune.samples: ` +
          `[${numbers(16, 10)}]\nfinetune.optimizer.learningRate: ` +
          `[${numbers(1, 10, 1e-4)}]\nfinetune.objective.lmWeight: [0, 0.25, 0.5, 0.75, 1]`,
      ).replace('seeds: [1, 2]', 'seeds: [1, 2]'),
    );
    const before = process.cpuUsage();
    const started = performance.now();
    const plan = planExperiment(spec, fixedInputs);
    const wallMs = performance.now() - started;
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1000;
    console.info(
      `planned ${plan.trials.length} trials, ${plan.stages.length} stages: ` +
        `${cpuMs.toFixed(0)} ms CPU, ${wallMs.toFixed(0)} ms wall`,
    );
    expect(plan.trials.length).toBe(10_000);
    // Processor time, because other work on the machine stretches the wall clock; loose, because machines differ.
    expect(cpuMs).toBeLessThan(5_000);
  });
});
