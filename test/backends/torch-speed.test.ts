/**
 * Tokens a second of the backend torch beside our own engine: the same training stage, in turns. Printed and not
 * judged, for docs/use-pytorch.md; with SHOW_SPEED=1, on a machine that does nothing else, where HARNESS_PYTHON names a
 * Python with torch. HARNESS_THREADS: of each (2).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { torchCompute } from '../../harness/backends/torch/torch-compute.ts';
import { cardPairs, seededTokenPairs } from '../../harness/bench/seeded-token-pairs.ts';
import { yardstick, type YardstickSize } from '../../harness/bench/yardstick.ts';
import { writeEncodedPairs } from '../../harness/data/index.ts';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { costOf, initParameters } from '../../harness/model/index.ts';
import { heldWeights, runTraining, type Compute, type StageContext } from '../../harness/stages/index.ts';
import { nativeCompute } from '../../harness/stages/native-compute.ts';
import type { JournalEvent } from '../../harness/store/index.ts';
import { batchOrder, SessionCache } from '../../harness/train/index.ts';
import { pythonWith } from '../python.ts';
import { optimizer, tokensOf } from '../train/run-options.ts';

const python = process.env['SHOW_SPEED'] === '1' ? pythonWith('torch, transformers, pyarrow') : null;
const threads = Number(process.env['HARNESS_THREADS'] ?? 2);
const root = mkdtempSync(path.join(tmpdir(), 'harness-speed-'));
const execution = { threads, device: 'cpu', checkpointEverySeconds: 3600 } as const;
const pairs = seededTokenPairs(cardPairs);
const file = path.join(root, 'pairs.arrow');
const rounds = 5;
/** The first ten load and compile, and are not counted; tokens are counted from log to log. */
const steps = 30;
const pairsPerStep = 16;

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function tokensPerSecond(compute: Compute, size: YardstickSize): Promise<number> {
  const model = yardstick(size);
  const speeds = new Map<number, number>();
  const context = {
    folder: mkdtempSync(path.join(root, 'stage-')),
    execution,
    numerics: 'float32',
    signal: new AbortController().signal,
    compute: async () => compute,
    emit: (event: JournalEvent) => {
      if (event.kind === 'progress' && event.tokensPerSecond !== null) speeds.set(event.step, event.tokensPerSecond);
    },
  } as unknown as StageContext;
  const run = await runTraining(context, {
    model,
    start: { kind: 'weights', weights: heldWeights(initParameters(model, 0)) },
    toStep: steps,
    objective: { pairwiseWeight: 1, lmWeight: 1 },
    optimizer,
    learningRateAt: () => 1e-4,
    pairs: { at: (row) => pairs[row]!, files: [file] },
    order: batchOrder({ seed: 1, pairsPerStep, lengths: pairs.map(tokensOf) }),
  });
  expect(run.outcome.kind).toBe('completed');
  return harmonic([speeds.get(20)!, speeds.get(steps)!]);
}

/** Of windows with about equally many tokens. */
const harmonic = (values: readonly number[]): number =>
  values.length / values.reduce((sum, value) => sum + 1 / value, 0);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;
const told = (values: readonly number[]): string =>
  `${Math.round(median(values))} (${Math.round(Math.min(...values))}-${Math.round(Math.max(...values))})`;

describe.skipIf(python === null)('speed (skipped without SHOW_SPEED=1 and HARNESS_PYTHON that has torch)', () => {
  it.each(['0.3m', '5m'] as const)(
    'of training: %s',
    async (size) => {
      process.env['HARNESS_TORCH_PYTHON'] = python as string;
      writeEncodedPairs(file, pairs);
      const sessions = new SessionCache(onnxruntimeCpu(), { threads, capacity: 1 });
      const [native, torch] = [nativeCompute(sessions, 'cpu'), torchCompute(execution)];
      const found = { native: [] as number[], torch: [] as number[] };
      for (let round = 0; round < rounds; round++) {
        found.native.push(await tokensPerSecond(native, size));
        found.torch.push(await tokensPerSecond(torch, size));
      }
      await sessions.release();
      const parameters = costOf(yardstick(size)).paramsTotal;
      const ratios = found.native.map((speed, round) => speed / found.torch[round]!);
      console.log(
        `${(parameters / 1e6).toFixed(2)} M parameters, ${threads} threads: ours ${told(found.native)} tokens/s, ` +
          `torch ${told(found.torch)}; ${median(ratios).toFixed(2)}x`,
      );
    },
    1_800_000,
  );
});
