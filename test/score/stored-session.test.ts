/** Parameters that go from their files into the session: the same rewards, to the last bit, as from memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu, referenceExecutor, type Executor } from '../../harness/engine/index.ts';
import { loadModelFolder, openModelFolder, saveModelFolder, type StoredFloat } from '../../harness/model/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { OneSession, scoreResponses, StoredSession, type SessionSource } from '../../harness/score/index.ts';
import { bumpyParameters, tinyFamilies, titled } from '../model/tiny-models.ts';

const root = mkdtempSync(path.join(tmpdir(), 'stored-session-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const stream = randomStream(1, 'rows');
const tokens = (length: number): Int32Array => Int32Array.from({ length }, () => stream.integer(13));
const questions = Array.from({ length: 5 }, () => ({ prompt: tokens(4), responses: [tokens(5), tokens(3)] }));
const all = ['float32', 'float16', 'bfloat16'] as const;

async function storedRewards(folder: string, executor: Executor, storages: readonly StoredFloat[]): Promise<number[]> {
  const { model, weights } = await openModelFolder(folder);
  const sessions = new StoredSession(executor, { threads: 1, weights, storages });
  try {
    const reward = { model, parameters: null, sessions };
    const first = await rewardsOf(reward);
    expect(await rewardsOf(reward)).toEqual(first);
    return first;
  } finally {
    await sessions.release();
    await weights.close();
  }
}

async function loadedRewards(folder: string): Promise<number[]> {
  const sessions = new OneSession(onnxruntimeCpu(), { threads: 1 });
  try {
    return await rewardsOf({ ...(await loadModelFolder(folder)), sessions });
  } finally {
    await sessions.release();
  }
}

async function rewardsOf(
  reward: Parameters<typeof scoreResponses>[0] & { sessions: SessionSource },
): Promise<number[]> {
  return (await scoreResponses(reward, questions)).flatMap((rewards) => [...rewards]);
}

describe.each(tinyFamilies.map(titled))('$title', ({ model, title }) => {
  it.each(all)('gives the same bits from files of %s, kept as they are or widened', async (storage) => {
    const folder = path.join(root, `${title} ${storage}`.replaceAll(/\W/g, '-'));
    await saveModelFolder(folder, { model, parameters: bumpyParameters(model), storage });
    const expected = await loadedRewards(folder);
    expect(await storedRewards(folder, onnxruntimeCpu(), all)).toEqual(expected);
    expect(await storedRewards(folder, onnxruntimeCpu(), ['float32'])).toEqual(expected);
  });
});

it('fills sessions that have no arrays of their own by a copy', async () => {
  const [model] = tinyFamilies as readonly [(typeof tinyFamilies)[number]];
  const folder = path.join(root, 'reference');
  await saveModelFolder(folder, { model, parameters: bumpyParameters(model), storage: 'bfloat16' });
  const [expected, found] = [
    await loadedRewards(folder),
    await storedRewards(folder, referenceExecutor(), ['float32']),
  ];
  for (const [index, reward] of found.entries()) expect(reward).toBeCloseTo(expected[index] as number, 5);
});
