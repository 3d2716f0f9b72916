/** `harness stage ready SPEC`: what another runner needs, against what a sweep does. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { takeSweepLease } from '../../harness/store/index.ts';
import { fixtureCache } from '../end-to-end/fixture-corpus.ts';
import { smallExperiment } from '../faults/small-experiment.ts';
import { captured } from './captured-run.ts';

const root = mkdtempSync(path.join(tmpdir(), 'harness-ready-'));
const spec = smallExperiment(root);
const environment = { HARNESS_CACHE: fixtureCache() };
const harness = (...words: readonly string[]): ReturnType<typeof captured> => captured(words, environment);

afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Ready {
  readonly ready: readonly string[];
  readonly done: number;
  readonly waiting: number;
  readonly failed: number;
  readonly blocked: number;
}

async function ready(file: string, results: string): Promise<Ready> {
  const { stdout, exitCode } = await harness('stage', 'ready', file, '--results', results, '--device', 'cpu', '--json');
  expect(exitCode).toBe(0);
  return JSON.parse(stdout) as Ready;
}

const digests = (results: string): readonly string[] =>
  readdirSync(path.join(results, 'store'))
    .filter((id) => existsSync(path.join(results, 'store', id, 'done.json')))
    .toSorted()
    .map((id) => {
      const done = readFileSync(path.join(results, 'store', id, 'done.json'), 'utf8');
      const { outputs } = JSON.parse(done) as { outputs: readonly object[] };
      return `${id} ${JSON.stringify(outputs)}`;
    });

describe('stages for another runner', () => {
  it('are given out wave by wave, and end as in a sweep', async () => {
    const results = path.join(root, 'waves');
    let waves = 0;
    for (let now = await ready(spec, results); now.ready.length > 0; now = await ready(spec, results)) {
      waves += 1;
      for (const folder of now.ready) expect((await harness('stage', 'run', folder)).exitCode).toBe(0);
    }
    expect(waves).toBeGreaterThan(3);
    const swept = path.join(root, 'swept');
    expect((await harness('sweep', spec, '--results', swept, '--quiet')).exitCode).toBe(0);
    expect(digests(results)).toEqual(digests(swept));
    const after = await harness('sweep', spec, '--results', results, '--json', '--quiet');
    expect(JSON.parse(after.stdout)).toMatchObject({ counts: { ran: 0 } });
  }, 120_000);

  it('are not given out again once they failed, nor what needs them', async () => {
    const text = readFileSync(spec, 'utf8').replace('maxCharacters: 400', 'maxCharacters: 41');
    const file = path.join(root, 'no-functions.yaml');
    writeFileSync(file, text);
    const results = path.join(root, 'failing');
    const [corpus = ''] = (await ready(file, results)).ready;
    expect(path.basename(corpus)).toMatch(/^corpus-/);
    expect((await harness('stage', 'run', corpus)).exitCode).toBe(1);
    const { ready: left, failed, blocked, waiting } = await ready(file, results);
    expect({ left, failed, waiting }).toEqual({ left: [], failed: 1, waiting: 0 });
    expect(blocked).toBeGreaterThan(3);
  });

  it('are refused while a sweep is in the folder, and for a device that is looked for', async () => {
    const results = path.join(root, 'taken');
    const lease = await takeSweepLease(results, 'other');
    try {
      const taken = await harness('stage', 'ready', spec, '--results', results, '--device', 'cpu');
      expect(taken.exitCode).toBe(3);
      expect(taken.stderr).toContain('other');
    } finally {
      lease.release();
    }
    const auto = await harness('stage', 'ready', spec, '--results', results, '--device', 'auto');
    expect(auto.exitCode).toBe(3);
    expect(auto.stderr).toContain('Name the device that the nodes have');
  });
});
