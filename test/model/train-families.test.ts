/** Each family through its whole life: trained, saved, opened again, and scored as before. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { scoreResponses } from '../../harness/score/index.ts';
import {
  initParameters,
  lmHeadName,
  loadModelFolder,
  saveModelFolder,
  type Parameters,
  type ModelConfig,
} from '../../harness/model/index.ts';
import { optimizerSchema } from '../../harness/spec/experiment-schema.ts';
import { initialState, SessionCache, trainLoop, type ObjectiveWeights } from '../../harness/train/index.ts';
import { randomPairs, tinyFamilies, titled } from './tiny-models.ts';

const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1 });
const pairs = randomPairs(6, 11, 5);
let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'families-'));
});
afterAll(async () => {
  await sessions.release();
  await rm(root, { recursive: true });
});

/** Trains on the same six pairs again and again; the losses of all steps. */
async function train(
  model: ModelConfig,
  objective: ObjectiveWeights,
  steps: number,
): Promise<{ losses: number[]; parameters: Parameters }> {
  const loop = trainLoop({
    model,
    objective,
    optimizer: optimizerSchema.parse({ kind: 'adamw', learningRate: 1e-2 }),
    sessions,
    state: initialState(initParameters(model, 3)),
    toStep: steps,
    learningRateAt: () => 1e-2,
    batchAt: () => pairs,
    logEverySteps: 1,
    shouldCheckpoint: () => false,
    signal: new AbortController().signal,
  });
  const losses: number[] = [];
  let next = await loop.next();
  for (; !next.done; next = await loop.next()) if (next.value.kind === 'progress') losses.push(next.value.loss);
  return { losses, parameters: next.value.state?.parameters ?? {} };
}

/** Training reads few tokens of the last layer; in a model of one layer nothing else is left. */
const oneLayer: ModelConfig = { ...(tinyFamilies[0] as ModelConfig), layers: 1 };

describe.each([...tinyFamilies.map(titled), { title: 'one layer', model: oneLayer }])('$title', ({ title, model }) => {
  it('learns six pairs by heart, and scores the same after saving and loading, bit for bit', async () => {
    const { losses, parameters } = await train(model, { pairwiseWeight: 1, lmWeight: 1 }, 40);
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? 0));
    const folder = join(root, title);
    await saveModelFolder(folder, { model, parameters });
    const loaded = await loadModelFolder(folder);
    const questions = pairs.map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] }));
    const before = await scoreResponses({ model, parameters, sessions }, questions);
    expect(await scoreResponses({ ...loaded, sessions }, questions)).toEqual(before);
    expect(before.every(([chosen = NaN, rejected = NaN]) => chosen > rejected)).toBe(true);
  });

  it('leaves the LM head alone where no loss reads it', async () => {
    const head = lmHeadName(model);
    const { losses, parameters } = await train(model, { pairwiseWeight: 1, lmWeight: 0 }, 3);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    if (head !== null) expect(parameters[head]).toEqual(initParameters(model, 3)[head]);
    expect(Object.keys(parameters)).toEqual(Object.keys(initParameters(model, 3)));
  });
});
