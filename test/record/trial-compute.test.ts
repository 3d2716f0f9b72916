/** What the training of a trial costs: its own chain and no other. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect, readTrialCompute, withDatabase } from '../../harness/record/index.ts';
import { stageId, temporaryResults, writeExperiment, writeStage } from './results-fixture.ts';

let results = '';
beforeEach(() => {
  results = temporaryResults();
});
afterEach(() => rmSync(results, { recursive: true }));

const [base, shorter, fork, decay, tuned, finetune, evaluate] = [
  stageId('decay', 1),
  stageId('pretrain', 2),
  stageId('pretrain', 3),
  stageId('decay', 4),
  stageId('finetune', 5),
  stageId('finetune', 6),
  stageId('evaluate', 7),
] as const;

/** FLOPs of each stage: powers of two, so that a sum says which stages are in it. */
const flops: Readonly<Record<string, number | null>> = {
  [base]: 1,
  [shorter]: 2,
  [fork]: 4,
  [decay]: 8,
  [tuned]: 16,
  [finetune]: 32,
  [evaluate]: null,
};

/** A trial of a trunk in two segments, on a base, tuned beforehand. */
function writeTrial(forkInputs: Readonly<Record<string, string>>): void {
  writeStage(results, { kind: 'decay', number: 1 });
  writeStage(results, { kind: 'pretrain', number: 2, inputs: { start: base } });
  writeStage(results, { kind: 'pretrain', number: 3, inputs: forkInputs });
  writeStage(results, { kind: 'decay', number: 4, inputs: { trunk: fork } });
  writeStage(results, { kind: 'finetune', number: 5, inputs: { backbone: decay } });
  writeStage(results, { kind: 'finetune', number: 6, inputs: { backbone: decay, select: tuned } });
  writeStage(results, { kind: 'evaluate', number: 7, inputs: { model: finetune } });
  const stages = [base, shorter, fork, decay, tuned, finetune, evaluate];
  writeExperiment(results, 'costs', [{ id: '0000000000a0', seed: 0, arm: 'pmp', stages }]);
}

interface PlannedStage {
  readonly id: string;
  readonly cost: object;
  readonly inputs?: Readonly<Record<string, string>>;
}

function replan(change: (stage: PlannedStage) => PlannedStage): void {
  const file = join(results, 'experiments/costs/plan.json');
  const plan = JSON.parse(readFileSync(file, 'utf8')) as { readonly stages: readonly PlannedStage[] };
  writeFileSync(file, JSON.stringify({ ...plan, stages: plan.stages.map(change) }));
}

async function compute() {
  replan((stage) => ({ ...stage, cost: { ...stage.cost, trainFlops: flops[stage.id] } }));
  await collect(results);
  return withDatabase(results, (database) => readTrialCompute(database, 'costs'));
}

test('a trial bears its whole trunk and its decay; the start is told apart, tuning is left out', async () => {
  writeTrial({ start: base, previous: shorter });
  expect(await compute()).toEqual([{ trialId: '0000000000a0', start: 1, pretrain: 2 + 4 + 8, finetune: 32 }]);
});

test('a segment that was trained in one go before the plan cut it in two costs as the plan says', async () => {
  writeTrial({ start: base });
  replan((stage) => (stage.id === fork ? { ...stage, inputs: { start: base, previous: shorter } } : stage));
  expect(await compute()).toMatchObject([{ start: 1, pretrain: 2 + 4 + 8, finetune: 32 }]);
});

test('without pretraining a trial begins with the start itself, and without a start with nothing', async () => {
  writeTrial({});
  replan((stage) => (stage.id === finetune ? { ...stage, inputs: { start: base } } : stage));
  expect(await compute()).toMatchObject([{ start: 1, pretrain: 0, finetune: 32 }]);
  replan((stage) => (stage.id === finetune ? { ...stage, inputs: {} } : stage));
  expect(await compute()).toMatchObject([{ start: 0, pretrain: 0, finetune: 32 }]);
});

test('a trial with a stage of unknown cost has none', async () => {
  writeTrial({ previous: stageId('pretrain', 99) });
  expect(await compute()).toEqual([]);
});
