import { describe, expect, it } from 'vitest';
import { benchGenerate, generateModel, type GenerateBenchOptions } from '../../harness/bench/index.ts';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { captured, documentOf } from '../cli/captured-run.ts';
import { pythonWith } from '../python.ts';

const options: GenerateBenchOptions = {
  ...generateModel('0.3m'),
  executor: onnxruntimeCpu(),
  threads: 1,
  rounds: 2,
  batch: 3,
  workload: { prompts: 4, promptTokens: [5, 9], newTokens: 6 },
  python: null,
  folder: null,
};

/** Only where one is named: importing it takes seconds. */
const python = pythonWith('torch, transformers');

describe('the generation benchmark', () => {
  it('gives tokens a second of prefill and decode, and counts the tokens', async () => {
    const { speed, peer, promptTokens, newTokens } = await benchGenerate(options);
    expect({ peer, newTokens }).toEqual({ peer: null, newTokens: 24 });
    expect(promptTokens).toBeGreaterThanOrEqual(20);
    expect(promptTokens).toBeLessThanOrEqual(36);
    expect(speed.prefillTokensPerSecond).toBeGreaterThan(0);
    expect(speed.decodeRange[0]).toBeLessThanOrEqual(speed.decodeTokensPerSecond);
    expect(speed.decodeRange[1]).toBeGreaterThanOrEqual(speed.decodeTokensPerSecond);
  });

  it('refuses a workload over the context, and a Python that does not run', async () => {
    const long = { ...options.workload, newTokens: 1020 };
    await expect(benchGenerate({ ...options, workload: long })).rejects.toThrow(/over the context length 1024/);
    await expect(benchGenerate({ ...options, python: process.execPath })).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('failed') as string,
    });
  });

  it.skipIf(python === null)(
    'compares with transformers, which writes the same tokens (skipped without HARNESS_PYTHON that has it)',
    async () => {
      const flags = ['--size', '0.3m', '--prompts', '3', '--new-tokens', '8', '--rounds', '1', '--threads', '1'];
      const run = await captured(['bench', 'generate', ...flags, '--python', python!, '--json']);
      expect(documentOf(run)).toMatchObject({ model: 'yardstick-0.3m', peer: { equalResponses: 1 } });
    },
    60_000,
  );
});
