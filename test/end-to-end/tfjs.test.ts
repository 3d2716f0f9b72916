/**
 * One arm of a sweep with `execution.device=tfjs`: pretraining, decay, finetuning, baselines and evaluation, in worker
 * processes.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { copyOf, fixtureCache } from './fixture-corpus.ts';

let cache: string;
let folder: string;
let spec: string;

beforeAll(() => {
  cache = fixtureCache();
  folder = mkdtempSync(path.join(tmpdir(), 'harness-tfjs-'));
  spec = copyOf(path.join(import.meta.dirname, 'nano.yaml'), folder);
  // Candidates that tie to rounding would be chosen between by the device.
  writeFileSync(spec, readFileSync(spec, 'utf8').replace(/^select:[\s\S]*?(?=^sweep:)/m, ''));
});

afterAll(() => {
  for (const place of [cache, folder]) rmSync(place, { recursive: true, force: true });
});

interface Row {
  readonly trial_id: string;
  readonly metric: string;
  readonly value: number;
}

const harness = (results: string, argv: readonly string[]): Promise<CapturedRun> =>
  captured(argv, {
    HARNESS_CACHE: cache,
    HARNESS_RESULTS: path.join(folder, results),
    HARNESS_REPORTS: path.join(folder, `${results}-reports`),
  });

/** Losses and margins: accuracies jump where two rewards are equal to rounding. */
const continuous =
  "select trial_id, metric, value from results where metric like '%loss' or metric like '%margin' order by all";

async function sweepOn(device: string): Promise<readonly Row[]> {
  const run = await harness(device, [
    'sweep',
    spec,
    '-s',
    'sweep.axes.pretraining=pmp-16',
    '-s',
    'seeds=[1]',
    '-s',
    `execution.device=${device}`,
    '-j',
    '1',
    '--json',
  ]);
  expect(run.exitCode, run.stderr).toBe(0);
  expect(documentOf(run)).toMatchObject({
    counts: { cached: 0, failed: 0, diverged: 0, blocked: 0 },
    trials: { ran: 1 },
  });
  return documentOf(await harness(device, ['sql', continuous, '--json']))['rows'] as readonly Row[];
}

it('gives the trial of the CPU, its losses and margins to 1e-5: the device is no part of an identity', async () => {
  const [expected, found] = [await sweepOn('cpu'), await sweepOn('tfjs')];
  expect(found.map(({ trial_id, metric }) => [trial_id, metric])).toEqual(
    expected.map(({ trial_id, metric }) => [trial_id, metric]),
  );
  expect(found.map(({ metric }) => metric)).toEqual(expect.arrayContaining(['eval/pairwise_loss', 'eval/mean_margin']));
  expect(Math.max(...found.map(({ value }, row) => Math.abs(value - expected[row]!.value)))).toBeLessThan(1e-5);
  const store = path.join(folder, 'tfjs', 'store');
  for (const stage of readdirSync(store)) {
    const provenance = JSON.parse(readFileSync(path.join(store, stage, 'provenance.json'), 'utf8')) as {
      execution: object;
    };
    expect(provenance.execution).toMatchObject({
      device: 'tfjs',
      deviceReason: expect.stringMatching(/tfjs 4\.22\.0, backend /) as unknown,
    });
  }
}, 120_000);
