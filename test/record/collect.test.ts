import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeEach, describe, expect, it } from 'vitest';
import { collect, readModelSizes, readTrialResults, withDatabase, type Row } from '../../harness/record/index.ts';
import { databaseFile } from '../../harness/store/index.ts';
import { stageId, temporaryResults, writeExperiment, writeSampleResults, writeStage } from './results-fixture.ts';

const tables = [
  'experiments',
  'planned_stages',
  'stages',
  'runs',
  'trials',
  'trial_stages',
  'metrics',
  'choices',
  'items',
  'clock_metrics',
  'collected',
  'schema_version',
  'results',
  'trial_results',
  'trial_choices',
  'pair_outcomes',
];

let results = '';
beforeEach(() => {
  results = temporaryResults();
});

const rowsOf = (sql: string): Promise<readonly Row[]> =>
  withDatabase(results, async (database) => (await database.query(sql)).rows);

async function wholeContent(): Promise<Record<string, readonly Row[]>> {
  const content: Record<string, readonly Row[]> = {};
  for (const table of tables) content[table] = await rowsOf(`SELECT * FROM ${table} ORDER BY ALL`);
  return content;
}

function changeJson(file: string, changes: object): void {
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...changes }));
}

const outcomeOf = async (trial: string): Promise<Row | undefined> =>
  (await rowsOf(`SELECT outcome, cause FROM trials WHERE trial_id = '${trial}'`))[0];

