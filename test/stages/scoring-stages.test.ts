/** What the stages that score read: the split they are told to, and the head they say. Real files, a real model. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeEncodedPairs, writeEncodedQuestions, writePairs, writeQuestions } from '../../harness/data/index.ts';
import type { EncodedPair } from '../../harness/data/preference-pair.ts';
import { onnxruntimeCpu } from '../../harness/engine/index.ts';
import { readItems, type Item } from '../../harness/eval/index.ts';
import { initParameters, saveModelFolder, scoreName, type Parameters } from '../../harness/model/index.ts';
import { scoreResponses } from '../../harness/score/index.ts';
import { baseline } from '../../harness/stages/baseline.ts';
import { nativeCompute } from '../../harness/stages/native-compute.ts';
import { evaluate } from '../../harness/stages/evaluate.ts';
import { probeQuestions, writeProbes } from '../../harness/stages/probes.ts';
import type { StageContext, StageEnd } from '../../harness/stages/index.ts';
import type { JournalEvent } from '../../harness/store/journal-event.ts';
import { SessionCache } from '../../harness/train/index.ts';
import { toyModel as model, toySpec as spec, vocabSize } from './toy-model.ts';

const root = mkdtempSync(path.join(tmpdir(), 'harness-scoring-stages-'));
const taskFolder = path.join(root, 'task');
const modelFolder = path.join(root, 'model');
/** Seed of the trial: of its untrained head. What was trained starts from another one. */
const seed = 5;
const trained = initParameters(model, 3);
const sessions = new SessionCache(onnxruntimeCpu(), { threads: 1 });

const tokens = (length: number, from: number): Int32Array =>
  Int32Array.from({ length }, (_, index) => (from + 7 * index) % vocabSize);
const splitOf = { train: 0, dev: 8, test: 32 } as const;
const pairsOf = (split: keyof typeof splitOf): readonly EncodedPair[] =>
  Array.from({ length: 6 }, (_, index) => {
    const from = splitOf[split] + index;
    return {
      id: `${split}-${index}`,
      prompt: tokens(5, from),
      chosen: tokens(4, 10 + from),
      rejected: tokens(6, 3 + from),
    };
  });

beforeAll(async () => {
  mkdirSync(taskFolder);
  mkdirSync(modelFolder);
  for (const split of ['train', 'dev', 'test'] as const) {
    writeEncodedPairs(path.join(taskFolder, `${split}.arrow`), pairsOf(split));
    const texts = pairsOf(split).map(({ id }, index) => ({
      id,
      group: `${split}-group-${index >> 1}`,
      ...(split === 'test' && { subset: 'alpacaeval-easy' }),
      prompt: 'p',
      chosen: 'c',
      rejected: 'r',
      // The last two pairs are of one origin each.
      source: index < 4 ? 'a/one vs b/two' : 'a/one vs a/two',
      edits: [],
    }));
    writePairs(path.join(taskFolder, `${split}.jsonl`), texts);
  }
  const candidates = [tokens(3, 40), tokens(4, 41), tokens(5, 42)];
  writeEncodedQuestions(path.join(taskFolder, 'pool.arrow'), [{ id: 'q', prompt: tokens(4, 50), candidates }]);
  writeQuestions(path.join(taskFolder, 'pool.jsonl'), [
    {
      id: 'q',
      group: 'q',
      prompt: 'p',
      subset: 'hard',
      candidates: [true, false, null].map((isCorrect, c) => ({
        text: `t${c}`,
        answer: `${c}`,
        isCorrect,
        source: `m/${c}`,
      })),
    },
  ]);
  await saveModelFolder(modelFolder, { model, parameters: trained });
  writeProbes(
    modelFolder,
    await scoreResponses({ model, parameters: trained, sessions }, probeQuestions(taskFolder)),
    'cpu',
  );
}, 60_000);

afterAll(async () => {
  await sessions.release();
  rmSync(root, { recursive: true, force: true });
});

