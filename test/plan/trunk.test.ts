import { describe, expect, it } from 'vitest';
import { withSweep } from '../spec/base-experiment.ts';
import { fingerprints, kindsOf, planOf, stageOf, stagesOf } from './plan-of.ts';

const budgets = (...pairs: readonly number[]): string =>
  withSweep(`pretrain.budget: [${pairs.map((n) => `{pairs: ${n}}`).join(', ')}]`).replace(
    'seeds: [1, 2]',
    'seeds: [1]',
  );

describe('the trunk with forks', () => {
  it('is one chain of segments ordered by budget, whatever the order of the trials', () => {
    const plan = planOf(budgets(640, 160, 320));
    const segments = stagesOf(plan, 'pretrain');
    expect(segments.map(({ config }) => config.budget)).toEqual([{ pairs: 160 }, { pairs: 320 }, { pairs: 640 }]);
    expect(segments.map(({ inputs }) => inputs['previous'])).toEqual([undefined, segments[0]?.id, segments[1]?.id]);
    // 16 pairs a step: 10, 20 and 40 steps; decays of 2, 4 and 8; the trunk is cut at 8, 16 and 32, so its segments are
    // 8, 8 and 16 steps.
    expect(segments.map(({ cost }) => [cost.steps, cost.pairs])).toEqual([
      [8, 128],
      [8, 128],
      [16, 256],
    ]);
    expect(stagesOf(plan, 'decay').map(({ cost, config }) => [config.budget, cost.steps])).toEqual([
      [{ pairs: 640 }, 8],
      [{ pairs: 160 }, 2],
      [{ pairs: 320 }, 4],
    ]);
  });

  it('makes each decay a fork of its own segment, and each finetune start from its decay', () => {
    const plan = planOf(budgets(160, 320));
    for (const trial of plan.trials) {
      const finetune = stageOf(plan, stageOf(plan, trial.evaluate).inputs['model']);
      const decay = stageOf(plan, finetune.inputs['backbone']);
      const segment = stageOf(plan, decay.inputs['trunk']);
      expect([decay.kind, segment.kind]).toEqual(['decay', 'pretrain']);
      expect([decay, segment].map(({ config }) => 'budget' in config && config.budget)).toEqual([
        { pairs: trial.axes.pmpPairs },
        { pairs: trial.axes.pmpPairs },
      ]);
      expect(stageOf(plan, trial.baseline).inputs['backbone']).toBe(decay.id);
    }
  });

  it('keeps every fingerprint when a larger budget is added', () => {
    const larger = fingerprints(planOf(budgets(160, 320, 640)));
    expect([...fingerprints(planOf(budgets(160, 320)))].filter((one) => !larger.has(one))).toEqual([]);
  });

  it('keeps every fingerprint when a budget is put between two others, and continues through it', () => {
    const before = planOf(budgets(160, 640));
    const after = planOf(budgets(160, 320, 640));
    const kept = fingerprints(after);
    expect([...fingerprints(before)].filter((one) => !kept.has(one))).toEqual([]);
    const last = (plan: typeof before): string | undefined => stagesOf(plan, 'pretrain').at(-1)?.inputs['previous'];
    expect([last(before), last(after)]).toEqual([
      stagesOf(after, 'pretrain')[0]?.id,
      stagesOf(after, 'pretrain')[1]?.id,
    ]);
  });

  it('leaves the earlier segments in the stages of a later trial', () => {
    const plan = planOf(budgets(160, 320));
    expect(kindsOf(plan, plan.trials[1])).toEqual([
      'corpus',
      'tokenizer',
      'descriptions',
      'pairs',
      'task',
      'contamination',
      'audit',
      'ranker',
      'pretrain',
      'pretrain',
      'decay',
      'baseline',
      'finetune',
      'evaluate',
    ]);
  });

  it('is another trunk for another seed, model, objective or learning rate', () => {
    const text = withSweep('pretrain.objective.lmWeight: [0, 1]\npretrain.optimizer.learningRate: [1e-3, 2e-3]');
    const segments = stagesOf(planOf(text), 'pretrain');
    expect([segments.length, segments.filter(({ inputs }) => 'previous' in inputs).length]).toEqual([2 * 2 * 2, 0]);
  });

  it('continues equal-tokens runs from what is surely shorter, and never the other way round', () => {
    const lm = withSweep(
      'budget:\n  a: {pretrain.budget: {pairs: 160}}\n  b: {pretrain.budget: {pairs: 480}}\n  c: ' +
        '{pretrain.budget: {tokensOfPairs: 160}}\n  d: {pretrain.budget: {tokensOfPairs: 320}}',
    )
      .replace('kind: pmp', 'kind: lm')
      .replace('seeds: [1, 2]', 'seeds: [1]');
    const plan = planOf(lm);
    const continued = stagesOf(plan, 'pretrain').map(({ config, inputs }) => {
      const previous = inputs['previous'] === undefined ? null : stageOf(plan, inputs['previous']).config;
      return [config.budget, previous !== null && 'budget' in previous ? previous.budget : null];
    });
    expect(continued).toEqual([
      [{ pairs: 160 }, null],
      [{ pairs: 480 }, { pairs: 160 }],
      [{ tokensOfPairs: 160 }, { pairs: 160 }], // longer than 160 pairs, but perhaps not than 480
      [{ tokensOfPairs: 320 }, { tokensOfPairs: 160 }], // and 480 pairs do not continue it
    ]);
  });

  it('has no chain and no decay with a cosine schedule', () => {
    const plan = planOf(
      budgets(160, 320).replace(
        'schedule: {kind: wsd, warmup: {steps: 2}}',
        'schedule: {kind: cosine, warmup: {steps: 2}}',
      ),
    );
    expect(stagesOf(plan, 'decay')).toEqual([]);
    expect(stagesOf(plan, 'pretrain').map(({ inputs, cost }) => [Object.keys(inputs), cost.steps])).toEqual([
      [['pairs'], 10],
      [['pairs'], 20],
    ]);
    expect(stagesOf(plan, 'finetune').map(({ inputs }) => inputs['backbone'])).toEqual(
      stagesOf(plan, 'pretrain').map(({ id }) => id),
    );
  });
});
