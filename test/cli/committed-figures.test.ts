/** The committed figures of the paper, as a reader of a fresh clone checks them: by what is in reports/paper alone. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { captured, documentOf } from './captured-run.ts';

interface Check {
  readonly figure: string;
  readonly differences: readonly string[];
  readonly notDerived: string | null;
}

it('every committed figure with scores is what they give, bytes included, and no file was changed', async () => {
  const nowhere = path.resolve('results-that-are-not-there');
  expect(existsSync(nowhere)).toBe(false);
  const run = await captured(['figures', '--check', '--json'], { HARNESS_RESULTS: nowhere });
  const checks = documentOf(run)['checks'] as readonly Check[];
  expect(checks.flatMap(({ differences }) => differences)).toEqual([]);
  const derived = checks.filter(({ notDerived }) => notDerived === null).map(({ figure }) => figure);
  const withoutScores = checks.filter(({ notDerived }) => notDerived !== null).map(({ figure }) => figure);
  // Drawn before scores were committed; sweep scale-overnight again to have them.
  expect(withoutScores).toEqual(['multiple-choice']);
  expect(derived).toHaveLength(12);
}, 60_000);
