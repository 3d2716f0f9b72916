/** What the stages decide themselves, on numbers small enough to follow by hand. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openEncodedPairs, writeEncodedPairs } from '../../harness/data/index.ts';
import type { EncodedPair } from '../../harness/data/preference-pair.ts';
import type { JournalEvent } from '../../harness/store/journal-event.ts';
import type { PretrainConfig, SelectConfig, StageContext } from '../../harness/stages/index.ts';
import { nestedSample } from '../../harness/stages/sample.ts';
import { pretrainRun } from '../../harness/stages/pretrain-run.ts';
import { checkProbes, writeProbes } from '../../harness/stages/probes.ts';
import { readChoice, select, withChoice } from '../../harness/stages/select.ts';
import type { FinetuneSpec } from '../../harness/spec/experiment-schema.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'harness-stages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pair = (id: string, prompt: number, chosen: number, rejected: number): EncodedPair => ({
  id,
  prompt: new Int32Array(prompt).fill(1),
  chosen: new Int32Array(chosen).fill(2),
  rejected: new Int32Array(rejected).fill(3),
});

describe('nestedSample', () => {
  const groups = Array.from({ length: 20 }, (_, group) => [pair(`${group}a`, 1, 1, 1), pair(`${group}b`, 1, 1, 1)]);
  const ids = (samples: number, seed: number): string[] => nestedSample(groups, { samples, seed }).map(({ id }) => id);

  it('nests smaller samples in larger ones of the same seed, and draws others for another seed', () => {
    expect(ids(20, 1).slice(0, 8)).toEqual(ids(8, 1));
    expect(ids(8, 2)).not.toEqual(ids(8, 1));
  });

  it('keeps the pairs of a group together', () => {
    const sample = ids(10, 3);
    for (let i = 0; i < sample.length; i += 2) expect(sample[i]?.slice(0, -1)).toBe(sample[i + 1]?.slice(0, -1));
  });

  it('refuses more samples than there are, with both numbers', () => {
    expect(() => ids(41, 1)).toThrow('finetune.samples asks for 41 pairs, the train split has 40');
  });
});

const terms = { rewardCentering: null, margin: null } as const;
const pmp = { kind: 'pmp', pairwiseWeight: 1, lmWeight: 1, ...terms } as const;

describe('pretrainRun', () => {
  const config = (objective: PretrainConfig['objective'], budget: PretrainConfig['budget']): PretrainConfig => ({
    model: {
      name: 'toy',
      family: 'qwen2',
      hiddenSize: 8,
      layers: 1,
      heads: 1,
      keyValueHeads: 1,
      intermediateSize: 8,
      contextLength: 64,
      rewardPooling: 'last',
      responseEnd: null,
      initStandardDeviation: 0.02,
      headSize: null,
      tieEmbeddings: null,
      constants: null,
    },
    vocabSize: 300,
    objective,
    pairsPerStep: 4,
    pairsPerMicroBatch: null,
    sharePrompts: null,
    seed: 1,
    budget,
    optimizer: {
      kind: 'adamw',
      learningRate: 1e-3,
      beta1: 0.9,
      beta2: 0.95,
      epsilon: 1e-8,
      weightDecay: 0,
      clipNorm: null,
      momentStorage: null,
      ema: null,
    },
    schedule: { kind: 'wsd', warmup: { steps: 1 }, decayFraction: 0.25, decayShape: null },
    start: null,
    startDigest: null,
    plugin: null,
    numerics: null,
  });
  // All pairs alike: prompt 4 + chosen 8 + rejected 8 = 20 tokens for PMP, 4 + 8 = 12 for LM.
  writeEncodedPairs(
    path.join(folder, 'pairs-00000.arrow'),
    Array.from({ length: 100 }, (_, index) => pair(String(index), 4, 8, 8)),
  );
  const pairs = openEncodedPairs(folder, 'pairs');
  afterAll(() => pairs.close());

  it('takes pairs / pairsPerStep steps, of which decayFraction decay', () => {
    expect(pretrainRun(config(pmp, { pairs: 32 }), pairs)).toMatchObject({ total: 8, decayStart: 6 });
  });

  it('gives LM pretraining as many tokens as PMP sees: 48 pairs x 20 / 12 = 80 pairs, 20 steps', () => {
    expect(pretrainRun(config({ kind: 'lm' }, { tokensOfPairs: 48 }), pairs)).toMatchObject({
      total: 20,
      objective: { pairwiseWeight: 0, lmWeight: 1 },
    });
  });

  it('refuses a second pass over the pairs for preference pretraining', () => {
    expect(() => pretrainRun(config(pmp, { pairs: 104 }), pairs)).toThrow(
      'pretrain.budget asks for 104 pairs, there are 100',
    );
  });

  it('refuses margins of the data where none has one, and hands on what training is to do', () => {
    expect(() => pretrainRun(config({ ...pmp, margin: { kind: 'data', scale: 1 } }, { pairs: 32 }), pairs)).toThrow(
      'pretrain.objective.margin asks for the margins of the data, and none of its 100 pairs has one',
    );
    const run = pretrainRun(
      {
        ...config({ ...pmp, rewardCentering: 0.1, margin: { kind: 'constant', value: 1 } }, { pairs: 32 }),
        pairsPerMicroBatch: 2,
        sharePrompts: true,
      },
      pairs,
    );
    expect(run.features).toEqual({
      trainable: null,
      pairsPerMicroBatch: 2,
      sharePrompts: true,
      rewardCentering: 0.1,
      margin: { kind: 'constant', value: 1 },
    });
  });

  it('sees the same batches whatever the budget', () => {
    const [small, large] = [32, 64].map((budget) => pretrainRun(config(pmp, { pairs: budget }), pairs));
    for (let step = 0; step < 8; step++) expect(small?.order.at(step)).toEqual(large?.order.at(step));
  });
});

describe('select', () => {
  const candidate = (name: string, accuracy: number, pairwiseLoss: number): string => {
    const place = path.join(folder, name);
    mkdirSync(place, { recursive: true });
    writeFileSync(
      path.join(place, 'metrics.json'),
      JSON.stringify([
        { name: 'eval/pairwise_accuracy_half_credit', value: accuracy },
        { name: 'eval/pairwise_loss', value: pairwiseLoss },
      ]),
    );
    return place;
  };
  const choose = async (
    candidates: readonly { values: Record<string, number>; folder: string | null }[],
  ): Promise<{ choice: unknown; events: JournalEvent[] }> => {
    const place = mkdtempSync(path.join(folder, 'select-'));
    const events: JournalEvent[] = [];
    const config: SelectConfig = {
      candidates: candidates.map(({ values }, index) => ({ input: `candidate-${index}`, values })),
    };
    const inputFolders = Object.fromEntries(
      candidates.flatMap((one, index) => (one.folder === null ? [] : [[`candidate-${index}`, one.folder]])),
    );
    await select.run({
      stage: { config },
      folder: place,
      inputFolders,
      emit: (event: JournalEvent) => events.push(event),
    } as unknown as StageContext<SelectConfig>);
    return { choice: readChoice(place), events };
  };
  const rate = (learningRate: number): Record<string, number> => ({ 'finetune.optimizer.learningRate': learningRate });

  it('takes the highest dev accuracy, then the lowest dev loss, then the first', async () => {
    const [low, high, highLowLoss] = [
      candidate('low', 0.6, 0.1),
      candidate('high', 0.7, 0.5),
      candidate('high-low-loss', 0.7, 0.4),
    ];
    expect(
      (
        await choose([
          { values: rate(1), folder: low },
          { values: rate(2), folder: high },
          { values: rate(3), folder: highLowLoss },
        ])
      ).choice,
    ).toEqual(rate(3));
    expect(
      (
        await choose([
          { values: rate(1), folder: high },
          { values: rate(2), folder: high },
        ])
      ).choice,
    ).toEqual(rate(1));
  });

  it('goes on without a candidate that diverged, and counts it', async () => {
    const { choice, events } = await choose([
      { values: rate(1), folder: null },
      { values: rate(2), folder: candidate('left', 0.5, 0.7) },
    ]);
    expect(choice).toEqual(rate(2));
    expect(events).toContainEqual({ kind: 'metric', step: null, name: 'select/diverged_candidates', value: 1 });
  });

  it('writes the chosen values into the finetuning and leaves the rest, and the given object, alone', () => {
    const finetune: FinetuneSpec = {
      objective: { pairwiseWeight: 1, lmWeight: 0, ...terms },
      samples: 8,
      steps: 4,
      pairsPerStep: 4,
      pairsPerMicroBatch: null,
      sharePrompts: null,
      stopping: null,
      trainable: null,
      schedule: { kind: 'cosine', warmup: { steps: 1 } },
      optimizer: {
        kind: 'adamw',
        learningRate: 1e-3,
        beta1: 0.9,
        beta2: 0.95,
        epsilon: 1e-8,
        weightDecay: 0,
        clipNorm: null,
        momentStorage: null,
        ema: null,
      },
    };
    const before = structuredClone(finetune);
    const after = withChoice(finetune, { 'finetune.optimizer.learningRate': 3e-3, 'finetune.objective.lmWeight': 1 }, [
      'finetune.optimizer.learningRate',
      'finetune.objective.lmWeight',
    ]);
    expect(after).toEqual({
      ...finetune,
      optimizer: { ...finetune.optimizer, learningRate: 3e-3 },
      objective: { ...finetune.objective, lmWeight: 1 },
    });
    expect(finetune).toEqual(before);
    expect(() =>
      withChoice(finetune, { 'finetune.optimizer.learningrate': 1 }, ['finetune.optimizer.learningrate']),
    ).toThrow('finetune.optimizer.learningrate is no field of finetune');
  });
});

describe('probes', () => {
  it('pass for equal rewards and fail the stage for a head that was lost on the way', () => {
    const rewards = [Float32Array.of(0.1, -0.2), Float32Array.of(0.3, 0.4)];
    writeProbes(folder, rewards, 'cpu');
    expect(readFileSync(path.join(folder, 'probes.json'), 'utf8')).toContain('rewards');
    checkProbes(folder, rewards, 'cpu');
    expect(() => checkProbes(folder, [Float32Array.of(0.1, -0.2), Float32Array.of(0.3, 0.41)], 'cpu')).toThrow(
      /does not score as the trained one did: probe 3/,
    );
  });

  it('must be equal to the last bit on the CPU, and to rounding where another device took part', () => {
    const rewards = [Float32Array.of(0.5, -2)];
    const rounded = [Float32Array.of(0.500001, -2.00001)];
    for (const [savedOn, loadedOn] of [
      ['webgpu', 'cpu'],
      ['cpu', 'webgpu'],
      ['cuda', 'cuda'],
    ] as const) {
      writeProbes(folder, rewards, savedOn);
      checkProbes(folder, rounded, loadedOn);
      expect(() => checkProbes(folder, [Float32Array.of(0.5, -2.01)], loadedOn), `${savedOn}, ${loadedOn}`).toThrow(
        'probe 1',
      );
      expect(() => checkProbes(folder, [Float32Array.of(NaN, -2)], loadedOn)).toThrow('probe 0');
    }
    writeProbes(folder, rewards, 'cpu');
    expect(() => checkProbes(folder, rounded, 'cpu')).toThrow('probe 0');
  });
});
