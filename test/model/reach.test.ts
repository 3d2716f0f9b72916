/**
 * Sliding windows and scaled rotary positions against `transformers` (see fixtures/make_reach_fixtures.py), on rows
 * longer than the windows and than the original contexts. It computes angles in float32, which is what the tolerances
 * allow for: at position 150 an angle is right to about 1e-5.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { onnxruntimeCpu, referenceExecutor } from '../../harness/engine/index.ts';
import { readConfig, saveModelFolder } from '../../harness/model/index.ts';
import { SessionCache } from '../../harness/train/index.ts';
import { generatedTokens, modelOf, scoredError, startParameters, trainedErrors, type Reach } from './reach-parity.ts';
import { pythonWith } from '../python.ts';

const script = fileURLToPath(new URL('fixtures/make_reach_fixtures.py', import.meta.url));
const committed = JSON.parse(readFileSync(new URL('fixtures/reach.json', import.meta.url), 'utf8')) as Reach;
const specialTokens = { pad: null, begin: 0, end: 1 };
const python = pythonWith('torch, transformers');

const executors = { reference: referenceExecutor(), onnxruntime: onnxruntimeCpu() };
const caches = {
  reference: new SessionCache(executors.reference, { threads: 1, capacity: 20 }),
  onnxruntime: new SessionCache(executors.onnxruntime, { threads: 2, capacity: 20 }),
};
/** Largest errors found, printed at the end with SHOW_PARITY=1. */
const worst = new Map<string, number>();
afterAll(async () => {
  for (const cache of Object.values(caches)) await cache.release();
  if (process.env['SHOW_PARITY'] === '1')
    console.log([...worst].map(([what, error]) => `${what} ${error.toExponential(1)}`).join('\n'));
});

function expectSmall(error: number, tolerance: number, what: string): void {
  worst.set(what, Math.max(worst.get(what) ?? 0, error));
  expect(error, what).toBeLessThan(tolerance);
}

describe.each(Object.entries(committed.cases))('%s', (title, found) => {
  it.each(['reference', 'onnxruntime'] as const)(
    'has the loss, rewards, logits and gradients of transformers (%s)',
    async (name) => {
      const { values, gradients } = await trainedErrors(executors[name], found, committed.lmWeight);
      expectSmall(values, 3e-6, `${title} | ${name} | values`);
      expectSmall(gradients, name === 'reference' ? 4e-6 : 2e-5, `${title} | ${name} | gradients`);
    },
  );

  it('scores rows of up to 145 tokens as transformers does', async () => {
    expectSmall(await scoredError(caches.onnxruntime, found), 3e-6, `${title} | onnxruntime | scores`);
  });

  it('writes the tokens that transformers writes', async () => {
    const { ours, theirs } = await generatedTokens(found, committed.newTokens);
    expect(ours).toEqual(theirs);
  });
});

describe('the reference executor', () => {
  it.each(['mistral: dynamic and a window', 'gemma2: a window in every other layer'])(
    'scores the same: %s',
    async (title) => {
      expectSmall(await scoredError(caches.reference, committed.cases[title]!), 3e-6, `${title} | reference | scores`);
    },
  );
});

describe.skipIf(python === null)('models of other sizes, made by transformers now', () => {
  it.each([1, 2])('agree too (seed %i)', { timeout: 1_200_000 }, async (seed) => {
    const made = execFileSync(python!, [script, String(seed)], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    const { cases, lmWeight, newTokens } = JSON.parse(made) as Reach;
    for (const [title, found] of Object.entries(cases)) {
      const { values, gradients } = await trainedErrors(executors.onnxruntime, found, lmWeight);
      expectSmall(values, 3e-6, `${title} | live | values`);
      expectSmall(gradients, 2e-5, `${title} | live | gradients`);
      expectSmall(await scoredError(caches.onnxruntime, found), 3e-6, `${title} | live | scores`);
      const { ours, theirs } = await generatedTokens(found, newTokens);
      expect(ours, title).toEqual(theirs);
    }
  });
});

describe.skipIf(python === null)('a folder that is saved here', () => {
  const titles = Object.keys(committed.cases).filter((title) => /yarn|dynamic|window in every/.test(title));
  it.each(titles)('is opened and scored by transformers: %s', { timeout: 120_000 }, async (title) => {
    const found = committed.cases[title]!;
    const folder = mkdtempSync(path.join(tmpdir(), 'reach-saved-'));
    try {
      const model = modelOf(found);
      await saveModelFolder(folder, { model, parameters: startParameters(model), specialTokens });
      expect(readConfig(path.join(folder, 'config.json')).model).toEqual(model);
      const input = JSON.stringify(found.scored);
      const rewards = JSON.parse(
        execFileSync(python!, [script, 'open', folder], { encoding: 'utf8', input }),
      ) as number[][];
      for (const [index, question] of found.scored.entries())
        for (const [response, reward] of question.rewards.entries())
          expect(rewards[index]![response]).toBeCloseTo(reward, 7);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
