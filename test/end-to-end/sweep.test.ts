/**
 * Whole sweeps of real stages on a corpus of made-up functions: the command line, worker processes, files, database and
 * report, without a network.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEncodedPairs, type EncodedPair } from '../../harness/data/index.ts';
import { nestedSample } from '../../harness/stages/sample.ts';
import type { FinetuneConfig, PretrainConfig } from '../../harness/stages/index.ts';
import { batchOrder } from '../../harness/train/index.ts';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { copyOf, fixtureCache } from './fixture-corpus.ts';

const root = path.resolve(import.meta.dirname, '../..');
let cache: string;
let folder: string;
let spec: string;
let first: CapturedRun;

beforeAll(async () => {
  cache = fixtureCache();
  folder = mkdtempSync(path.join(tmpdir(), 'harness-sweep-'));
  spec = copyOf(path.join(import.meta.dirname, 'nano.yaml'), folder);
  first = await harness('results', ['sweep', spec, '--json']);
}, 120_000);

afterAll(() => {
  for (const place of [cache, folder]) rmSync(place, { recursive: true, force: true });
});

const environment = (results: string): Record<string, string> => ({
  HARNESS_CACHE: cache,
  HARNESS_RESULTS: path.join(folder, results),
});
const harness = (results: string, argv: readonly string[]): Promise<CapturedRun> =>
  captured(argv, environment(results));
const rowsOf = async (results: string, query: string): Promise<unknown> =>
  documentOf(await harness(results, ['sql', query, '--json']))['rows'];
const allResults = 'select experiment, trial_id, seed, axes, metric, value from results order by all';

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

interface Description {
  readonly kind: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly config: Pick<PretrainConfig, 'seed' | 'objective' | 'pairsPerStep'> & Pick<FinetuneConfig, 'finetune'>;
}

/** Batches of a stage by step, from order.arrow alone. */
function writtenOrder(stage: string): readonly (readonly number[])[] {
  const table = tableFromIPC(readFileSync(path.join(folder, 'results', 'store', stage, 'order.arrow')));
  const [steps, rows] = ['step', 'pair'].map((name) => [...(table.getChild(name) as Iterable<number>)]);
  const batches: number[][] = [];
  steps?.forEach((step, index) => (batches[step] ??= []).push(rows?.[index] ?? NaN));
  return batches;
}

/** The same from the rule: batches of a seeded order, over rows of the pairs or over a sample of train.arrow. */
function expectedOrder(stage: string): readonly (readonly number[])[] {
  const inStore = (...names: readonly string[]): string => path.join(folder, 'results', 'store', ...names);
  const { kind, inputs, config } = JSON.parse(readFileSync(inStore(stage, 'stage.json'), 'utf8')) as Description;
  const isFinetune = kind === 'finetune';
  const steps = isFinetune ? config.finetune.steps : writtenOrder(stage).length;
  const pairs = isFinetune
    ? readEncodedPairs(inStore(inputs['task'] ?? '', 'train.arrow'))
    : readEncodedPairs(inStore(inputs['pairs'] ?? '', 'pairs-00000.arrow'));
  const taken = isFinetune
    ? nestedSample(twinsOf(pairs), { samples: config.finetune.samples, seed: config.seed })
    : pairs;
  const isLm = !isFinetune && config.objective.kind === 'lm';
  const order = batchOrder({
    seed: config.seed,
    pairsPerStep: isFinetune ? config.finetune.pairsPerStep : config.pairsPerStep,
    lengths: taken.map((pair) => pair.prompt.length + pair.chosen.length + (isLm ? 0 : pair.rejected.length)),
  });
  return Array.from({ length: steps }, (_, step) =>
    order.at(step).map((index) => pairs.indexOf(taken[index] as EncodedPair)),
  );
}

/** Twins of a generated task are neighbours. */
const twinsOf = (pairs: readonly EncodedPair[]): readonly (readonly EncodedPair[])[] =>
  Array.from({ length: pairs.length / 2 }, (_, twin) => pairs.slice(2 * twin, 2 * twin + 2));

