import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assertWritable } from '../../harness/store/index.ts';

test('the probe of a killed process is removed by the next one', () => {
  const results = mkdtempSync(join(tmpdir(), 'harness-results-'));
  writeFileSync(join(results, '.probe'), '');
  assertWritable(results);
  expect(readdirSync(results)).toEqual([]);
  rmSync(results, { recursive: true });
});
