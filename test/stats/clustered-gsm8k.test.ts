/** The ranker "longest response" on GSM8K's example solutions: pairs of one question agree far more than chance. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { randomStream } from '../../harness/random/index.ts';
import {
  clusteredShare,
  drawGroupWeights,
  quantile,
  resampledMeans,
  wilsonInterval,
} from '../../harness/stats/index.ts';

const mirror =
  process.env['HARNESS_DATA_MIRROR'] ?? fileURLToPath(new URL('../../../shared/datasets', import.meta.url));
const file = path.join(mirror, 'gsm8k', 'example_model_solutions.jsonl.gz');
const isThere = existsSync(file);
if (!isThere) console.warn(`skipped: "longest" on GSM8K needs ${file} (set HARNESS_DATA_MIRROR)`);

type Solution = { readonly is_correct: boolean; readonly solution: string };
const models = ['6b_finetuning', '6b_verification', '175b_finetuning', '175b_verification'];

/** Right over wrong solutions of each question: 1 where the right one is longer, 0.5 for equal lengths. */
function outcomes(): { readonly values: readonly number[]; readonly groups: readonly string[] } {
  const rows = gunzipSync(readFileSync(file)).toString().trim().split('\n');
  const pairs = rows.flatMap((line, q) => {
    const row = JSON.parse(line) as Record<string, Solution>;
    const solutions = models.map((model) => row[model] as Solution);
    const [right, wrong] = [true, false].map((isRight) => solutions.filter((s) => s.is_correct === isRight));
    return (right ?? []).flatMap((r) => (wrong ?? []).map((w) => ({ q, r: r.solution.length, w: w.solution.length })));
  });
  const values = pairs.map(({ r, w }) => (r === w ? 0.5 : Number(r > w)));
  return { values, groups: pairs.map(({ q }) => `q${q}`) };
}

test.skipIf(!isThere)('GSM8K: the design effect lies between 1.6 and 2.1, and the cluster bootstrap agrees', () => {
  const { values, groups } = outcomes();
  const { share, interval, n, effectiveN } = clusteredShare(values, groups, { unit: 'questions' });
  expect(n / effectiveN).toBeGreaterThan(1.6);
  expect(n / effectiveN).toBeLessThan(2.1);
  const weights = drawGroupWeights(groups, 4000, randomStream(0, 'gsm8k').uniform);
  const means = resampledMeans(Float64Array.from(values), weights).toSorted();
  expect(interval?.low).toBeCloseTo(quantile([...means], 0.025), 2);
  expect(interval?.high).toBeCloseTo(quantile([...means], 0.975), 2);
  expect(interval?.low).toBeLessThan((wilsonInterval(share, n)?.low as number) - 0.005);
});
