/** What a plan says of training beyond the plain one, and a sub-sweep of learning rates as an axis or as a choice. */
import { describe, expect, it } from 'vitest';
import { explainPlan, formatPlan, type Plan } from '../../harness/plan/index.ts';
import { baseText, edited, withSweep } from '../spec/base-experiment.ts';
import { planOf, stagesOf } from './plan-of.ts';

const text = (plan: Plan): string => formatPlan(plan, explainPlan(plan, { states: new Map(), done: [] }));
const lines = (plan: Plan): readonly string[] => {
  const all = text(plan).split('\n');
  const start = all.indexOf('Training:');
  return start < 0 ? [] : all.slice(start + 1, all.indexOf('', start));
};

describe('a plan', () => {
  it('says nothing of plain training', () => {
    expect(lines(planOf(baseText))).toEqual([]);
  });

  it('names every feature that is on, the parameters that learn, and how many stages train so', () => {
    const plan = planOf(
      edited(
        ['  budget: {pairs: 160}\n', '  budget: {pairs: 160}\n  pairsPerMicroBatch: 4\n  sharePrompts: true\n'],
        [
          'learningRate: 1e-3}\n  schedule: {kind: wsd',
          'learningRate: 1e-3, momentStorage: bfloat16, ema: {decay: 0.99}}\n  schedule: {kind: wsd',
        ],
        [
          '  objective: {}\n',
          '  objective: {rewardCentering: 0.01, margin: {kind: constant, value: 0.5}}\n  trainable: {kind: ' +
            'lora, rank: 2, alpha: 8, targets: [q_proj, v_proj], frozenStorage: bfloat16}\n',
        ],
      ),
    );
    // One layer, width 32, one key/value head of 16: adapters (32 + 32) x 2 of queries and (32 + 16) x 2 of values, and
    // the head of 32. The model: embedding 1024 x 32, queries 32 x 32 + 32, keys and values 2 x (32 x 16 + 16), output
    // 32 x 32, feed-forward 3 x 32 x 64, norms 3 x 32, head 32.
    const learned = (32 + 32) * 2 + (32 + 16) * 2 + 32;
    const all = 1024 * 32 + 32 * 32 + 32 + 2 * (32 * 16 + 16) + 32 * 32 + 3 * 32 * 64 + 3 * 32 + 32;
    const backbone =
      '4 of 16 pairs at a time; pairs of one prompt share it; bfloat16 moments; average of weights, decay 0.99';
    expect(lines(plan)).toEqual([
      `  2 x pretrain: ${backbone}`,
      `  2 x decay: ${backbone}`,
      `  2 x finetune: LoRA, rank 2, alpha 8, on q_proj, ` +
        `v_proj (${learned} of ${all.toLocaleString('en-US')} parameters learn, frozen ones in bfloat16); ` +
        `rewards centered (0.01); margin 0.5`,
    ]);
  });

  it('tells frozen parts', () => {
    expect(
      lines(
        planOf(edited(['  steps: 10\n', '  steps: 10\n  trainable: {kind: frozen-embeddings, frozenLayers: 1}\n'])),
      ),
    ).toEqual([expect.stringContaining('embeddings and 1 layers frozen (64 of ')]);
  });

  it('does not name anew what leaves a feature off', () => {
    const plain = planOf(baseText).stages.map(({ id }) => id);
    expect(
      planOf(edited(['  steps: 10\n', '  steps: 10\n  trainable: null\n  pairsPerMicroBatch: null\n'])).stages.map(
        ({ id }) => id,
      ),
    ).toEqual(plain);
    const finetunes = (change: string) =>
      stagesOf(planOf(edited(['  steps: 10\n', `  steps: 10\n  ${change}\n`])), 'finetune').map(({ id }) => id);
    const variants = [
      'trainable: {kind: lora, rank: 2, alpha: 4}',
      'trainable: {kind: lora, rank: 2, alpha: 8}',
      'pairsPerMicroBatch: 4',
      'sharePrompts: true',
    ].map((change) => finetunes(change).join());
    expect(
      new Set([
        stagesOf(planOf(baseText), 'finetune')
          .map(({ id }) => id)
          .join(),
        ...variants,
      ]).size,
    ).toBe(variants.length + 1);
  });
});

describe('learning rates', () => {
  it('as an axis: a finetuning each, from one trunk a seed, and the trials say which', () => {
    const plan = planOf(withSweep('finetune.optimizer.learningRate: [1e-4, 3e-4, 1e-3]'));
    expect([
      stagesOf(plan, 'pretrain').length,
      stagesOf(plan, 'decay').length,
      stagesOf(plan, 'finetune').length,
    ]).toEqual([2, 2, 6]);
    expect(
      plan.trials.map(({ seed, axes }) => [seed, axes.declared['finetune.optimizer.learningRate']]).toSorted(),
    ).toEqual([1, 2].flatMap((seed) => [1e-4, 3e-4, 1e-3].map((rate) => [seed, rate])).toSorted());
  });

  it('as a choice: tuned once on dev for every arm, and taken over by all its trials', () => {
    const plan = planOf(
      withSweep(
        'finetune.samples: [16, 32]',
        'select:\n  by: [arm]\n  at: {finetune.samples: 32}\n  seed: 9\n  over: ' +
          '{finetune.optimizer.learningRate: [1e-4, 1e-3], finetune.optimizer.ema: [null]}\n',
      ),
    );
    const [select] = stagesOf(plan, 'select');
    expect(select?.config.candidates.map(({ values }) => values)).toEqual(
      [1e-4, 1e-3].map((rate) => ({ 'finetune.optimizer.learningRate': rate, 'finetune.optimizer.ema': null })),
    );
    const tuned = stagesOf(plan, 'finetune').filter(({ config }) => config.selected.length > 0);
    expect(tuned).toHaveLength(4);
    expect(tuned.every(({ inputs }) => inputs['select'] === select?.id)).toBe(true);
  });
});
