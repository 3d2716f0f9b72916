/**
 * Whole sweeps under the backend torch, from a checkpoint: the stages and results of our own engine, a trunk carried on
 * from fork to fork by one process. Where HARNESS_PYTHON names a Python with torch.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../../harness/model/index.ts';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { fixtureCache } from '../end-to-end/fixture-corpus.ts';
import { checkpointModels, writeCheckpoint } from '../model/tiny-checkpoints.ts';
import { pythonWith } from '../python.ts';

const python = pythonWith('torch, transformers, pyarrow');
const root = mkdtempSync(path.join(tmpdir(), 'harness-torch-sweep-'));
const cache = python === null ? '' : fixtureCache();
const file = path.join(root, 'forks.yaml');
const limit = 600_000;

const experiment = `formatVersion: 1
name: forks
question: Does torch run what we run?
seeds: [1]
start: {kind: checkpoint, path: models/qwen2}
corpus: {kind: npm, minCharacters: 40, maxCharacters: 400, heldOutFunctions: 8}
pairs: {kind: mutate, mutantsPerFunction: 2}
pretrain:
  objective: {kind: pmp}
  budget: {pairs: 16}
  pairsPerStep: 4
  optimizer: {kind: adamw, learningRate: 1e-3}
  schedule: {kind: wsd, warmup: {steps: 1}, decayFraction: 0.25}
task: {kind: generated, name: lookup, family: lookup, difficulty: 1, trainPairs: 32, devPairs: 8, testPairs: 16,
  testQuestions: 4, candidates: 4}
finetune:
  objective: {lmWeight: 1}
  samples: 8
  steps: 4
  pairsPerStep: 4
  optimizer: {kind: adamw, learningRate: 1e-3}
  schedule: {kind: cosine, warmup: {steps: 1}}
evaluate: {bestOf: [1, 2, 4]}
sweep:
  axes:
    budget: {small: {pretrain.budget: {pairs: 16}}, large: {pretrain.budget: {pairs: 32}}}
    trainable: {all: {}, lora: {finetune.trainable: {kind: lora, rank: 2, alpha: 4}}}
execution: {workers: 1, threads: 1}
`;

beforeAll(async () => {
  if (python === null) return;
  process.env['HARNESS_TORCH_PYTHON'] = python;
  const model = checkpointModels.find(({ family }) => family === 'qwen2')!;
  await writeCheckpoint(path.join(root, 'models', 'qwen2'), { model });
  writeFileSync(file, experiment);
});
afterAll(() => {
  delete process.env['HARNESS_TORCH_PYTHON'];
  for (const folder of [root, cache]) rmSync(folder, { recursive: true, force: true });
});

const harness = (results: string, argv: readonly string[]): Promise<CapturedRun> =>
  captured(argv, { HARNESS_CACHE: cache, HARNESS_RESULTS: path.join(root, results) });

interface Result {
  readonly trial: string;
  readonly metric: string;
  readonly value: number;
}

async function resultsIn(results: string): Promise<readonly Result[]> {
  const query = 'select trial_id as trial, metric, value from results order by all';
  return (documentOf(await harness(results, ['sql', query, '--json'])) as { rows: Result[] }).rows;
}

const served = /^(pretrain|decay|finetune|baseline|evaluate)-/;

describe.skipIf(python === null)('a sweep under torch (skipped without HARNESS_PYTHON that has torch)', () => {
  it(
    'has the stages and results of our own engine, and one process for all that torch serves',
    async () => {
      for (const [results, backend] of [
        ['native', 'native'],
        ['torch', 'torch'],
      ] as const) {
        const run = await harness(results, ['sweep', file, '-s', `execution.backend=${backend}`, '--json']);
        expect(run.exitCode, run.stderr).toBe(0);
        expect(documentOf(run)).toMatchObject({ counts: { failed: 0, diverged: 0, blocked: 0 }, trials: { ran: 4 } });
      }
      const stagesIn = (results: string): readonly string[] => readdirSync(path.join(root, results, 'store')).sort();
      expect(stagesIn('torch')).toEqual(stagesIn('native'));
      const [ours, theirs] = [await resultsIn('native'), await resultsIn('torch')];
      const names = (rows: readonly Result[]): readonly string[] => rows.map((row) => `${row.trial} ${row.metric}`);
      expect(names(theirs)).toEqual(names(ours));
      for (const [index, { metric, value }] of ours.entries())
        expect(Math.abs(theirs[index]!.value - value), metric).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));

      const log = readFileSync(path.join(root, 'torch', 'logs', 'worker-1.log'), 'utf8');
      const attempts = [...log.matchAll(/^--- \S+ (\S+) attempt 1 \(worker pid (\d+)\)/gm)];
      const pids = (isServed: boolean): ReadonlySet<string> =>
        new Set(attempts.filter(([, stage]) => served.test(stage!) === isServed).map(([, , pid]) => pid!));
      expect(attempts.filter(([, stage]) => stage?.startsWith('pretrain-'))).toHaveLength(2);
      expect([pids(true).size, pids(false).size]).toEqual([1, 1]);
    },
    limit,
  );

  it(
    'leaves trunks and models with the same tensors, and nothing else',
    async () => {
      const store = path.join(root, 'torch', 'store');
      for (const id of readdirSync(store).filter((name) => served.test(name))) {
        const [ours, theirs] = [path.join(root, 'native', 'store', id), path.join(store, id)];
        expect(readdirSync(theirs, { recursive: true }).sort()).toEqual(readdirSync(ours, { recursive: true }).sort());
        for (const name of ['trunk.safetensors', 'model.safetensors'].filter((one) =>
          readdirSync(ours).includes(one),
        )) {
          const [a, b] = [await readSafetensors(path.join(ours, name)), await readSafetensors(path.join(theirs, name))];
          expect(b.metadata).toEqual(a.metadata);
          expect(shapesOf(b)).toEqual(shapesOf(a));
        }
      }
    },
    limit,
  );
});

function shapesOf({ tensors }: Awaited<ReturnType<typeof readSafetensors>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(tensors)
      .map(([name, { shape }]) => [name, shape.join()] as const)
      .sort(),
  );
}
