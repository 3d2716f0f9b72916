import { describe, expect, test } from 'vitest';
import { arms, type Arm } from '../../harness/kinds/index.ts';
import { stageNames, type Plan } from '../../harness/plan/index.ts';
import { stageName } from '../../harness/plan/stage-names.ts';
import { baseText, withSweep } from '../spec/base-experiment.ts';
import { planOf } from './plan-of.ts';

const named = (plan: Plan): readonly string[] => [...stageNames(plan).values()];

const tuned = `select: {by: [arm, task], at: {}, seed: 1, over: {finetune.optimizer.learningRate: [1e-3, 3e-3]}}\n`;

describe('names of stages', () => {
  test('say arm, task, samples and seed of what trials need for themselves', () => {
    const names = named(planOf(baseText.replace('seeds: [1, 2]', 'seeds: [1]')));
    // In no particular order: which stage comes first is the plan's to say.
    expect(new Set(names)).toEqual(
      new Set([
        'corpus npm',
        'descriptions doc-comment',
        'tokenizer bpe, 1,024 tokens',
        'task algebra',
        'pairs mutate',
        'audit mutate',
        'contamination algebra, mutate',
        'ranker algebra, 32, seed 1',
        'pretrain PMP trunk to 160, seed 1',
        'decay PMP-160, seed 1',
        'baseline PMP-160, algebra, seed 1',
        'finetune PMP-160, algebra, 32, seed 1',
        'evaluate PMP-160, algebra, 32, seed 1',
      ]),
    );
  });

  test('say the model where the experiment has several', () => {
    const names = named(planOf(withSweep('model:\n  a: {model.name: a}\n  b: {model.name: b, model.hiddenSize: 64}')));
    expect(names).toContain('pretrain PMP trunk to 160, b, seed 2');
    expect(names).toContain('finetune PMP-160, a, algebra, 32, seed 1');
  });

  test('say the arms without preference pretraining', () => {
    const axes =
      'arm:\n  none: {pretrain.objective: {kind: none}}\n  lm: {pretrain.objective: {kind: lm}}\n  tokens: ' +
      '{pretrain.objective: {kind: lm}, pretrain.budget: {tokensOfPairs: 160}}';
    const names = named(planOf(withSweep(axes)));
    for (const arm of ['no pretraining', 'LM-160', 'LM-160 equal tokens'])
      expect(names).toContain(`finetune ${arm}, algebra, 32, seed 1`);
  });

  test('say an arm of a plug-in as it calls itself, and one that is not known by its id', () => {
    const plan = planOf(baseText);
    const own: Arm = { ...(arms.at(-1) as Arm), id: 'shuffled', shortLabel: 'shuffled pairs' };
    const trials = plan.trials.map((trial) => ({ ...trial, axes: { ...trial.axes, arm: 'shuffled' } }));
    const evaluate = plan.trials[0]!.evaluate;
    const nameIn = (known: readonly Arm[]): string | undefined =>
      stageNames({ ...plan, trials }, { arms: known }).get(evaluate);
    expect(nameIn([own, ...arms])).toBe('evaluate shuffled-160 pairs, algebra, 32, seed 1');
    expect(nameIn(arms)).toBe('evaluate shuffled-160, algebra, 32, seed 1');
    // What is pretrained is named by the arm that claims it: the first one.
    const names = [...stageNames(plan, { arms: [own, ...arms] }).values()];
    expect(names).toContain('decay shuffled-160 pairs, seed 1');
  });

  test('say the values that a tuning run tries, and what is chosen', () => {
    const names = named(planOf(`${baseText}${tuned}`));
    expect(names).toContain('tune lr 0.003, PMP, algebra');
    expect(names).toContain('evaluate tuning lr 0.001, PMP, algebra');
    expect(names).toContain('select lr, PMP, algebra');
  });

  test('say the values of other axes where names would be equal', () => {
    const names = named(planOf(withSweep('finetune.steps: [10, 20]')));
    expect(names).toContain('finetune PMP-160, algebra, 32, seed 1, steps 20');
    expect(names).toContain('evaluate PMP-160, algebra, 32, seed 2, steps 10');
    expect(new Set(names).size).toBe(names.length);
  });

  test('are taken as they were recorded', () => {
    const plan = planOf(baseText);
    const names = stageNames(plan);
    const record = {
      trials: plan.trials,
      stages: plan.stages.map(({ id, kind }) => ({ id, kind, name: names.get(id) ?? null })),
    };
    expect(stageNames(record)).toEqual(names);
  });

  test('of a record without names come from its trials, and are kinds elsewhere', () => {
    const plan = planOf(baseText);
    const { evaluate, stages } = plan.trials[0]!;
    const names = stageNames({ trials: plan.trials, stages: plan.stages.map(({ id, kind }) => ({ id, kind })) });
    expect(names.get(evaluate)).toBe('evaluate PMP-160, algebra, 32, seed 1');
    expect(names.get(stages[0]!)).toBe('corpus');
  });

  test('of one stage is the one it has among all', () => {
    const plans = [
      planOf(baseText),
      planOf(withSweep('model:\n  a: {model.name: a}\n  b: {model.name: b, model.hiddenSize: 64}')),
      planOf(withSweep('finetune.optimizer.weightDecay: [0, 0.1]\nfinetune.samples: [16, 32]')),
    ];
    for (const plan of plans) for (const [id, name] of stageNames(plan)) expect(stageName(plan, id)).toBe(name);
  });
});
