import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../harness/cli/run-cli.ts';
import { stageId, temporaryResults, writeSampleResults, writeStage } from '../record/results-fixture.ts';
import { captured, documentOf } from './captured-run.ts';

const smoke = 'experiments/smoke.yaml';
let results = '';
let empty = '';
beforeAll(async () => {
  results = temporaryResults();
  writeSampleResults(results);
  empty = mkdtempSync(join(tmpdir(), 'harness-cli-'));
  expect((await captured(['collect', results])).exitCode).toBe(0);
});

const inResults = (...argv: readonly string[]): ReturnType<typeof captured> =>
  captured(argv, { HARNESS_RESULTS: results });

describe('usage', () => {
  it('prints help on stdout without arguments, with exit code 0', async () => {
    const run = await captured([]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    for (const name of [
      'validate',
      'plan',
      'sweep',
      'status',
      'logs',
      'retry',
      'report',
      'ls',
      'show',
      'sql',
      'export',
      'collect',
      'data',
      'doctor',
    ])
      expect(run.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it.each([
    [['swep', smoke], 'no command swep; did you mean sweep?'],
    [['ls', 'trails'], 'no command trails; did you mean trials?'],
    [['ls', 'trials', '--seds'], 'no flag --seds; did you mean --seeds?'],
    [['ls', 'stages', '--outcome', 'complete'], 'or damaged; did you mean completed?'],
    [['ls', 'trials', '--exp', 'x'], 'no flag --exp; did you mean --experiment?'],
    [['sweep', smoke, '--device', 'gpu'], 'expected auto, cpu, webgpu, cuda or tfjs\n'],
    [['foo'], 'no command foo\n'],
    [['ls', 'stages', '-x'], 'no flag -x'],
    [['sweep', smoke, '-j', '0'], 'whole number of at least 1'],
    [['plan', smoke, smoke], 'is too much: at most 1 argument expected'],
    [['plan', 'experiments/smok.yaml'], 'no file experiments/smok.yaml; did you mean experiments/smoke.yaml?'],
    [['sweep', 'smoke'], 'no file smoke; did you mean experiments/smoke.yaml?'],
    [['export', '--format', 'xls', '-o', 'x'], '--format xls: expected csv, parquet or json'],
    [['export'], '--output needs a value'],
    [['completion', 'tcsh'], 'expected bash, zsh, fish, not tcsh'],
    [['retry'], 'say what to retry'],
  ])('refuses %j with exit code 2 and a way on', async (argv, complaint) => {
    const run = await captured(argv);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toMatch(/^harness: /);
    expect(run.stderr).toContain(complaint);
  });

  it('tells a bug from an expected failure: exit code 70, the stack only when asked for', async () => {
    const broken = {
      stdout: {
        write: () => {
          throw new TypeError('no stream');
        },
      },
      env: { HARNESS_RESULTS: results },
    };
    let stderr = '';
    const capture = { write: (text: string) => (stderr += text) };
    expect(await runCli(['ls', 'experiments'], { ...broken, stderr: capture })).toBe(70);
    expect(stderr).toContain('this is a bug: no stream');
    expect(stderr).not.toContain('    at ');
    await runCli(['ls', 'experiments'], { ...broken, stderr: capture, env: { ...broken.env, HARNESS_DEBUG: '1' } });
    expect(stderr).toContain('    at ');
  });
});

describe('validate and plan', () => {
  it('accepts the shipped experiments', async () => {
    expect((await captured(['validate', smoke, 'experiments/scale.yaml'])).exitCode).toBe(0);
  });

  it('tells every error with its place and exits with 2', async () => {
    const file = join(empty, 'bad.yaml');
    writeFileSync(
      file,
      readFileSync(smoke, 'utf8').replace('layers: 1', 'layer: 1').replace('vocabSize: 320', 'vocabSize: many'),
    );
    const run = await captured(['validate', file]);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toMatch(/bad\.yaml:\d+:\d+: tokenizer\.vocabSize/);
    expect(run.stderr).toContain('layers');
    const document = documentOf(await captured(['validate', file, '--json']));
    expect(document).toMatchObject({ schemaVersion: 1, valid: false });
    expect((document['errors'] as unknown[]).length).toBeGreaterThanOrEqual(2);
  });

  it('gives the same plan for `plan --json` and `sweep --dry-run --json`, and writes nothing', async () => {
    const folder = join(empty, 'nowhere');
    const plan = await captured(['plan', smoke, '--json', '--results', folder]);
    expect(documentOf(plan)).toMatchObject({
      schemaVersion: 1,
      experiment: 'smoke',
      stages: expect.arrayContaining([expect.objectContaining({ kind: 'corpus', status: 'run' })]) as unknown,
      trials: expect.any(Array) as unknown,
    });
    expect(documentOf(plan)).toMatchObject({
      expected: { seconds: expect.any(Number) as unknown, workers: 2, basis: { default: 98 } },
      memory: { fits: true },
    });
    // What memory there is changes from one moment to the next.
    const settled = (run: typeof plan): typeof plan => ({
      ...run,
      stdout: run.stdout.replace(/"availableBytes":\d+/, '"availableBytes":0'),
    });
    expect(settled(await captured(['sweep', smoke, '--dry-run', '--json', '--results', folder]))).toEqual(
      settled(plan),
    );
    expect((await captured(['plan', smoke, '--results', folder])).stdout).toMatch(
      /^Expected: about \d+ s \(.+\) with 2 workers; .+\n {2}100 % from default speeds, taken on another machine\.\nMemory: up to \d+ MB a worker/m,
    );
    expect((await captured(['status', '--results', folder])).exitCode).toBe(5);
  });

  it('refuses a key that does not exist', async () => {
    const run = await captured(['plan', smoke, '-s', 'finetune.stps=3']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('did you mean steps');
  });

  it('finds a backend that does not exist with validate as with plan', async () => {
    for (const command of ['validate', 'plan']) {
      const run = await captured([command, smoke, '-s', 'execution.backend=nativ']);
      expect(run, command).toMatchObject({ exitCode: 2, stdout: '' });
      expect(run.stderr, command).toContain('execution.backend: expected native or torch, found nativ');
    }
  });

  it('does not start a sweep where it cannot write (exit code 3)', async () => {
    const file = join(empty, 'a-file');
    writeFileSync(file, '');
    const run = await captured(['sweep', smoke, '--results', join(file, 'results'), '--json']);
    expect(run).toMatchObject({ exitCode: 3, stdout: '' });
    expect(run.stderr).toContain('--results');
  });
});

describe('looking at results', () => {
  it('groups trials over seeds, and lists them with --seeds', async () => {
    expect(documentOf(await inResults('ls', 'trials', '--json'))).toMatchObject({
      schemaVersion: 1,
      trials: [{ arm: 'none', trials: 2, metrics: { 'eval/pairwise_accuracy': { n: 2 } } }, { arm: 'pmp' }],
    });
    const { trials } = documentOf(await inResults('ls', 'trials', '--seeds', '--json')) as {
      trials: { trialId: string; metrics: Record<string, number> }[];
    };
    expect(trials.map((trial) => trial.metrics['eval/pairwise_accuracy'])).toEqual([0.5, 0.6, 0.7, 0.9]);
    const text = (await inResults('ls', 'trials')).stdout;
    // The mean 0.55 and the half-width 0.6353 are computed by hand in the record tests; a share ends at 0 and 1.
    expect(text).toContain('0.550 [0.000, 1.000] (2)');
    expect(text).not.toContain('\u001B');
  });

  it.each(['stages', 'runs', 'experiments', 'metrics'])('lists %s under their own name', async (name) => {
    const document = documentOf(await inResults('ls', name, '--json'));
    expect(Object.keys(document)).toEqual(['schemaVersion', name]);
    expect((document[name] as unknown[]).length).toBeGreaterThan(0);
    expect((await inResults('ls', name)).stdout.split('\n').length).toBeGreaterThan(2);
  });

  it('answers `sql --json` with rows of plain values, and an empty answer is exit code 0', async () => {
    expect(documentOf(await inResults('sql', '--json', 'SELECT count(*) AS n FROM trials'))).toEqual({
      schemaVersion: 1,
      rows: [{ n: 4 }],
      isCut: false,
    });
    expect(await inResults('sql', '--json', 'SELECT 1 AS a WHERE false')).toMatchObject({
      exitCode: 0,
      stdout: '{"schemaVersion":1,"rows":[],"isCut":false}\n',
    });
    expect((await inResults('sql', 'DELETE FROM trials')).exitCode).toBe(2);
  });

  it('says that nothing is recorded, with exit code 5', async () => {
    for (const argv of [
      ['ls', 'trials'],
      ['sql', 'SELECT 1'],
      ['show', 'x'],
      ['export', '-o', join(empty, 'x.csv')],
      ['status'],
      ['report', 'tiny'],
    ]) {
      const run = await captured([...argv, '--results', join(empty, 'none')]);
      expect(run, argv.join(' ')).toMatchObject({ exitCode: 5, stdout: '' });
    }
    expect((await inResults('ls', 'stages', '--kind', 'select')).exitCode).toBe(5);
    expect((await inResults('ls', 'trials', '--metric', 'eval/nothing')).exitCode).toBe(5);
  });

  it('shows a stage with its inputs, runs and metrics', async () => {
    const { stdout } = await inResults('show', stageId('evaluate', 32));
    expect(stdout).toMatch(/^inputs\.model +finetune-000000000010$/m);
    expect(stdout).toContain('eval/pairwise_accuracy  0.5000');
    expect(documentOf(await inResults('show', 'tiny', '--json'))).toMatchObject({
      schemaVersion: 1,
      kind: 'experiment',
      id: 'tiny',
    });
  });

  it('exports by the ending of the file name', async () => {
    const file = join(empty, 'metrics.json');
    expect(documentOf(await inResults('export', 'metrics', '-o', file, '--json'))).toEqual({
      schemaVersion: 1,
      file,
      format: 'json',
      rows: 13,
    });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveLength(13);
  });

  it('reads the journal of a stage, with the end of a failed worker', async () => {
    const { stdout } = await inResults('logs', 'decay');
    expect(stdout).toContain('step 1  train/pairwise_loss 0.7000');
    expect(stdout).toContain('final  pretrain/pairwise_accuracy 0.6100');
    expect(stdout).toContain('completed 2026-01-02T03:04:07.500Z');
    expect((await inResults('logs', 'evaluate')).exitCode).toBe(2);
  });

  it('tells of damage on collect and exits with 0, for the rest is collected', async () => {
    const damaged = temporaryResults();
    writeStage(damaged, { kind: 'task', number: 1 });
    rmSync(join(damaged, 'store', stageId('task', 1), 'stage.json'));
    const run = await captured(['collect', damaged, '--json']);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain(stageId('task', 1));
    expect(documentOf(run)).toMatchObject({
      schemaVersion: 1,
      read: 1,
      problems: [{ path: `store/${stageId('task', 1)}` }],
    });
  });
});

describe('the machine', () => {
  it('passes a doctor with named checks', async () => {
    const document = documentOf(await captured(['doctor', '--json', '--results', empty], { HARNESS_CACHE: empty }));
    expect(document).toMatchObject({
      schemaVersion: 1,
      ok: true,
      checks: expect.arrayContaining([expect.objectContaining({ name: '@duckdb/node-api', ok: true })]) as unknown,
    });
  });

  it('tells what each device is, and how to have those that are missing', async () => {
    const run = await captured(['doctor', '--results', empty], { HARNESS_CACHE: empty });
    const { devices, auto } = documentOf(
      await captured(['doctor', '--json', '--results', empty], { HARNESS_CACHE: empty }),
    ) as {
      devices: { device: string; available: boolean; detail: string; enable: string | null }[];
      auto: { device: string };
    };
    expect(devices.map(({ device }) => device)).toEqual(['cpu', 'webgpu', 'cuda', 'tfjs']);
    for (const { device, available, detail, enable } of devices) {
      expect(run.stdout).toMatch(new RegExp(`^${device} +${available ? 'yes' : 'no'} +`, 'm'));
      expect(run.stdout).toContain(detail);
      if (enable !== null) expect(run.stdout).toContain(`  ${device}: ${enable}`);
    }
    expect(run.stdout).toContain(`execution.device: auto takes ${auto.device}`);
  });

  it('says whether auto rests on a measurement of this machine as it is', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'harness-speeds-'));
    const doctor = (...flags: string[]) => captured(['doctor', '--results', empty, ...flags], { HARNESS_CACHE: cache });
    const { devices } = documentOf(await doctor('--json')) as { devices: { device: string; detail: string }[] };
    const keep = (detailOf: (detail: string) => string) =>
      writeFileSync(
        join(cache, 'device-speeds.json'),
        JSON.stringify({
          schemaVersion: 1,
          measuredAt: '2026-11-28T00:00:00.000Z',
          size: '5m',
          speeds: devices.map(({ device, detail }) => ({
            device,
            detail: detailOf(detail),
            pairsPerSecond: device === 'cpu' ? 31.4 : 1,
          })),
        }),
      );
    expect((await doctor()).stdout).toContain('a guess, since nothing was measured');
    keep((detail) => detail);
    expect((await doctor()).stdout).toContain('auto takes cpu (auto: the fastest measured, 31.4 pairs/s at 5m');
    keep((detail) => `${detail} of before`);
    expect((await doctor()).stdout).toContain('a guess, since nothing was measured');
    rmSync(cache, { recursive: true });
  });

  it('fails a doctor whose data mirror is not there (exit code 3)', async () => {
    expect(
      (
        await captured(['doctor', '--results', empty], {
          HARNESS_CACHE: empty,
          HARNESS_DATA_MIRROR: join(empty, 'no-mirror'),
        })
      ).exitCode,
    ).toBe(3);
  });

  it('lists datasets, and says that an empty cache says nothing (exit code 5)', async () => {
    const { datasets } = documentOf(await captured(['data', 'ls', '--json'], { HARNESS_CACHE: empty })) as {
      datasets: { name: string; cached: number }[];
    };
    expect(datasets.map(({ name }) => name)).toContain('gsm8k');
    expect((await captured(['data', 'verify'], { HARNESS_CACHE: empty })).exitCode).toBe(5);
    const run = await captured(['data', 'fetch', 'gsm8k', '--no-download'], { HARNESS_CACHE: empty });
    expect(run).toMatchObject({ exitCode: 3, stdout: '' });
    expect((await captured(['data', 'fetch', 'gsm9k'])).exitCode).toBe(2);
  });
});
