/** A base language model that the experiment trains: one for all trials, and an input of whatever begins with it. */
import { expect, test } from 'vitest';
import { stageNames, type PlannedStage } from '../../harness/plan/index.ts';
import { baseText, errorLines, withSweep } from '../spec/base-experiment.ts';
import { planOf } from './plan-of.ts';

const start = `start:
  kind: trained
  pairs: {kind: functions}
  pretrain:
    budget: {pairs: 320}
    optimizer: {kind: adamw, learningRate: 1e-3}
    schedule: {kind: wsd, warmup: {steps: 2}}
`;
const axes = `pretraining:
  scratch: {start: {kind: random}, pretrain.objective: {kind: none}}
  base: {pretrain.objective: {kind: none}}
  lm: {pretrain.objective: {kind: lm}}
  pmp-160: {}
  pmp-320: {pretrain.budget: {pairs: 320}}
`;
const plan = planOf(withSweep(axes, start));
const named = (pattern: RegExp): readonly PlannedStage[] => {
  const names = stageNames(plan);
  return plan.stages.filter(({ id }) => pattern.test(names.get(id) ?? ''));
};

test('is trained once, whatever the seeds and arms', () => {
  const [base, ...others] = named(/^decay base LM, 320/);
  expect(others).toEqual([]);
  const begin = plan.stages.filter(({ inputs }) => inputs['start'] !== undefined);
  expect(new Set(begin.map(({ inputs }) => inputs['start']))).toEqual(new Set([base?.id]));
  expect(named(/base LM trunk/)).toHaveLength(1);
});

test('is where pretraining begins, every segment of it, and finetuning where there is no pretraining', () => {
  const kinds = plan.stages.filter(({ inputs }) => inputs['start'] !== undefined).map(({ kind }) => kind);
  const count = (kind: string): number => kinds.filter((one) => one === kind).length;
  // Two seeds each: the trunks of lm and pmp, the latter in two segments; the trials of the arm base.
  expect([count('pretrain'), count('finetune'), count('baseline'), count('decay')]).toEqual([6, 2, 2, 0]);
  for (const { config, inputs } of named(/^finetune base/)) {
    expect(inputs['backbone']).toBeUndefined();
    expect(config).toMatchObject({ start: null, startDigest: null });
  }
});

test('makes an arm of its own, beside scratch', () => {
  expect(new Set(plan.trials.map(({ axes: { arm } }) => arm))).toEqual(
    new Set(['none', 'base', 'lm-equal-pairs', 'pmp']),
  );
});

test('is looked at for questions of the evaluation, as pretraining pairs are', () => {
  const checks = plan.stages.filter(({ kind }) => kind === 'contamination');
  expect(checks.map(({ inputs }) => [inputs['pairs'] !== undefined, inputs['startPairs'] !== undefined])).toEqual([
    [false, false],
    [false, true],
    [true, true],
  ]);
});

test('changes what stands on it when it changes, and leaves scratch alone', () => {
  const other = planOf(withSweep(axes, start.replace('learningRate: 1e-3', 'learningRate: 2e-3')));
  const before = new Set(plan.trials.map(({ evaluate }) => evaluate));
  const same = other.trials.filter(({ evaluate }) => before.has(evaluate));
  expect(new Set(same.map(({ axes: { arm } }) => arm))).toEqual(new Set(['none']));
});

test('says what is wrong with it where it stands', () => {
  const broken = baseText + start.replace('budget: {pairs: 320}', 'budget: {pairs: 321}');
  expect(errorLines(broken).join('\n')).toMatch(/start\.pretrain\.budget\.pairs: expected whole steps of 16 pairs/);
  const withoutCorpus = (baseText + start).replace('corpus: {kind: npm}\n', '').replace('pairs: {kind: mutate}\n', '');
  expect(errorLines(withoutCorpus).join('\n')).toContain('corpus');
});
