import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  benchParity,
  cardPairs,
  h100,
  measureTrainStep,
  readTokenPairs,
  seededTokenPairs,
  stepLimit,
  tokenPairLines,
  type FamilyParity,
} from '../../harness/bench/index.ts';
import { smallModels } from '../../harness/bench/small-models.ts';
import { onnxruntimeCpu, type Executor } from '../../harness/engine/index.ts';
import { UserError } from '../../harness/spec/user-error.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'device-checks-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('seeded token pairs', () => {
  test('are the same for a seed, come back from their file, and have no equal responses', async () => {
    const pairs = seededTokenPairs(cardPairs);
    const file = join(folder, 'pairs.jsonl');
    await writeFile(file, tokenPairLines(pairs));
    const read = readTokenPairs(file);
    expect(read.map(({ prompt, chosen, rejected }) => [prompt, chosen, rejected])).toEqual(
      seededTokenPairs(cardPairs).map(({ prompt, chosen, rejected }) => [prompt, chosen, rejected]),
    );
    expect(pairs.filter(({ chosen, rejected }) => chosen.every((token, place) => token === rejected[place]))).toEqual(
      [],
    );
    const ids = pairs.flatMap(({ prompt, chosen, rejected }) => [...prompt, ...chosen, ...rejected]);
    expect(Math.max(...ids.slice(0, 10_000))).toBeLessThan(cardPairs.vocabSize);
    expect(seededTokenPairs({ ...cardPairs, seed: 2 })[0]?.prompt).not.toEqual(pairs[0]?.prompt);
  });
});

async function parity(executor: Executor): Promise<readonly FamilyParity[]> {
  const found: FamilyParity[] = [];
  for await (const each of benchParity(executor, 2)) found.push(each);
  return found;
}

describe('parity', () => {
  test('compares every family, and finds the CPU equal to itself', async () => {
    const found = await parity(onnxruntimeCpu());
    expect(found.map(({ family }) => family)).toEqual(smallModels.map(({ family }) => family));
    expect(found.map(({ lossDifference }) => lossDifference)).toEqual(found.map(() => 0));
  });

  test('keeps what a device says that fails, and goes on', async () => {
    const failing: Executor = {
      name: 'failing',
      compile: () => Promise.reject(new UserError('device webgpu: the driver lost the device', { exitCode: 3 })),
    };
    const found = await parity(failing);
    expect(found).toHaveLength(smallModels.length);
    expect(found[0]).toMatchObject({ lossDifference: null, failure: 'device webgpu: the driver lost the device' });
  });
});

describe('the limit of a card', () => {
  test('counts the products of a step: 6 FLOPs a parameter in products and token, to a few per cent', async () => {
    const rows = seededTokenPairs(cardPairs);
    const limit = await stepLimit('5m', { rows, pairsPerStep: 16 });
    const tokens = rows.reduce(
      (sum, { prompt, chosen, rejected }) => sum + prompt.length + chosen.length + rejected.length,
      0,
    );
    const inLayers = 4 * (4 * 256 * 256 + 3 * 256 * 688);
    // The LM head reads labelled positions only, and the last layer is computed only where it is read.
    const least = (6 * inLayers * 0.7 * tokens * 16) / rows.length;
    const most = (6 * (inLayers + 256 * 4096) * 1.3 * tokens * 16) / rows.length;
    expect(limit.productFlops).toBeGreaterThan(least);
    expect(limit.productFlops).toBeLessThan(most);
    // 5.26 M parameters and two moments, float32, read and written.
    expect(limit.stateBytes / (5.26e6 * 3 * 4 * 2)).toBeCloseTo(1, 2);
    expect(limit.ms.stateBytes).toBeCloseTo((1000 * limit.stateBytes) / h100.memoryBandwidth, 9);
    expect(limit.unfusedMs).toBeGreaterThan(limit.fusedMs);
  });
});

test.skipIf(process.env['HARNESS_TEST_BUILT'] !== '1')(
  'a measurement that fails in its process says why here',
  async () => {
    const shape = { size: '5m', pairsPerStep: 2, steps: 1, contextLength: null, profiledSteps: 0 } as const;
    const request = { ...shape, threads: 1, device: 'cpu' } as const;
    await expect(measureTrainStep({ ...request, pairs: join(folder, 'none.jsonl') })).rejects.toMatchObject({
      name: 'UserError',
      exitCode: 2,
      message: expect.stringContaining('none.jsonl cannot be read') as unknown,
    });
  },
);
