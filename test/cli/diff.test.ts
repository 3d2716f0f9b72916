import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../../harness/record/index.ts';
import {
  pairItems,
  stageId,
  temporaryResults,
  writeExperiment,
  writeSampleResults,
  writeStage,
} from '../record/results-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

let results = '';
const diff = (...argv: string[]): ReturnType<typeof captured> => captured(['diff', ...argv, '--results', results]);

/** Eight pairs that B ranks right and A wrong, eight that both rank right. */
const items = (isB: boolean): ReturnType<typeof pairItems> =>
  pairItems(Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`p${n}`, n < 8 && !isB ? -1 : 1])));

function writeChain(number: number, seed: number, isB: boolean): string {
  const task = writeStage(results, { kind: 'task', number: isB ? 41 : 40, config: { task: { name: 't' } } });
  const config = { finetune: { steps: isB ? 9 : 8 }, seed };
  const finetune = writeStage(results, { kind: 'finetune', number, inputs: { task }, config });
  return writeStage(results, {
    kind: 'evaluate',
    number: number + 16,
    config: { split: 'test' },
    inputs: { task, model: finetune },
    finals: { 'eval/pairwise_accuracy': isB ? 1 : 0.5 + seed / 100 },
    items: items(isB),
  });
}

const chains = new Map<string, string>();
beforeAll(async () => {
  results = temporaryResults();
  writeSampleResults(results);
  for (const [experiment, isB] of [
    ['a', false],
    ['b', true],
  ] as const) {
    const trials = [0, 1, 2].map((seed) => {
      const evaluate = writeChain(100 + (isB ? 50 : 0) + seed, seed, isB);
      chains.set(`${experiment}${seed}`, evaluate);
      const finetune = stageId('finetune', 100 + (isB ? 50 : 0) + seed);
      const id = `${experiment === 'a' ? 'aaaa' : 'bbbb'}0000000${seed}`;
      return { id, seed, arm: 'none', stages: [finetune, evaluate] };
    });
    writeExperiment(results, experiment, trials);
    const file = path.join(results, 'experiments', experiment, 'plan.json');
    const plan = JSON.parse(readFileSync(file, 'utf8')) as object;
    const specText = `name: ${experiment}\nfinetune: {steps: ${isB ? 9 : 8}}\n`;
    writeFileSync(file, JSON.stringify({ ...plan, specText }));
  }
  const provenance = path.join(results, 'store', stageId('finetune', 150), 'provenance.json');
  const other = { ...(JSON.parse(readFileSync(provenance, 'utf8')) as object), commit: 'def456' };
  writeFileSync(provenance, JSON.stringify(other));
  await collect(results);
});

const chain = (name: string): string => chains.get(name) ?? '';

describe('harness diff', () => {
  it('says of two trials what was asked for differently, wherever it stands behind them', async () => {
    const found = documentOf(await diff('aaaa00000000', 'bbbb00000000', '--json'));
    expect(found).toMatchObject({
      kind: 'trial',
      config: [{ stage: 'model', field: 'finetune.steps', a: 8, b: 9 }],
      environment: [{ field: 'commit', a: ['abc123'], b: ['abc123', 'def456'] }],
      data: [{ stage: 'task', kind: 'task', a: stageId('task', 40), b: stageId('task', 41), different: [] }],
      metrics: [
        { name: 'baseline/longest', a: 0.52, b: 0.52 },
        { name: 'eval/pairwise_accuracy', a: 0.5, b: 1 },
      ],
    });
  });

  it('pairs by item what both scored: 8 of 16 pairs turned right', async () => {
    const { items: both } = documentOf(await diff(chain('a0'), chain('b0'), '--json')) as {
      readonly items: { readonly metrics: readonly { readonly name: string; readonly difference: object }[] };
    };
    const [accuracy] = both.metrics;
    expect(accuracy?.name).toBe('pairwise accuracy');
    // Differences are eight ones and eight zeros: mean .5, s = sqrt(4 / 15), standard error s / 4 = .1290994;
    // t(15) = 2.1314495, so the interval is .5 +- .2751690.
    const { meanDifference, interval, n } = (accuracy?.difference ?? {}) as {
      readonly meanDifference: number;
      readonly n: number;
      readonly interval: { readonly low: number; readonly high: number };
    };
    expect([meanDifference, n]).toEqual([0.5, 16]);
    expect(interval.low).toBeCloseTo(0.224831, 4);
    expect(interval.high).toBeCloseTo(0.775169, 4);
  });

  it('pairs experiments by seed at each point that both have', async () => {
    const found = documentOf(await diff('a', 'b', '--json'));
    expect(found).toMatchObject({
      kind: 'experiment',
      config: [
        { stage: '', field: 'name', a: 'a', b: 'b' },
        { stage: '', field: 'finetune.steps', a: 8, b: 9 },
      ],
      items: null,
    });
    const [over] = found['overSeeds'] as readonly { readonly difference: { readonly meanDifference: number } }[];
    // .5, .49 and .48: mean .49.
    expect(over).toMatchObject({ metric: 'eval/pairwise_accuracy', b: 1, difference: { n: 3 } });
    expect(over?.difference.meanDifference).toBeCloseTo(0.49, 12);
  });

  it('is read by people as well', async () => {
    const trials = await diff('aaaa00000000', 'bbbb00000000');
    for (const words of [
      'A: trial aaaa00000000',
      'model   finetune.steps  8',
      'commit  abc123  abc123, def456',
      'the same',
    ])
      expect(trials.stdout).toContain(words);
    expect(trials.stdout).toMatch(/pairwise accuracy +0\.5000 +1 +\+0\.500 +\+0\.225 to \+0\.775/);
    expect((await diff('a', 'b')).stdout).toContain('metrics, paired by seed');
  });

  it('finds no difference between a thing and itself', async () => {
    const same = documentOf(await diff(chain('a0'), chain('a0'), '--json'));
    expect(same).toMatchObject({ config: [], environment: [], data: [] });
  });

  it('refuses things of two kinds, and what is not there', async () => {
    expect(await diff('a', 'bbbb00000000')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('a is an experiment and bbbb00000000 a trial') as string,
    });
    expect((await diff('nothing', 'a')).exitCode).toBe(2);
    const empty = path.join(results, 'empty');
    mkdirSync(empty);
    expect((await captured(['diff', 'a', 'b', '--results', empty])).exitCode).toBe(5);
  });
});
