/**
 * The trivial rankers on real code: on packages installed for the project itself, and with HARNESS_SLOW_TESTS=1 on the
 * default corpus where it is in the cache (20 s of reading and mutating).
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { corpusLockDigest, mutatePairs, readCorpus, type CorpusFunction } from '../../harness/data/index.ts';
import { surfaceFeatures, surfaceSigns } from '../../harness/data/mutate/surface.ts';

const spec = { mutantsPerFunction: 3, maxEdits: 3, seed: 0 };
const root = resolve(import.meta.dirname, '../..');
const installed = join(
  process.env['HARNESS_CACHE'] ?? join(root, '.cache'),
  `npm-corpus-${corpusLockDigest().slice(0, 16)}`,
);
const isAsked = process.env['HARNESS_SLOW_TESTS'] === '1';
const temporary = mkdtempSync(join(tmpdir(), 'mutate-corpus-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/**
 * Strict and half-credit accuracy of "more of it is better" (and, mirrored, of "less is better") for every surface
 * feature.
 */
function rankerAccuracies(functions: readonly CorpusFunction[]): Record<string, number> {
  const { pairs } = mutatePairs(functions, spec);
  const sums = new Float64Array(surfaceFeatures.length);
  for (const pair of pairs)
    surfaceSigns(pair.chosen, pair.rejected).forEach((sign, index) => {
      sums[index] = (sums[index] ?? 0) + sign;
    });
  return Object.fromEntries(
    surfaceFeatures.map((feature, index) => [feature, 0.5 + (sums[index] ?? 0) / (2 * pairs.length)]),
  );
}

describe('trivial rankers stay at chance', () => {
  test('on the source of packages installed for the project itself, for which nothing was fitted', () => {
    const names = readdirSync(join(root, 'node_modules')).filter((name) => name.startsWith('vega-'));
    symlinkSync(join(root, 'node_modules'), join(temporary, 'node_modules'));
    writeFileSync(
      join(temporary, 'package.json'),
      JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '*'])) }),
    );
    const { functions } = readCorpus(temporary, {
      packages: null,
      minCharacters: 60,
      maxCharacters: 400,
      heldOutFunctions: 0,
    });
    expect(functions.length).toBeGreaterThan(800);
    for (const [feature, accuracy] of Object.entries(rankerAccuracies(functions)))
      expect(Math.abs(accuracy - 0.5), feature).toBeLessThan(0.05);
  });

  test.skipIf(!isAsked || !existsSync(installed))(
    `on the default corpus (needs HARNESS_SLOW_TESTS=1 and ${installed})`,
    () => {
      const { functions, heldOut, counts } = readCorpus(installed, {
        packages: null,
        minCharacters: 60,
        maxCharacters: 400,
        heldOutFunctions: 500,
      });
      expect(functions.length).toBeGreaterThan(25_000);
      expect(heldOut).toHaveLength(500);
      expect(counts['function: near-duplicate']).toBeGreaterThan(0);
      for (const [feature, accuracy] of Object.entries(rankerAccuracies(functions)))
        expect(Math.abs(accuracy - 0.5), feature).toBeLessThan(0.02);
    },
    300_000,
  );
});
