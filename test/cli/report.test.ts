/** `harness report`: the kinds of an experiment reach its report, from its file and from its record. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../harness/cli/run-cli.ts';
import { temporaryResults, writeSampleResults } from '../record/results-fixture.ts';
import { baseText } from '../spec/base-experiment.ts';
import { captured } from './captured-run.ts';
import { FakeTerminal } from './fake-terminal.ts';

const plugin = `export default { tables: [{
  id: 'own', scope: 'experiment',
  draw: ({ cells }) => ({ title: 'Cells', columns: ['cells'], rows: [[String(cells.length)]], note: '' }),
}] };`;

let folder = '';
let results = '';
const place = (name: string): string => join(folder, name);
const pages = (): string => readFileSync(join(results, 'reports', 'tiny', 'results.md'), 'utf8');

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'harness-cli-report-'));
  results = temporaryResults();
  writeSampleResults(results);
  writeFileSync(place('own.mjs'), plugin);
  const spec = `plugins: [./own.mjs]\n${baseText}`.replace('name: base', 'name: tiny');
  writeFileSync(place('tiny.yaml'), spec);
  const file = join(results, 'experiments/tiny/plan.json');
  const plan = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...plan, specText: spec.replace('./own', place('own')) }));
});
afterAll(() => {
  for (const each of [folder, results]) rmSync(each, { recursive: true, force: true });
});

const report = (subject: string): ReturnType<typeof captured> =>
  captured(['report', subject], { HARNESS_RESULTS: results });

it.each([
  ['the file of the experiment', () => place('tiny.yaml')],
  ['its name', () => 'tiny'],
])('has the tables of a plug-in, called with %s', async (_, subject) => {
  rmSync(join(results, 'reports'), { recursive: true, force: true });
  const run = await report(subject());
  expect(run.exitCode, run.stderr).toBe(0);
  expect(pages()).toContain('## Cells\n');
});

it('draws figures in the width of a paper, where that is asked for', async () => {
  const width = (): string | undefined => {
    const svg = readFileSync(join(place('sizes'), 'tiny/figures/treatment-effect.svg'), 'utf8');
    return / width="([^"]+)"/.exec(svg)?.[1];
  };
  const sized = (size: string) =>
    captured(['report', 'tiny', '--reports', place('sizes'), '--figures', size], { HARNESS_RESULTS: results });
  expect((await sized('two-columns')).exitCode).toBe(0);
  expect(width()).toBe('178mm');
  expect((await sized('page')).exitCode).toBe(0);
  expect(width()).toMatch(/^\d+$/);
  const watched = await captured(['report', 'tiny', '--watch', '--figures', 'one-column'], {
    HARNESS_RESULTS: results,
  });
  expect(watched.exitCode).toBe(2);
});

it('fits the terminal', async () => {
  const terminal = new FakeTerminal(56);
  const env = { HARNESS_RESULTS: results, NO_COLOR: '1' };
  expect(
    await runCli(['report', 'tiny', '--reports', place('wide')], { stdout: terminal, stderr: terminal, env }),
  ).toBe(0);
  const summary = terminal.screen.filter((line) => !line.startsWith('report: '));
  expect(summary.length).toBeGreaterThan(5);
  expect(summary.every((line) => line.length <= 56)).toBe(true);
});

it('of a record whose plug-in is gone is made all the same, and says so here and on the page', async () => {
  rmSync(place('own.mjs'));
  const run = await report('tiny');
  expect(run.exitCode, run.stderr).toBe(0);
  expect(run.stdout.replaceAll(/\n {2}/g, ' ')).toContain(`The plug-in ${place('own.mjs')} cannot be loaded`);
  expect(pages()).toContain('cannot be loaded: its kinds are not known here.');
  expect(pages()).not.toContain('## Cells\n');
  expect((await report(place('tiny.yaml'))).exitCode).toBe(2);
});

it('is not needed to learn that a metric of a plug-in is wrong: validate and plan say it', async () => {
  const metrics = `metrics: [{ name: 'eval/x', unit: 'points', better: null }]`;
  writeFileSync(place('own.mjs'), `export default { ${metrics} };`);
  for (const command of ['validate', 'plan']) {
    const run = await captured([command, place('tiny.yaml')], { HARNESS_RESULTS: results });
    expect([command, run.exitCode]).toEqual([command, 2]);
    expect(run.stderr).toContain(`${place('own.mjs')}: the default export is no plug-in: metrics[0].unit: `);
  }
});