describe('collect', () => {
  it('records stages, runs, metrics, items and what became of each trial', async () => {
    writeSampleResults(results);
    expect(await collect(results)).toMatchObject({ read: 13, problems: [] });
    const counts = await rowsOf(
      `SELECT (SELECT count(*) FROM stages) AS stages, (SELECT count(*) FROM runs) AS runs, ` +
        `(SELECT count(*) FROM items) AS items, (SELECT count(*) FROM metrics) AS metrics`,
    );
    // 4 shared stages + 4 x (finetune, evaluate); 4 trials x 3 pairs x 2 responses; 2 steps + 2 finals of decay, 1 of
    // baseline, 4 + 4 of the trials.
    expect(counts).toEqual([{ stages: 12, runs: 12, items: 24, metrics: 13 }]);
    expect(
      await rowsOf(
        `SELECT started_at, ended_at, duration_ms, outcome, machine, "commit", ` +
          `dirty FROM runs WHERE stage_id = '${stageId('decay', 3)}'`,
      ),
    ).toEqual([
      {
        started_at: '2026-01-02T03:04:05.000Z',
        ended_at: '2026-01-02T03:04:07.500Z',
        duration_ms: 2500,
        outcome: 'completed',
        machine: 'box, cpu, linux',
        commit: 'abc123',
        dirty: false,
      },
    ]);
    expect(await outcomeOf('0000000000a0')).toEqual({ outcome: 'completed', cause: null });
  });

  it('leaves the clock and the path out of `results`, and holds one row a trial and metric', async () => {
    writeSampleResults(results);
    await collect(results);
    expect(await rowsOf(`SELECT metric FROM results WHERE metric LIKE '%per_second%'`)).toEqual([]);
    expect(JSON.stringify(await rowsOf('SELECT * FROM results'))).not.toContain(results);
    expect(await rowsOf('SELECT trial_id FROM results GROUP BY trial_id, metric HAVING count(*) > 1')).toEqual([]);
  });

  it('leaves out the metrics that depend on a clock, and no others', async () => {
    const evaluate = writeStage(results, {
      kind: 'evaluate',
      number: 1,
      finals: { 'eval/seconds_named_right': 0.5, 'train/tokens_per_second': 9 },
    });
    writeExperiment(results, 'clocks', [{ id: '0000000000c0', seed: 0, arm: 'none', stages: [evaluate] }]);
    await collect(results);
    expect(await rowsOf('SELECT metric FROM results')).toEqual([{ metric: 'eval/seconds_named_right' }]);
    expect(await rowsOf('SELECT name FROM metrics ORDER BY name')).toEqual([
      { name: 'eval/seconds_named_right' },
      { name: 'train/tokens_per_second' },
    ]);
  });

  it('gives the same tables step by step and from nothing', async () => {
    writeExperiment(results, 'tiny', [{ id: '0000000000a0', seed: 0, arm: 'none', stages: [stageId('evaluate', 32)] }]);
    await collect(results);
    writeStage(results, {
      kind: 'finetune',
      number: 16,
      outcome: { kind: 'failed', errorClass: 'infrastructure', message: 'killed', detail: null },
    });
    await collect(results);
    writeSampleResults(results);
    rmSync(join(results, 'store', stageId('finetune', 16), 'failed.json'));
    await collect(results);
    writeStage(results, { kind: 'task', number: 99 });
    writeExperiment(results, 'gone', [{ id: '0000000000b0', seed: 0, arm: 'none', stages: [stageId('task', 99)] }]);
    await collect(results);
    rmSync(join(results, 'experiments', 'gone'), { recursive: true });
    rmSync(join(results, 'store', stageId('evaluate', 33)), { recursive: true });
    expect(await collect(results)).toMatchObject({ removed: 2, isRebuilt: false });
    const stepwise = await wholeContent();
    expect(await collect(results, { rebuild: true })).toMatchObject({ isRebuilt: true });
    expect(await wholeContent()).toEqual(stepwise);
    expect(stepwise['trials']).toHaveLength(4);
  });

  it('reads nothing again when nothing changed, and keeps the rows of what was only touched', async () => {
    writeSampleResults(results);
    await collect(results);
    const before = readFileSync(databaseFile(results));
    expect(await collect(results)).toMatchObject({ read: 0, unchanged: 13 });
    expect(readFileSync(databaseFile(results)).equals(before)).toBe(true);
    utimesSync(join(results, 'store', stageId('decay', 3), 'done.json'), 1, 1);
    expect(await collect(results)).toMatchObject({ read: 1 });
    expect(await collect(results)).toMatchObject({ read: 0 });
    expect(await rowsOf(`SELECT count(*) AS n FROM metrics WHERE stage_id = '${stageId('decay', 3)}'`)).toEqual([
      { n: 4 },
    ]);
  });

  it('counts final values from the last attempt of a completed stage only', async () => {
    writeSampleResults(results);
    const journal = join(results, 'store', stageId('evaluate', 32), 'journal.jsonl');
    const firstAttempt = readFileSync(journal, 'utf8')
      .replace('"value":0.5', '"value":0.123')
      .replace('"completed"', '"interrupted"');
    writeFileSync(journal, firstAttempt + readFileSync(journal, 'utf8').replace('"attempt":1', '"attempt":2'));
    await collect(results);
    expect(
      await rowsOf(`SELECT value FROM results WHERE trial_id = '0000000000a0' AND metric = 'eval/pairwise_accuracy'`),
    ).toEqual([{ value: 0.5 }]);
    expect(
      await rowsOf(`SELECT attempt, outcome FROM runs WHERE stage_id = '${stageId('evaluate', 32)}' ORDER BY attempt`),
    ).toEqual([
      { attempt: 1, outcome: 'interrupted' },
      { attempt: 2, outcome: 'completed' },
    ]);
  });

  it('says which stage stands in the way of a trial', async () => {
    const failure = { kind: 'failed', errorClass: 'bug', message: 'no such tensor', detail: null } as const;
    writeSampleResults(results);
    const clear = (number: number): void =>
      rmSync(join(results, 'store', stageId('evaluate', number)), { recursive: true });
    for (const number of [32, 33, 34, 35]) clear(number);
    writeStage(results, {
      kind: 'finetune',
      number: 16,
      outcome: { kind: 'diverged', step: 9, reason: 'the loss is NaN' },
    });
    rmSync(join(results, 'store', stageId('finetune', 17), 'done.json'));
    writeStage(results, { kind: 'finetune', number: 17, outcome: failure });
    await collect(results);
    expect(await outcomeOf('0000000000a0')).toEqual({
      outcome: 'diverged',
      cause: `${stageId('finetune', 16)} diverged: step 9: the loss is NaN`,
    });
    expect(await outcomeOf('0000000000a1')).toEqual({
      outcome: 'failed',
      cause: `${stageId('finetune', 17)} failed (bug): no such tensor`,
    });
    expect(await outcomeOf('0000000000a2')).toEqual({ outcome: 'pending', cause: '4 of 5 stages done' });
    rmSync(join(results, 'store', stageId('decay', 3), 'done.json'));
    writeStage(results, { kind: 'decay', number: 3, outcome: failure });
    await collect(results);
    expect(await outcomeOf('0000000000a2')).toEqual({
      outcome: 'blocked',
      cause: `${stageId('decay', 3)} failed (bug): no such tensor`,
    });
  });

  it('keeps a failed or unfinished trial as a row without metrics it never measured', async () => {
    writeSampleResults(results);
    rmSync(join(results, 'store', stageId('evaluate', 34)), { recursive: true });
    await collect(results);
    const { trials } = await withDatabase(results, (database) => readTrialResults(database, 'tiny'));
    expect(trials.map((trial) => [trial.trialId, trial.outcome])).toEqual([
      ['0000000000a0', 'completed'],
      ['0000000000a1', 'completed'],
      ['0000000000a2', 'pending'],
      ['0000000000a3', 'completed'],
    ]);
    expect(trials[2]?.metrics).toEqual({
      'baseline/longest': 0.52,
      'pretrain/pairwise_accuracy': 0.61,
      'train/pairwise_loss': 0.4,
    });
    expect(trials[3]?.metrics['eval/pairwise_accuracy']).toBe(0.9);
    expect(trials[3]?.declared).toEqual({ size: 's' });
  });
});

