/** The stage `ranker` on the files of a task. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  fitCopyRanker,
  generateTask,
  noveltyOf,
  rankerResults,
  writePairs,
  type TaskData,
} from '../../harness/data/index.ts';
import { ranker } from '../../harness/stages/ranker.ts';
import { drawTexts } from '../../harness/stages/sample.ts';
import type { RankerConfig, StageContext } from '../../harness/stages/index.ts';
import type { JournalEvent } from '../../harness/store/journal-event.ts';

const root = mkdtempSync(path.join(tmpdir(), 'harness-ranker-'));
afterAll(() => rmSync(root, { recursive: true }));

const data = generateTask({
  name: 'ranked',
  family: 'word-problem',
  difficulty: 1,
  trainPairs: 256,
  devPairs: 2,
  testPairs: 100,
  testQuestions: 10,
  candidates: 3,
  seed: 0,
});

/** The files that a task stage leaves, as far as rankers read them. */
function taskFolder(name: string, { train, test, pool }: Pick<TaskData, 'train' | 'test' | 'pool'>): string {
  const folder = path.join(root, name);
  mkdirSync(folder);
  writePairs(path.join(folder, 'train.jsonl'), train);
  writePairs(path.join(folder, 'test.jsonl'), test);
  writeFileSync(path.join(folder, 'rankers.json'), JSON.stringify(rankerResults(test)));
  writeFileSync(path.join(folder, 'novelty.json'), JSON.stringify(noveltyOf({ train, test, pool })));
  return folder;
}

async function metricsOf(task: string, config: RankerConfig): Promise<ReadonlyMap<string, number>> {
  const events: JournalEvent[] = [];
  const folder = mkdtempSync(path.join(root, 'stage-'));
  const context = {
    stage: { config },
    folder,
    inputFolders: { task },
    emit: (event: JournalEvent) => events.push(event),
  };
  const { outcome, outputs } = await ranker.run(context as unknown as StageContext<RankerConfig>);
  expect(outcome).toEqual({ kind: 'completed' });
  for (const file of outputs) JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  return new Map(events.flatMap((event) => (event.kind === 'metric' ? [[event.name, event.value]] : [])));
}

describe('the stage ranker', () => {
  const task = taskFolder('task', data);

  it('fits on the sample of the trial: its size and its seed', async () => {
    for (const choice of [
      { samples: 32, seed: 1 },
      { samples: 32, seed: 2 },
      { samples: 64, seed: 2 },
    ]) {
      const { sample } = drawTexts(task, choice);
      const expected = fitCopyRanker(sample, { seed: choice.seed }).accuracy(data.test);
      const metrics = await metricsOf(task, choice);
      expect(metrics.get('ranker/linear_pairwise_accuracy')).toBe(expected);
      expect([metrics.get('sample/pairs'), metrics.get('sample/shared_between_seeds')]).toEqual([
        choice.samples,
        choice.samples / 256,
      ]);
    }
  });

  it('never sees a test pair while it learns: with the train split exchanged the accuracy is another', async () => {
    const leaking = taskFolder('leaking', { ...data, train: data.test });
    const [own, leaked] = await Promise.all(
      [task, leaking].map((folder) => metricsOf(folder, { samples: 100, seed: 1 })),
    );
    expect(own?.get('ranker/linear_pairwise_accuracy')).toBeLessThan(
      leaked?.get('ranker/linear_pairwise_accuracy') ?? 0,
    );
  });

  it('hands on the best rule of each kind with its interval, and the longest common subsequence', async () => {
    const metrics = await metricsOf(task, { samples: 32, seed: 1 });
    const results = rankerResults(data.test);
    const lcs = results.find(({ name }) => name === 'longest common subsequence');
    const key = 'ranker/prompt_order/longest_common_subsequence';
    expect([key, `${key}_low`, `${key}_high`].map((name) => metrics.get(name))).toEqual([
      lcs?.accuracy,
      lcs?.low,
      lcs?.high,
    ]);
    for (const reads of ['response', 'prompt_words', 'prompt_order']) {
      const rules = [...metrics].filter(([name]) => name.startsWith(`ranker/${reads}/`) && !/_(low|high)$/.test(name));
      const best = results.filter((one) => one.reads === reads.replace('_', ' ')).map(({ accuracy }) => accuracy);
      expect(Math.max(...rules.map(([, value]) => value))).toBe(Math.max(...best));
    }
  });

  it('says how many test prompts are renamings, and nothing of what there is not', async () => {
    const metrics = await metricsOf(task, { samples: 32, seed: 1 });
    expect(metrics.get('novelty/renamed_test_share')).toBe(1);
    expect(metrics.get('novelty/train_forms')).toBe(7);
    const empty = await metricsOf(taskFolder('empty', { ...data, test: [], pool: [] }), { samples: 32, seed: 1 });
    expect([...empty.keys()].filter((name) => /^ranker|renamed/.test(name))).toEqual([]);
    expect(empty.get('sample/pairs')).toBe(32);
  });
});
