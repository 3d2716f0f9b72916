/**
 * Ranks of the backend torch, replicated and sharded: the same steps, the same gradients, one resume point for any
 * number of them. Where HARNESS_PYTHON names a Python with torch.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyFamilies } from '../model/tiny-models.ts';
import { pythonWith } from '../python.ts';
import { optimizer } from '../train/run-options.ts';
import { apart, carryOut, limit, writeJob, type Case, type Ran } from './torch-jobs.ts';

const python = pythonWith('torch, transformers, pyarrow') as string;
const root = mkdtempSync(path.join(tmpdir(), 'harness-torch-ranks-'));
const tiny = tinyFamilies[0]!;
const jobs: Record<string, string> = {};
const ran = (cases: readonly Case[]): readonly Ran[] => carryOut(python, root, cases);
const sharded = { sharding: 'sharded' };

beforeAll(async () => {
  const written = {
    // No number of ranks but 1 divides 7; of 2 pairs, a third rank has none.
    uneven: { pairsPerStep: 7 },
    few: { pairsPerStep: 2 },
    lm: { objective: { pairwiseWeight: 0, lmWeight: 1 } },
    adapters: {
      features: { trainable: { kind: 'lora', rank: 2, alpha: 4, targets: null, frozenStorage: null } },
    },
    frozen: { features: { trainable: { kind: 'frozen-embeddings', frozenLayers: 1, frozenStorage: null } } },
    averages: { optimizer: { ...optimizer, ema: { decay: 0.9 }, clipNorm: null } },
  } as const;
  for (const [name, changes] of Object.entries(written))
    jobs[name] = await writeJob(path.join(root, name), tiny, changes);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const everyDivision = [1, 2, 3, 4].flatMap((ranks) =>
  ranks === 1 ? [{ ranks }] : [{ ranks }, { ranks, fields: sharded }],
);
const twoDivisions = [{ ranks: 1 }, { ranks: 3 }, { ranks: 3, fields: sharded }];

describe.skipIf(python === null)('ranks (skipped without HARNESS_PYTHON that has torch)', () => {
  it.each([
    ['7 pairs on 1, 2, 3 and 4', 'uneven', everyDivision, {}],
    ['7 pairs under plain gradient descent', 'uneven', everyDivision, { sgd: null }],
    ['2 pairs on 3', 'few', twoDivisions, {}],
    ['language modelling alone', 'lm', twoDivisions, {}],
    ['adapters', 'adapters', twoDivisions, {}],
    ['a frozen layer', 'frozen', twoDivisions, {}],
    ['averages, and no limit of the norm', 'averages', twoDivisions, {}],
  ] as const)(
    'take the same steps: %s',
    (title, name, divisions, faults) => {
      const [one, ...more] = ran(divisions.map((division) => ({ from: jobs[name]!, faults, ...division })));
      expect(one).toMatchObject({ losses: { length: 20 }, norms: { length: 2 } });
      for (const [index, run] of more.entries()) {
        expect(run.ended).toMatchObject({ outcome: 'completed' });
        expect(run.losses).toHaveLength(20);
        console.log(`${title}: ${JSON.stringify(divisions[index + 1])}: ${apart(one!, run)}`);
        expect(apart(one!, run), JSON.stringify(divisions[index + 1])).toBeLessThan(1e-6);
        for (const [place, norm] of run.norms.entries()) expect(norm / one!.norms[place]!).toBeCloseTo(1, 5);
      }
    },
    limit,
  );

  it(
    'have the same gradients of every parameter, and write the same weights, moments and averages',
    () => {
      const gradients = (name: string): string => path.join(root, `${name}.npz`);
      const [one, three, shards] = ran(
        [{}, { ranks: 3 }, { ranks: 3, fields: sharded }].map((division, index) => ({
          from: jobs['averages']!,
          faults: { gradients_to: gradients(String(index)) },
          ...division,
        })),
      ) as [Ran, Ran, Ran];
      const results = [one, three, shards].map(({ job }) => path.join(job, 'result.safetensors'));
      expect(largest([gradients('0'), gradients('1'), gradients('2')])).toBeLessThan(1e-6);
      expect(largest(results)).toBeLessThan(1e-4);
    },
    limit,
  );

  /** The largest difference of files of arrays from the first of them, relative to the largest value of an array. */
  function largest(files: readonly string[]): number {
    const compared = spawnSync(python, [path.join(import.meta.dirname, 'compare_arrays.py'), ...files], {
      encoding: 'utf8',
    });
    return compared.status === 0 ? Number(compared.stdout) : NaN;
  }

  it.each([
    ['2 ranks, then 1', { ranks: 2, fields: sharded }, { ranks: 1, fields: sharded }],
    ['2 ranks, then 3', { ranks: 2, fields: sharded }, { ranks: 3, fields: sharded }],
    ['1 rank, then 2', { ranks: 1, fields: sharded }, { ranks: 2, fields: sharded }],
    ['sharded, then replicated', { ranks: 2, fields: sharded }, { ranks: 2 }],
  ])(
    'go on from a sharded resume point: %s',
    (_, first, second) => {
      const [whole, begun] = ran([
        { from: jobs['averages']! },
        {
          from: jobs['averages']!,
          ...first,
          faults: { stop_at: { rank: first.ranks - 1, step: 6, signal: 'SIGTERM' } },
        },
      ]) as [Ran, Ran];
      expect(begun).toMatchObject({ ended: { outcome: 'interrupted' }, losses: { length: 7 } });
      expect(readdirSync(path.join(begun.folder, 'sharded'))).toEqual(['step-7']);
      const [rest] = ran([{ from: jobs['averages']!, ...second, after: begun }]) as [Ran];
      expect(rest.ended).toMatchObject({ outcome: 'completed' });
      expect(rest.losses).toHaveLength(13);
      expect(apart(whole, rest)).toBeLessThan(1e-6);
      const results = [whole, rest].map(({ job }) => path.join(job, 'result.safetensors'));
      expect(largest(results)).toBeLessThan(1e-4);
    },
    limit,
  );

  it(
    'go on sharded from the one file of a replicated run',
    () => {
      const [whole, begun] = ran([
        { from: jobs['uneven']! },
        { from: jobs['uneven']!, ranks: 2, faults: { stop_at: { rank: 0, step: 6, signal: 'SIGTERM' } } },
      ]) as [Ran, Ran];
      const state = path.join(begun.folder, 'resume.safetensors');
      const [rest] = ran([{ from: jobs['uneven']!, ranks: 3, fields: { ...sharded, state }, after: begun }]) as [Ran];
      expect(rest.losses).toHaveLength(13);
      expect(apart(whole, rest)).toBeLessThan(1e-6);
    },
    limit,
  );
});
