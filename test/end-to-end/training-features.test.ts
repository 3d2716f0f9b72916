/**
 * A real sweep with the training features on, over an axis of learning rates; its workers are killed in the middle of
 * finetuning.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLiveLease } from '../../harness/store/index.ts';
import { captured, documentOf, type CapturedRun } from '../cli/captured-run.ts';
import { fixtureCache } from './fixture-corpus.ts';

let cache: string;
let folder: string;
let spec: string;

beforeAll(() => {
  cache = fixtureCache();
  folder = mkdtempSync(path.join(tmpdir(), 'harness-features-'));
  spec = path.join(folder, 'features.yaml');
  // Maps of an extended file are merged, so its axes go first.
  const nano = readFileSync(path.join(import.meta.dirname, 'nano.yaml'), 'utf8');
  writeFileSync(
    path.join(folder, 'plain.yaml'),
    nano.replace(/^select:[\s\S]*?(?=^sweep:)/m, '').replace(/^sweep:[\s\S]*?(?=^execution:)/m, ''),
  );
  writeFileSync(spec, featuresText);
});

afterAll(() => {
  for (const place of [cache, folder]) rmSync(place, { recursive: true, force: true });
});

/** Finetuning long enough to be met in its middle, with a resume point every few steps. */
const featuresText = `extends: plain.yaml
name: features
question: Is a finetuning with everything on the same after a kill?
seeds: [1]
pretrain: {budget: {pairs: 16}, pairsPerMicroBatch: 3, sharePrompts: true, optimizer: {momentStorage: bfloat16, ema: {decay: 0.9}}, objective: {rewardCentering: 0.01}}
finetune:
  steps: 100
  pairsPerMicroBatch: 3
  trainable: {kind: lora, rank: 2, alpha: 4, frozenStorage: bfloat16}
  objective: {margin: {kind: constant, value: 0.2}}
  optimizer: {momentStorage: float16, ema: {decay: 0.95}}
sweep: {axes: {finetune.optimizer.learningRate: [1.0e-3, 3.0e-3]}}
execution: {workers: 1, checkpointEverySeconds: 0.05}
`;

const environment = (results: string): Record<string, string> => ({
  HARNESS_CACHE: cache,
  HARNESS_RESULTS: path.join(folder, results),
  HARNESS_REPORTS: path.join(folder, `${results}-reports`),
});
const harness = (results: string, argv: readonly string[]): Promise<CapturedRun> =>
  captured(argv, environment(results));
const stagesOf = (results: string, kind: string): string[] =>
  readdirSync(path.join(folder, results, 'store'))
    .filter((name) => name.startsWith(`${kind}-`))
    .toSorted();
const outputsOf = (results: string, stage: string): unknown =>
  (JSON.parse(readFileSync(path.join(folder, results, 'store', stage, 'done.json'), 'utf8')) as { outputs: unknown })
    .outputs;

/** The stage that works in the folder now has a resume point. */
function isSaved(stage: string): boolean {
  const lease = path.join(stage, 'lease');
  const holders = existsSync(lease) ? readdirSync(lease) : [];
  return holders.some((name) => existsSync(path.join(lease, name, 'work', 'resume.safetensors')));
}

/** Kills the worker of each finetune stage once, after its first resume point. Ends with the sweep. */
async function killOnce(results: string, isOver: () => boolean): Promise<number> {
  const killed = new Set<string>();
  while (!isOver()) {
    await sleep(2);
    const store = path.join(folder, results, 'store');
    const inWork = existsSync(store)
      ? readdirSync(store).filter(
          (name) => name.startsWith('finetune-') && !killed.has(name) && isSaved(path.join(store, name)),
        )
      : [];
    for (const stage of inWork) {
      const lease = readLiveLease(path.join(folder, results), stage);
      if (lease === null) continue;
      killed.add(stage);
      process.kill(lease.pid, 'SIGKILL');
    }
  }
  return killed.size;
}

it('gives the same bytes when workers are killed while finetuning, and one trial a learning rate', async () => {
  const calm = await harness('calm', ['sweep', spec, '--json']);
  expect(calm.stderr).not.toContain('failed');
  expect(documentOf(calm)).toMatchObject({ trials: { ran: 2 } });

  let isOver = false;
  const sweep = harness('killed', ['sweep', spec, '--json']).finally(() => {
    isOver = true;
  });
  const kills = await killOnce('killed', () => isOver);
  expect((await sweep).exitCode).toBe(0);
  expect(kills).toBeGreaterThanOrEqual(1);
  for (const kind of ['pretrain', 'decay', 'finetune', 'evaluate']) {
    expect(stagesOf('killed', kind)).toEqual(stagesOf('calm', kind));
    for (const stage of stagesOf('calm', kind))
      expect(outputsOf('killed', stage), stage).toEqual(outputsOf('calm', stage));
  }
  const attempts = stagesOf('killed', 'finetune').flatMap((stage) =>
    readFileSync(path.join(folder, 'killed', 'store', stage, 'journal.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('resumedFromStep'))
      .map((line) => (JSON.parse(line) as { resumedFromStep: number | null }).resumedFromStep),
  );
  expect(attempts.some((step) => step !== null && step > 0 && step < 100)).toBe(true);
}, 120_000);

it('finetunes each learning rate on its own from one trunk, and tells them apart in the results', async () => {
  expect([stagesOf('calm', 'pretrain').length, stagesOf('calm', 'finetune').length]).toEqual([1, 2]);
  const { rows } = documentOf(
    await harness('calm', [
      'sql',
      "select axes, count(*) as metrics from results where metric = 'eval/pairwise_accuracy' group by axes",
      '--json',
    ]),
  ) as { rows: { axes: string }[] };
  const rates = rows
    .map(({ axes }) => JSON.stringify(axes))
    .map((axes) => /learningRate\D+([0-9.e-]+)/.exec(axes)?.[1]);
  expect(rates.toSorted()).toEqual(['0.001', '0.003']);
});
