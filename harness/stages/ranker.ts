/**
 * What a ranker without understanding reaches on the test pairs: a linear one that is fitted on the very pairs the
 * trial is finetuned on, and the rules that need no training. A leaf of the trial: nothing waits for it, and it waits
 * for no model.
 */
import path from 'node:path';
import { fitCopyRanker, lastingRankers, rankerKey, readPairs, type Novelty, type RankerResult } from '../data/index.ts';
import { linearRankerMetric } from '../kinds/metrics.ts';
import type { RankerConfig } from './configs.ts';
import { drawTexts } from './sample.ts';
import { emitMetrics, inputFolder, readJson, writeJson } from './stage-files.ts';
import type { StageContext, StageEnd, StageKind } from './stage-kind.ts';
import { noveltyFile, rankersFile } from './task.ts';
import { plainWork } from './work-context.ts';

export const ranker: StageKind<RankerConfig> = {
  kind: 'ranker',
  version: 1,
  toleratesDiverged: false,
  fixedSeconds: 0.5,
  work: async (stage) => plainWork('ranker', { pairsMade: stage.config.samples }),
  run: rankTestPairs,
};

const outputFile = 'ranker.json';

async function rankTestPairs({ stage, folder, inputFolders, emit }: StageContext<RankerConfig>): Promise<StageEnd> {
  const taskFolder = inputFolder(inputFolders, 'task');
  const { train, sample } = drawTexts(taskFolder, stage.config);
  const test = readPairs(path.join(taskFolder, 'test.jsonl'));
  const rules = lastingRankers(readJson<readonly RankerResult[]>(path.join(taskFolder, rankersFile)));
  const linear = test.length === 0 ? null : fitCopyRanker(sample, { seed: stage.config.seed }).accuracy(test);
  const counts = { trainPairs: train.length, samplePairs: sample.length, testPairs: test.length };
  writeJson(path.join(folder, outputFile), { linear, rules, ...counts });
  const metrics = [
    ...valueOf(linearRankerMetric, linear),
    ...rules.flatMap(ruleMetrics),
    ...noveltyMetrics(readJson<Novelty>(path.join(taskFolder, noveltyFile))),
    ...sampleMetrics(sample.length, train.length),
  ];
  emitMetrics(emit, metrics);
  return { outcome: { kind: 'completed' }, outputs: [outputFile] };
}

function ruleMetrics(rule: RankerResult): readonly NamedValue[] {
  const name = `ranker/${rankerKey(rule)}`;
  return [{ name, value: rule.accuracy }, ...valueOf(`${name}_low`, rule.low), ...valueOf(`${name}_high`, rule.high)];
}

function noveltyMetrics({ trainForms, testForms, renamedTest, renamedPool }: Novelty): readonly NamedValue[] {
  return [
    { name: 'novelty/train_forms', value: trainForms },
    { name: 'novelty/test_forms', value: testForms },
    ...valueOf('novelty/renamed_test_share', renamedTest),
    ...valueOf('novelty/renamed_pool_share', renamedPool),
  ];
}

function sampleMetrics(sample: number, train: number): readonly NamedValue[] {
  return [
    { name: 'sample/pairs', value: sample },
    { name: 'sample/train_pairs', value: train },
    // Expected, of two samples that are drawn independently of each other.
    { name: 'sample/shared_between_seeds', value: sample / train },
  ];
}

interface NamedValue {
  readonly name: string;
  readonly value: number;
}

/** Nothing for what could not be measured: it must not pass for 0. */
const valueOf = (name: string, value: number | null): readonly NamedValue[] =>
  value === null ? [] : [{ name, value }];