describe('sizes of models', () => {
  const sizes = () => withDatabase(results, (database) => readModelSizes(database, 'tiny'));

  it('are parameters without embeddings, as the plan counted them', async () => {
    writeSampleResults(results);
    await collect(results);
    expect(await sizes()).toEqual({ tiny: 800 });
  });

  it('are none for a name that stands for several', async () => {
    writeSampleResults(results);
    const file = join(results, 'experiments', 'tiny', 'plan.json');
    const { stages } = JSON.parse(readFileSync(file, 'utf8')) as { stages: { id: string; cost: object }[] };
    const larger = ({ id, cost }: { id: string; cost: object }) =>
      id === stageId('evaluate', 34) ? { id, cost: { ...cost, paramsNonEmbedding: 900 } } : { id, cost };
    changeJson(file, { stages: stages.map((stage) => ({ ...stage, ...larger(stage) })) });
    await collect(results);
    expect(await sizes()).toEqual({});
  });
});

describe('damage', () => {
  it('reports a torn last journal line and records the rest', async () => {
    writeSampleResults(results);
    appendFileSync(join(results, 'store', stageId('task', 2), 'journal.jsonl'), '{"kind":"metr');
    const { problems } = await collect(results);
    expect(problems).toEqual([
      {
        path: `store/${stageId('task', 2)}`,
        message: expect.stringContaining('journal.jsonl:4: the last line is torn') as string,
      },
    ]);
    expect(await rowsOf(`SELECT outcome FROM stages WHERE stage_id = '${stageId('task', 2)}'`)).toEqual([
      { outcome: 'completed' },
    ]);
    expect((await collect(results)).problems).toHaveLength(1);
  });

  it.each([
    [
      'a journal with a bad line',
      (folder: string) => writeFileSync(join(folder, 'journal.jsonl'), 'x\n'),
      'journal.jsonl:1: not a line of JSON',
    ],
    [
      'an empty done.json',
      (folder: string) => writeFileSync(join(folder, 'done.json'), ''),
      'done.json is not JSON (it is empty)',
    ],
    [
      'items that are not the committed ones',
      (folder: string) => appendFileSync(join(folder, 'items.arrow'), 'x'),
      'items.arrow has ',
    ],
    ['items that are gone', (folder: string) => rmSync(join(folder, 'items.arrow')), 'items.arrow'],
    [
      'a stage.json of a format that is not known yet',
      (folder: string) => changeJson(join(folder, 'stage.json'), { stageVersion: 99 }),
      'stage.json: stage format 99 is newer than this harness, which reads 1',
    ],
    [
      'another stage in its stage.json',
      (folder: string) => changeJson(join(folder, 'stage.json'), { id: 'x' }),
      'stage.json: says id "x"',
    ],
  ])('lets no trial pass as complete on %s, and collects all others', async (_, damage, complaint) => {
    writeSampleResults(results);
    await collect(results);
    damage(join(results, 'store', stageId('evaluate', 32)));
    const { problems } = await collect(results);
    expect(problems.map((problem) => problem.path)).toEqual([`store/${stageId('evaluate', 32)}`]);
    expect(problems[0]?.message).toContain(complaint);
    expect(await outcomeOf('0000000000a0')).toMatchObject({ outcome: 'failed' });
    expect(
      await rowsOf(`SELECT DISTINCT trial_id FROM results WHERE metric = 'eval/pairwise_accuracy' ORDER BY 1`),
    ).toHaveLength(3);
  });

  it('reports an experiment file that cannot be read, and keeps the stages', async () => {
    writeSampleResults(results);
    writeFileSync(join(results, 'experiments', 'tiny', 'plan.json'), '{"experiment":"tiny","trials":[{"id":"a"}]}');
    const { problems } = await collect(results);
    expect(problems).toEqual([
      { path: 'experiments/tiny', message: expect.stringContaining('trials[0].seed is missing') as string },
    ]);
    expect(await rowsOf('SELECT count(*) AS n FROM stages')).toEqual([{ n: 12 }]);
  });

  it('builds a database that is not one, or of another version, from the files', async () => {
    writeSampleResults(results);
    writeFileSync(databaseFile(results), 'not a database');
    expect(await collect(results)).toMatchObject({ isRebuilt: true, read: 13 });
    expect(await rowsOf('SELECT count(*) AS n FROM trials')).toEqual([{ n: 4 }]);
  });

  it('builds a database again that was made by other SQL', async () => {
    writeSampleResults(results);
    await collect(results);
    const instance = await DuckDBInstance.create(databaseFile(results));
    const connection = await instance.connect();
    await connection.run(`UPDATE schema_version SET sha256 = 'of an older harness'`);
    connection.closeSync();
    instance.closeSync();
    await expect(rowsOf('SELECT 1')).rejects.toMatchObject({ exitCode: 4 });
    expect(await collect(results)).toMatchObject({ isRebuilt: true, read: 13 });
    expect(await rowsOf('SELECT count(*) AS n FROM trials')).toEqual([{ n: 4 }]);
  });

  it('ignores folders that are still being set up, and leaves no copy behind', async () => {
    writeSampleResults(results);
    mkdirSync(join(results, 'store', stageId('finetune', 77)));
    writeFileSync(join(results, 'store', stageId('finetune', 77), 'lease.json'), '{}');
    expect(await collect(results)).toMatchObject({ read: 13, problems: [] });
    expect(readdirSync(results).sort()).toEqual([
      '.checked',
      'experiments',
      'harness.duckdb',
      'harness.duckdb.sha256',
      'store',
    ]);
  });

  it('refuses a results folder that is not there', async () => {
    await expect(collect(join(results, 'nowhere'))).rejects.toMatchObject({ exitCode: 5 });
    expect(existsSync(join(results, 'nowhere'))).toBe(false);
  });
});
