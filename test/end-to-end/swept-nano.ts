/** One arm and one seed of nano.yaml, swept once for all test files that read or repeat what a sweep left. */
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { captured } from '../cli/captured-run.ts';
import { copyOf, fixtureCache } from './fixture-corpus.ts';

export interface SweptNano {
  /** A copy of the results folder, in a folder of its own. */
  readonly folder: string;
  readonly results: string;
  /** What its corpus was read from, which others read as well. */
  readonly cache: string;
}

export async function sweptNano(): Promise<SweptNano> {
  // A folder that outlives these tests may hold what another program swept.
  const isOwn = path.basename(tmpdir()).startsWith('harness-tests-');
  const swept = path.join(isOwn ? tmpdir() : mkdtempSync(path.join(tmpdir(), 'harness-swept-')), 'nano');
  if (!existsSync(swept)) await sweepInto(swept);
  const folder = mkdtempSync(path.join(tmpdir(), 'harness-swept-'));
  const results = path.join(folder, 'results');
  cpSync(path.join(swept, 'results'), results, { recursive: true });
  return { folder, results, cache: readFileSync(path.join(swept, 'cache'), 'utf8') };
}

async function sweepInto(swept: string): Promise<void> {
  const own = mkdtempSync(`${swept}-`);
  const cache = fixtureCache();
  writeFileSync(path.join(own, 'cache'), cache);
  const spec = copyOf(path.join(import.meta.dirname, 'nano.yaml'), own);
  const axes = ['-s', 'sweep.axes.pretraining=pmp-16', '-s', 'seeds=[1]'];
  const env = { HARNESS_CACHE: cache, HARNESS_RESULTS: path.join(own, 'results') };
  const run = await captured(['sweep', spec, ...axes, '-j', '1', '--quiet', '--json'], env);
  if (run.exitCode !== 0) throw new Error(run.stderr);
  try {
    renameSync(own, swept);
  } catch (error) {
    // The other process of the tests was first.
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  }
}
