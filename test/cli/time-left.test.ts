/** The time left that the page of a running sweep tells: what a plan of its record would tell. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { timeLeftHere } from '../../harness/cli/expect-here.ts';
import { loadPlan } from '../../harness/cli/load-plan.ts';
import { writePlan } from '../../harness/run/write-plan.ts';
import type { SweepLease } from '../../harness/store/index.ts';

const results = mkdtempSync(path.join(tmpdir(), 'time-left-'));
afterAll(() => rmSync(results, { recursive: true, force: true }));

test('is told of what is on record, with its range, and of nothing else', async () => {
  const { plan, kinds, specText } = await loadPlan(path.resolve(import.meta.dirname, '../end-to-end/nano.yaml'), []);
  const lease = { write: (file: string, text: string) => writeFileSync(file, text) } as unknown as SweepLease;
  const asked = { plan, kinds, specText, command: 'harness sweep nano.yaml', resultsFolder: results };
  writePlan({ ...asked, onEvent: () => {} }, lease);
  expect(await timeLeftHere('nano', results)).toMatch(/^about \d.* \(.*\d.*\) left$/);
  expect(await timeLeftHere('unheard-of', results)).toBeNull();
});
