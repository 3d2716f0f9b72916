// One command of the built program: how long it takes, and its memory.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const here = import.meta.dirname;
const harness = path.join(here, '../../harness/cli/bin.mjs');

/** @returns seconds of the clock and of the processor, and megabytes at the peak. */
export function run(argv, results) {
  const folder = mkdtempSync(path.join(tmpdir(), 'harness-usage-'));
  const file = path.join(folder, 'usage');
  const env = { ...process.env, HARNESS_USAGE: file };
  const started = performance.now();
  const flags = ['--import', path.join(here, 'usage.mjs'), harness];
  const { status, stderr } = spawnSync(process.execPath, [...flags, ...argv, '--results', results], { env });
  const seconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`);
  const [usage] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(JSON.parse)
    .toSorted((a, b) => b.ms - a.ms);
  rmSync(folder, { recursive: true });
  return { seconds, cpu: usage.cpuMs / 1000, megabytes: usage.maxRss / 1e6 };
}