interface Ran {
  readonly items: readonly Item[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly end: StageEnd;
}

async function run(kind: typeof evaluate | typeof baseline, config: object, inputFolders: object): Promise<Ran> {
  const folder = mkdtempSync(path.join(root, `${kind.kind}-`));
  const metrics: Record<string, number> = {};
  const context = {
    stage: { config },
    folder,
    inputFolders,
    execution: { device: 'cpu' },
    compute: async () => nativeCompute(sessions, 'cpu'),
    emit: (event: JournalEvent) => {
      if (event.kind === 'metric') metrics[event.name] = event.value;
    },
  };
  const end = await kind.run(context as unknown as StageContext<never>);
  return { items: readItems(path.join(folder, 'items.arrow')), metrics, end };
}

const rewardsOf = (items: readonly Item[]): readonly number[] =>
  items.filter(({ set }) => set === 'pairs').map(({ reward }) => reward);

async function rewardsUnder(parameters: Parameters, split: 'dev' | 'test'): Promise<readonly number[]> {
  const questions = pairsOf(split).map(({ prompt, chosen, rejected }) => ({ prompt, responses: [chosen, rejected] }));
  const rows = await scoreResponses({ model, parameters, sessions }, questions);
  return rows.flatMap((row) => [...row]);
}

describe('evaluate', () => {
  const on = (split: 'dev' | 'test'): Promise<Ran> =>
    run(evaluate, { evaluate: { bestOf: [1, 2] }, split }, { task: taskFolder, model: modelFolder });

  it.each(['dev', 'test'] as const)('scores the pairs of %s and of no other split', async (split) => {
    const { items, metrics } = await on(split);
    const pairs = items.filter(({ set }) => set === 'pairs');
    expect([...new Set(pairs.map(({ itemId }) => itemId))]).toEqual(pairsOf(split).map(({ id }) => id));
    expect(rewardsOf(items)).toEqual(await rewardsUnder(trained, split));
    expect(metrics['eval/pairs']).toBe(6);
  });

  it('scores the pool with test only: a choice on dev must not see it', async () => {
    const [dev, test] = [await on('dev'), await on('test')];
    expect(dev.items.filter(({ set }) => set === 'pool')).toEqual([]);
    expect(dev.metrics).not.toHaveProperty('eval/best_of_2');
    expect(test.metrics).toHaveProperty('eval/best_of_2');
    expect(test.items.filter(({ set }) => set === 'pool').map(({ isCorrect }) => isCorrect)).toEqual([
      true,
      false,
      null,
    ]);
  });

  it('leaves its items and its metrics', async () => {
    expect((await on('dev')).end).toEqual({
      outcome: { kind: 'completed' },
      outputs: ['items.arrow', 'metrics.json'],
    });
  });

  it('tells apart the pairs whose responses come from one origin', async () => {
    const { metrics, items } = await on('test');
    const [own, other] = ['test-4', 'test-5'].map((id) =>
      items.filter(({ itemId }) => itemId === id).map(({ reward }) => reward),
    ) as [number[], number[]];
    const right = [own, other].filter(([chosen, rejected]) => (chosen as number) > (rejected as number)).length;
    expect(metrics).toMatchObject({ 'eval/within_source_pairs': 2, 'eval/within_source_pairwise_accuracy': right / 2 });
  });

  it("reads the task's own scoring on test only", async () => {
    const file = path.join(taskFolder, 'scoring.json');
    writeFileSync(file, JSON.stringify({ name: 'rewardbench', settings: {} }));
    try {
      const [dev, test] = [await on('dev'), await on('test')];
      const ofScoring = ({ metrics }: Ran): readonly string[] =>
        Object.keys(metrics).filter((name) => name.includes('rewardbench'));
      expect(ofScoring(dev)).toEqual([]);
      expect(ofScoring(test)).not.toEqual([]);
    } finally {
      rmSync(file);
    }
  });

  it('says of every item its group, who wrote it and its section', async () => {
    const { items } = await on('test');
    expect(items.slice(0, 4).map(({ group, source }) => [group, source])).toEqual([
      ['test-group-0', 'a/one'],
      ['test-group-0', 'b/two'],
      ['test-group-0', 'a/one'],
      ['test-group-0', 'b/two'],
    ]);
    expect(items.at(-1)).toMatchObject({ set: 'pool', group: 'q', source: 'm/2', subset: 'hard', answer: '2' });
  });
});

describe('baseline', () => {
  const config = { model: spec, vocabSize, evaluate: { bestOf: [1, 2] }, seed, start: null };
  const on = (zeroShot: boolean): Promise<Ran> =>
    run(baseline, { ...config, zeroShot }, { task: taskFolder, backbone: modelFolder });

  it('scores under a head that nothing was trained with, on the backbone as it is', async () => {
    const { items } = await on(false);
    const untrained = { ...trained, [scoreName]: initParameters(model, seed)[scoreName] as Float32Array };
    expect(rewardsOf(items)).toEqual(await rewardsUnder(untrained, 'test'));
    expect(rewardsOf(items)).not.toEqual(await rewardsUnder(trained, 'test'));
  });

  it("measures the backbone's own head where it was preference-pretrained, and only there", async () => {
    const accuracy = (rewards: readonly number[]): number =>
      [0, 1, 2, 3, 4, 5].filter((p) => (rewards[2 * p] as number) > (rewards[2 * p + 1] as number)).length / 6;
    const untrained = { ...trained, [scoreName]: initParameters(model, seed)[scoreName] as Float32Array };
    const { metrics } = await on(true);
    const [own, fresh] = [await rewardsUnder(trained, 'test'), await rewardsUnder(untrained, 'test')].map(accuracy);
    expect(metrics).toMatchObject({
      'baseline/zero_shot_pairwise_accuracy': own,
      'baseline/untrained_head_pairwise_accuracy': fresh,
    });
    expect(own).not.toBe(fresh);
    expect((await on(false)).metrics).not.toHaveProperty('baseline/zero_shot_pairwise_accuracy');
  });
});
