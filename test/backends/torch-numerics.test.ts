/**
 * What changes how the backend torch computes, beside what it computes without: bfloat16, checkpointing, packed rows,
 * torch.compile. Where HARNESS_PYTHON names a Python with torch.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../harness/model/index.ts';
import { tinyFamilies } from '../model/tiny-models.ts';
import { pythonWith } from '../python.ts';
import { apart, carryOut, limit, packageFolder, writeJob, type Case, type Ran } from './torch-jobs.ts';

const python = pythonWith('torch, transformers, pyarrow') as string;
const root = mkdtempSync(path.join(tmpdir(), 'harness-torch-numerics-'));
const folderOf = (model: ModelConfig): string => path.join(root, String(tinyFamilies.indexOf(model)));
const tiny = tinyFamilies[0]!;
const models = tinyFamilies.map((model): [string, ModelConfig] => [model.family, model]);
const ran = (cases: readonly Omit<Case, 'from'>[], model = tiny): readonly Ran[] =>
  carryOut(
    python,
    root,
    cases.map((one) => ({ from: folderOf(model), ...one })),
  );
const sharded = { sharding: 'sharded' };

beforeAll(async () => {
  for (const model of tinyFamilies) await writeJob(folderOf(model), model, { pairsPerStep: 7 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.skipIf(python === null)('ways to compute (skipped without HARNESS_PYTHON that has torch)', () => {
  it.each(models)(
    'packed rows and gradient checkpointing leave the losses: %s',
    (_, model) => {
      const [padded, packed, checkpointed, both] = ran(
        [
          {},
          { fields: { packed: true } },
          { fields: { gradientCheckpointing: true } },
          { ranks: 2, fields: { ...sharded, packed: true, gradientCheckpointing: true, tokensAtOnce: 30 } },
        ],
        model,
      ) as [Ran, Ran, Ran, Ran];
      expect(padded.losses).toHaveLength(20);
      for (const run of [packed, checkpointed, both]) {
        expect(run.losses).toHaveLength(20);
        expect(apart(padded, run)).toBeLessThan(1e-6);
      }
    },
    limit,
  );

  it(
    'packed rows on a card: FlexAttention has the mask and the rewards of the other kernels',
    () => {
      const script = path.join(import.meta.dirname, 'flex_beside_sdpa.py');
      const folders = tinyFamilies.map((model) => path.join(folderOf(model), 'job'));
      const env = { ...process.env, PYTHONPATH: packageFolder, PYTHONWARNINGS: 'ignore' };
      const compared = spawnSync(python, [script, ...folders], { env, encoding: 'utf8' });
      expect(compared.stderr).toBe('');
      const differences = compared.stdout.trim().split('\n').map(Number);
      expect(differences).toHaveLength(tinyFamilies.length);
      for (const difference of differences) expect(difference).toBeLessThan(1e-5);
    },
    limit,
  );

  it(
    'bfloat16 stays inside a band of float32, and has no ties',
    () => {
      const half = { numerics: 'bfloat16' };
      const [float, one, shards, packed] = ran([
        {},
        { fields: half },
        { ranks: 2, fields: { ...half, ...sharded } },
        { fields: { ...half, packed: true, gradientCheckpointing: true } },
      ]) as [Ran, Ran, Ran, Ran];
      for (const run of [one, shards, packed]) {
        expect(run.losses).toHaveLength(20);
        // Eight bits of a number: 0.4 %, of losses between 1 and 4.
        expect(apart(float, run)).toBeLessThan(0.02);
        expect(apart(float, run)).toBeGreaterThan(1e-5);
      }
      const accuracy = ({ events }: Ran): readonly unknown[] =>
        events.flatMap((event) => (event['name'] === 'train/pairwise_accuracy' ? [event['value']] : []));
      for (const [place, value] of accuracy(one).entries())
        expect(Math.abs(Number(value) - Number(accuracy(float)[place]))).toBeLessThan(0.3);
    },
    limit,
  );

  it(
    'says tokens a second, the share of the peak, and memory',
    () => {
      const [run, untold] = ran([{ ranks: 2, fields: { peakFlops: 1e12 } }, {}]) as [Ran, Ran];
      const speeds = run.events.filter((event) => event['kind'] === 'speed');
      expect(speeds).toHaveLength(2);
      for (const { tokensPerSecond, mfu, peakBytes } of speeds as unknown as readonly Record<string, number>[]) {
        // 2 (forward) + 4 (backward) operations a parameter and token, and a little for attention and the LM head.
        const perToken = (mfu! * 2 * 1e12) / tokensPerSecond!;
        expect(perToken / 6 / nonEmbeddingParameters).toBeGreaterThan(1);
        expect(perToken / 6 / nonEmbeddingParameters).toBeLessThan(2);
        expect(peakBytes).toBeGreaterThan(50e6);
      }
      expect(untold.events.find((event) => event['kind'] === 'speed')).toMatchObject({ mfu: null });
    },
    limit,
  );

  /** Matrices of a layer of the tiny model: queries, keys, values, output; gate, up, down; and the reward head. */
  const nonEmbeddingParameters = 2 * (8 * 8 + 2 * 8 * 4 + 8 * 8 + 3 * 8 * 12) + 8;

  it(
    'is compiled with the same losses, or says to turn it off',
    () => {
      const compile = { compile: true };
      const [plain, compiled, broken] = ran([
        {},
        { fields: { ...compile, gradientCheckpointing: true, toStep: 4 } },
        { fields: compile, faults: { compiler_fails: null } },
      ]) as [Ran, Ran, Ran];
      expect(compiled.losses).toHaveLength(4);
      expect(apart({ losses: plain.losses.slice(0, 4) }, compiled)).toBeLessThan(1e-5);
      expect(broken).toMatchObject({
        codes: [4],
        ended: {
          outcome: 'refused',
          message: expect.stringMatching(/^torch.compile failed/),
          hint: 'Turn compile off.',
        },
      });
    },
    limit,
  );
});
