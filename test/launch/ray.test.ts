/**
 * docs/ray/sweep.py on a local cluster of Ray. With HARNESS_SLOW_TESTS=1, where HARNESS_PYTHON names a Python with ray:
 * every stage is a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { captured } from '../cli/captured-run.ts';
import { fixtureCache } from '../end-to-end/fixture-corpus.ts';
import { smallExperiment } from '../faults/small-experiment.ts';
import { pythonWith } from '../python.ts';

const python = process.env['HARNESS_SLOW_TESTS'] === '1' ? pythonWith('ray') : null;
const root = mkdtempSync(path.join(tmpdir(), 'harness-ray-'));
const script = path.resolve(import.meta.dirname, '../../docs/ray/sweep.py');

afterAll(() => rmSync(root, { recursive: true, force: true }));

const outputsIn = (results: string): readonly string[] =>
  readdirSync(path.join(results, 'store'))
    .toSorted()
    .map((id) => path.join(results, 'store', id, 'done.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.stringify((JSON.parse(readFileSync(file, 'utf8')) as { outputs: unknown }).outputs));

describe.skipIf(python === null)('tasks of Ray (skipped without HARNESS_SLOW_TESTS=1 and a Python with ray)', () => {
  it('carry out an experiment, with the bytes of a local sweep', async () => {
    const spec = smallExperiment(root);
    const environment = { HARNESS_CACHE: fixtureCache() };
    const results = path.join(root, 'ray');
    const { status, stdout, stderr } = spawnSync(python ?? '', [script, spec, '--results', results], {
      encoding: 'utf8',
      env: { ...process.env, ...environment, RAY_USAGE_STATS_ENABLED: '0' },
    });
    expect(`${stdout}${status === 0 ? '' : stderr}`).toMatch(/\d+ done, 0 failed, 0 blocked\n$/);
    const swept = path.join(root, 'swept');
    expect((await captured(['sweep', spec, '--results', swept, '--quiet'], environment)).exitCode).toBe(0);
    expect(outputsIn(results)).toEqual(outputsIn(swept));
  }, 600_000);
});