describe('a sweep', () => {
  it('ends with exit code 0, every trial complete and a report', async () => {
    expect(first.stderr).not.toContain('failed');
    expect(first.exitCode).toBe(0);
    expect(documentOf(first)).toMatchObject({
      experiment: 'nano',
      counts: { cached: 0, failed: 0, diverged: 0, blocked: 0 },
      trials: { ran: 8 },
    });
    expect(readdirSync(path.join(folder, 'results', 'reports', 'nano'))).toEqual(
      expect.arrayContaining(['index.html', 'results.md', 'results.csv', 'results.tex', 'figures']),
    );
    expect(existsSync(path.join(root, 'reports', 'nano'))).toBe(false); // committed reports are published by hand
  });

  it('ranks the test pairs of every trial without a model, and says how new they are', async () => {
    const query = `select metric, count(*)::INTEGER as trials, min(value) as value from results
      where metric in ('ranker/linear_pairwise_accuracy', 'ranker/prompt_order/longest_common_subsequence',
        'novelty/renamed_test_share', 'sample/pairs', 'sample/train_pairs', 'sample/shared_between_seeds')
      group by metric order by metric`;
    const rows = (await rowsOf('results', query)) as { metric: string; trials: number; value: number }[];
    expect(rows.map(({ metric, trials }) => [metric, trials])).toEqual([
      ['novelty/renamed_test_share', 8],
      ['ranker/linear_pairwise_accuracy', 8],
      ['ranker/prompt_order/longest_common_subsequence', 8],
      ['sample/pairs', 8],
      ['sample/shared_between_seeds', 8],
      ['sample/train_pairs', 8],
    ]);
    const valueOf = new Map(rows.map(({ metric, value }) => [metric, value]));
    // Eight of 32 pairs; lookup has one form only.
    expect([...valueOf].filter(([metric]) => !metric.startsWith('ranker/'))).toEqual([
      ['novelty/renamed_test_share', 1],
      ['sample/pairs', 8],
      ['sample/shared_between_seeds', 0.25],
      ['sample/train_pairs', 32],
    ]);
  });

  it('is a no-op the second time', async () => {
    const again = await harness('results', ['sweep', spec, '--json']);
    expect(again.exitCode).toBe(0);
    const { ran } = documentOf(first)['counts'] as { ran: number };
    expect(documentOf(again)['counts']).toEqual({ ran: 0, cached: ran, failed: 0, diverged: 0, blocked: 0 });
  });

  it.each([
    ['cp -a', ['cp', '-a']],
    ['cp, without its times', ['cp', '-r']],
    ['rsync', ['rsync', '-a']],
  ])('goes on after its folder was moved by %s', async (_, [program = '', ...flags]) => {
    const moved = `moved by ${[program, ...flags].join(' ')}?#`;
    if (!isInstalled(program)) return console.info(`skipped: there is no ${program} here`);
    execFileSync(program, [...flags, `${path.join(folder, 'results')}/.`, path.join(folder, moved)]);
    expect((await harness(moved, ['status'])).stdout).toMatch(/(\d+) of \1 +0$/m);
    const report = await harness(moved, ['report', 'nano', '--json']);
    expect([report.exitCode, report.stderr]).toEqual([0, '']);
    const again = documentOf(await harness(moved, ['sweep', spec, '--json']));
    expect(again).toMatchObject({ counts: { ran: 0, failed: 0, blocked: 0 } });
    expect(await rowsOf(moved, allResults)).toEqual(await rowsOf('results', allResults));
  });

  it('runs only what a new seed adds', async () => {
    const plan = documentOf(await harness('results', ['plan', spec, '-s', 'seeds=[1,2,3]', '--json']));
    const stages = plan['stages'] as { status: string; kind: string }[];
    expect(
      stages
        .filter(({ status }) => status === 'run')
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(
      [
        ...Array.from({ length: 4 }, () => ['baseline', 'evaluate', 'finetune']).flat(),
        ...Array.from({ length: 3 }, () => ['decay', 'pretrain']).flat(),
        'ranker',
      ].toSorted(),
    );
  });

  it('gives a budget that is trained alone the bytes of one that continues a smaller one', async () => {
    // Everything but the trunks is there already.
    cpSync(path.join(folder, 'results'), path.join(folder, 'alone'), { recursive: true });
    for (const name of readdirSync(path.join(folder, 'alone', 'store')))
      if (/^(pretrain|decay)-/.test(name)) rmSync(path.join(folder, 'alone', 'store', name), { recursive: true });
    const larger = ['-s', 'sweep.axes.pretraining=pmp-32', '-s', 'seeds=[1]'];
    const run = await harness('alone', ['sweep', spec, ...larger, '-j', '1', '--json']);
    expect(run.exitCode).toBe(0);
    expect(documentOf(run)['counts']).toMatchObject({ ran: 2, failed: 0 });
    const outputsOf = (results: string, stage: string): unknown =>
      (
        JSON.parse(readFileSync(path.join(folder, results, 'store', stage, 'done.json'), 'utf8')) as {
          outputs: unknown;
        }
      ).outputs;
    const trunks = readdirSync(path.join(folder, 'alone', 'store')).filter((name) => /^(pretrain|decay)-/.test(name));
    expect(trunks).toHaveLength(2);
    for (const stage of trunks) expect(outputsOf('alone', stage)).toEqual(outputsOf('results', stage));
  }, 60_000);

  it('writes the batches of every training stage as rows of the pairs that it reads', () => {
    const trained = readdirSync(path.join(folder, 'results', 'store')).filter((name) =>
      /^(pretrain|decay|finetune)-/.test(name),
    );
    expect(new Set(trained.map((name) => name.split('-')[0])).size).toBe(3);
    for (const stage of trained) expect(writtenOrder(stage), stage).toEqual(expectedOrder(stage));
  });

  it('scores nothing worse than its null baselines say: random is 0.5 and every rate lies in [0, 1]', async () => {
    const rows = (await rowsOf(
      'results',
      "select metric, value from results where metric like '%accuracy%' or metric like '%best_of%' or metric " +
        "like '%\\_at\\_%' escape '\\'",
    )) as { metric: string; value: number }[];
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.filter(({ value }) => value < 0 || value > 1)).toEqual([]);
    expect(
      new Set(rows.filter(({ metric }) => metric === 'baseline/random_pairwise_accuracy').map(({ value }) => value)),
    ).toEqual(new Set([0.5]));
  });
});

