import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { stageId, temporaryResults, writeSampleResults } from '../record/results-fixture.ts';
import { captured } from '../cli/captured-run.ts';

function madeBy(results: string, stage: string, changes: Readonly<Record<string, unknown>>): void {
  const file = path.join(results, 'store', stage, 'provenance.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...changes }));
}

async function page(results: string): Promise<string> {
  const reports = mkdtempSync(path.join(results, 'reports-'));
  const run = await captured(['report', 'tiny', '--results', results, '--reports', reports]);
  expect(run.exitCode).toBe(0);
  return readFileSync(path.join(reports, 'tiny', 'results.md'), 'utf8');
}

it('a curve of one environment is not flagged, whatever its machines are called', async () => {
  const results = temporaryResults();
  writeSampleResults(results);
  madeBy(results, stageId('evaluate', 35), { host: 'another' });
  expect(await page(results)).not.toContain('Mixed environments');
});

it('a curve that mixes commits, changes or processors is flagged with what it mixes', async () => {
  const results = temporaryResults();
  writeSampleResults(results);
  madeBy(results, stageId('finetune', 19), { commit: 'f'.repeat(40), isDirty: true });
  madeBy(results, stageId('evaluate', 35), { cpuModel: 'another cpu' });
  // Of a stage that computes nothing: no reason for another result.
  madeBy(results, stageId('task', 2), { commit: '0'.repeat(40) });
  expect((await page(results)).replaceAll('\n', ' ')).toContain(
    'Mixed environments within 1 of 2 curves: commit abc123, another cpu; commit abc123, cpu; ' +
      'commit ffffffffffff with changes, cpu. Their points may differ by more than what the experiment varies.',
  );
});
