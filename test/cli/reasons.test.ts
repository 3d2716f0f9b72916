/** Why stages run, in a results folder that several experiments share. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { explainAgainst } from '../../harness/cli/load-plan.ts';
import type { Plan, PlannedStage } from '../../harness/plan/index.ts';
import { planFile, stageFolder } from '../../harness/store/index.ts';
import { planOf } from '../plan/plan-of.ts';
import { baseText } from '../spec/base-experiment.ts';

let results: string;
beforeEach(() => {
  results = mkdtempSync(join(tmpdir(), 'harness-reasons-'));
});
afterEach(() => rmSync(results, { recursive: true }));

const write = (file: string, value: unknown): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value));
};

/** What a finished sweep leaves of a plan. */
function swept(plan: Plan): void {
  for (const { id, kind, fingerprint, config, inputs } of plan.stages) {
    const folder = stageFolder(results, id);
    for (const file of ['journal.jsonl', 'provenance.json']) write(join(folder, file), {});
    write(join(folder, 'stage.json'), { stageVersion: 1, id, kind, fingerprint, config, inputs });
    write(join(folder, 'done.json'), { id, outcome: { kind: 'completed' }, outputs: [] });
  }
  write(planFile(results, plan.experiment), plan);
}

const reasonOf = (plan: Plan, kind: PlannedStage['kind']): string | undefined =>
  explainAgainst(plan, results).get(plan.stages.find((stage) => stage.kind === kind)?.id ?? '')?.reason;

const ours = planOf(baseText, ['seeds=1']);
const changed = planOf(baseText, ['seeds=1', 'finetune.steps=13']);
const others = planOf(baseText.replace('name: base', 'name: other'), ['seeds=1', 'finetune.steps=12']);

it('takes no stage of another experiment for a reason, and serves those that are equal', () => {
  swept(others);
  expect(reasonOf(changed, 'finetune')).toBe('first of its kind in this experiment');
  expect(reasonOf(changed, 'tokenizer')).toBe('done');
});

it('names what differs from the stages that this experiment had, though another one is nearer', () => {
  swept(ours);
  swept(others);
  expect(reasonOf(changed, 'finetune')).toBe('finetune.steps 10 -> 13');
});

it('compares with nothing where the record of the experiment cannot be read', () => {
  swept(ours);
  writeFileSync(planFile(results, ours.experiment), '{');
  expect(reasonOf(changed, 'finetune')).toBe('first of its kind in this experiment');
});