describe('damage and loss', () => {
  it('a truncated checkpoint is noticed, named and made again, byte for byte', async () => {
    const store = path.join(folder, 'results', 'store');
    const stage = readdirSync(store).find((name) => name.startsWith('decay-')) as string;
    const file = path.join(store, stage, 'model.safetensors');
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
    truncateSync(file, 100);
    const run = await harness('results', ['sweep', spec, '--json']);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('model.safetensors');
    expect(documentOf(run)['counts']).toMatchObject({ ran: 1, failed: 0 });
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(digest);
  });

  it('a deleted database is built again from the files, with the same rows', async () => {
    const before = await rowsOf('results', allResults);
    rmSync(path.join(folder, 'results', 'harness.duckdb'));
    expect((await harness('results', ['collect'])).exitCode).toBe(0);
    expect(await rowsOf('results', allResults)).toEqual(before);
  });

  it('equal results come from one worker and kill -9 of the whole sweep: what was done counts', async () => {
    const main = path.join(root, 'dist', 'cli', 'main.js');
    if (!existsSync(main)) execFileSync('npm', ['run', 'build'], { cwd: root, stdio: 'ignore' });
    let kills = 0;
    for (const afterMs of [1500, 3000]) {
      const child = spawn(process.execPath, [main, 'sweep', spec, '-j', '1', '--quiet'], {
        env: { ...process.env, ...environment('killed') },
        stdio: 'ignore',
      });
      // A killed process takes a moment to be gone, and until then its lock is that of a live sweep. One that has done
      // all there was left to do is gone already.
      const gone = once(child, 'exit');
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      if (child.kill('SIGKILL')) kills += 1;
      await gone;
    }
    expect(kills).toBeGreaterThanOrEqual(1);
    const run = await harness('killed', ['sweep', spec, '-j', '1', '--json']);
    expect(run.exitCode).toBe(0);
    expect(await rowsOf('killed', allResults)).toEqual(await rowsOf('results', allResults));
  }, 120_000);
});

describe('bad luck', () => {
  it('a learning rate that makes the loss NaN gives diverged trials, exit code 1, and the rest goes on', async () => {
    const text = readFileSync(spec, 'utf8')
      .replace('      scratch:', '      too-hot: {pretrain.optimizer.learningRate: 1e30}\n      scratch:')
      .replace('name: nano', 'name: hot');
    const hot = path.join(folder, 'hot.yaml');
    writeFileSync(hot, text.replace(/^select:[\s\S]*?(?=^sweep:)/m, ''));
    const run = await harness('results', ['sweep', hot, '-j', '1', '--json']);
    expect(run.exitCode).toBe(1);
    expect(documentOf(run)['trials']).toMatchObject({ diverged: 2, ran: 8, failed: 0 });
    expect(
      await rowsOf(
        'results',
        "select distinct outcome, regexp_replace(cause, '^pretrain-[0-9a-f]+ ', " +
          "'') as cause from trials where experiment = 'hot' and outcome <> 'completed'",
      ),
    ).toEqual([{ outcome: 'diverged', cause: 'diverged: step 2: the loss is NaN' }]);
    expect(readFileSync(path.join(folder, 'results', 'reports', 'hot', 'results.md'), 'utf8')).toMatch(/2 diverged/);
  }, 120_000);

  it.each([
    [
      'a corpus that the limits leave empty',
      ['corpus.minCharacters=5000', 'corpus.maxCharacters=6000'],
      /corpus is empty/,
    ],
    [
      'more pretraining pairs than the corpus gives',
      ['pretrain.budget={pairs: 4000}'],
      /asks for 4000 pairs, there are \d+/,
    ],
  ])(
    '%s fails its stage with the reason, exit code 1, and says what to do',
    async (_, settings, message) => {
      const text = readFileSync(spec, 'utf8')
        .replace(/^select:[\s\S]*?(?=^sweep:)/m, '')
        .replace(/^sweep:[\s\S]*?(?=^execution:)/m, '');
      const plain = path.join(folder, 'plain.yaml');
      writeFileSync(plain, text.replace('name: nano', 'name: plain'));
      const set = [...settings, 'seeds=[1]'].flatMap((setting) => ['-s', setting]);
      const run = await harness('results', ['sweep', plain, '-j', '1', '--json', ...set]);
      expect(run.stderr).toMatch(message);
      expect(run.exitCode).toBe(1);
    },
    60_000,
  );
});
