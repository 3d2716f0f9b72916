import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  explainPlan,
  formatPlan,
  formatStagesAndTrials,
  planToJson,
  type Plan,
  type StoredState,
  type StoreSnapshot,
} from '../../harness/plan/index.ts';
import { baseText, withSweep } from '../spec/base-experiment.ts';
import { planOf, stagesOf } from './plan-of.ts';

const nothing: StoreSnapshot = { states: new Map(), done: [] };

/** A store in which all stages of a plan are done, but for the states given. */
function storeOf(plan: Plan, others: Readonly<Record<string, StoredState>> = {}): StoreSnapshot {
  const states = new Map<string, StoredState>(plan.stages.map(({ id }) => [id, others[id] ?? 'done']));
  return { states, done: plan.stages.filter(({ id }) => states.get(id) === 'done') };
}

function reasons(plan: Plan, store: StoreSnapshot): readonly (readonly [string, string, string])[] {
  const statuses = explainPlan(plan, store);
  return plan.stages.map(
    ({ id, kind }) => [kind, statuses.get(id)?.status ?? '', statuses.get(id)?.reason ?? ''] as const,
  );
}

const plan = planOf(baseText, ['seeds=1']);
const idOf = (kind: Parameters<typeof stagesOf>[1], from = plan): string => stagesOf(from, kind)[0]?.id ?? '';

describe('explainPlan', () => {
  it('runs everything in an empty store, as the first of its kind in this experiment', () => {
    expect(new Set(reasons(plan, nothing).map(([, status, reason]) => `${status}: ${reason}`))).toEqual(
      new Set(['run: first of its kind in this experiment']),
    );
  });

  it('runs nothing where all is done', () => {
    expect(new Set(reasons(plan, storeOf(plan)).map(([, status]) => status))).toEqual(new Set(['cached']));
  });

  it('names the field that changed, and the inputs that follow from it', () => {
    const changed = planOf(baseText, ['seeds=1', 'finetune.optimizer.learningRate=0.003']);
    expect(reasons(changed, storeOf(plan)).filter(([, status]) => status === 'run')).toEqual([
      ['finetune', 'run', 'finetune.optimizer.learningRate 0.001 -> 0.003'],
      ['evaluate', 'run', `input model changed (${idOf('finetune')} -> ${idOf('finetune', changed)})`],
    ]);
  });

  it('names a changed input where the config is the same', () => {
    const changed = planOf(baseText, ['seeds=1', 'pairs.maxEdits=1']);
    const pretrain = reasons(changed, storeOf(plan)).find(([kind]) => kind === 'pretrain');
    expect(pretrain).toEqual([
      'pretrain',
      'run',
      `input pairs changed (${idOf('pairs')} -> ${idOf('pairs', changed)})`,
    ]);
  });

  it('compares with the nearest stage that is done, not the first', () => {
    const done = planOf(withSweep('a:\n  x: {finetune.steps: 11, finetune.samples: 20}\n  y: {finetune.steps: 12}'), [
      'seeds=1',
    ]);
    const changed = planOf(baseText, ['seeds=1', 'finetune.steps=13']);
    expect(reasons(changed, storeOf(done)).find(([kind]) => kind === 'finetune')?.[2]).toBe('finetune.steps 12 -> 13');
  });

  it('does not call an earlier trunk segment a difference', () => {
    const two = withSweep('pretrain.budget: [{pairs: 160}, {pairs: 640}]');
    const three = withSweep('pretrain.budget: [{pairs: 160}, {pairs: 320}, {pairs: 640}]');
    const statuses = reasons(planOf(three, ['seeds=1']), storeOf(planOf(two, ['seeds=1']))).filter(
      ([kind]) => kind === 'pretrain',
    );
    expect(statuses.map(([, status, reason]) => [status, reason])).toEqual([
      ['cached', 'done'],
      ['run', 'budget.pairs 160 -> 320'],
      ['cached', 'done'],
    ]);
  });

  it('shortens a long list of differences', () => {
    const changed = planOf(baseText, [
      'seeds=1',
      'finetune.steps=13',
      'finetune.samples=20',
      'finetune.pairsPerStep=8',
      'finetune.objective.lmWeight=1',
      'finetune.optimizer.beta1=0.8',
      'finetune.optimizer.beta2=0.8',
    ]);
    expect(reasons(changed, storeOf(plan)).find(([kind]) => kind === 'finetune')?.[2]).toBe(
      'finetune.objective.lmWeight 0 -> 1, finetune.samples 32 -> 20, finetune.steps 10 -> 13, ' +
        'finetune.pairsPerStep 16 -> 8 and 2 more',
    );
  });

  it('says so when the same config and inputs give another fingerprint', () => {
    const store: StoreSnapshot = {
      states: new Map(),
      done: [{ ...(plan.stages[0] as Plan['stages'][number]), id: 'corpus-000000000000' }],
    };
    expect(reasons(plan, store)[0]).toEqual(['corpus', 'run', 'the meaning of this kind of stage changed']);
  });

  it('runs damaged stages again and says what is damaged; what was made of them stays', () => {
    const id = idOf('tokenizer');
    expect(
      reasons(plan, storeOf(plan, { [id]: { damaged: 'tokenizer.json has 3 bytes, committed were 900' } })).filter(
        ([, status]) => status !== 'cached',
      ),
    ).toEqual([
      ['tokenizer', 'damaged', 'outputs are damaged (tokenizer.json has 3 bytes, committed were 900): run again'],
    ]);
  });

  it('tries failed stages again', () => {
    const id = idOf('finetune');
    const store = storeOf(plan, {
      [id]: { failed: { outcome: { message: 'no space left' } } },
      [idOf('evaluate')]: 'absent',
    });
    expect(reasons(plan, store).find(([, status]) => status !== 'cached')).toEqual([
      'finetune',
      'run',
      'failed before (no space left): tried again',
    ]);
  });

  it('takes a diverged stage as a result that blocks what is not done behind it', () => {
    const id = idOf('decay');
    const store = storeOf(plan, {
      [id]: { diverged: { step: 12, reason: 'loss is NaN' } },
      [idOf('finetune')]: 'absent',
      [idOf('evaluate')]: 'absent',
    });
    expect(reasons(plan, store).filter(([, , reason]) => reason !== 'done')).toEqual([
      ['decay', 'cached', 'diverged at step 12 (loss is NaN): a result, not run again'],
      ['finetune', 'blocked', `its input backbone (${id}) diverged or is blocked`],
      ['evaluate', 'blocked', `its input model (${idOf('finetune')}) diverged or is blocked`],
    ]);
  });
});

describe('planToJson', () => {
  it('is the plan with a status and a reason for each stage, and survives JSON', () => {
    const json = JSON.parse(JSON.stringify(planToJson(plan, explainPlan(plan, nothing)))) as Record<string, unknown>;
    expect(Object.keys(json).sort()).toEqual([
      'duplicates',
      'excluded',
      'experiment',
      'question',
      'schemaVersion',
      'stages',
      'trials',
    ]);
    expect((json['stages'] as object[])[0]).toEqual({
      ...plan.stages[0],
      name: 'corpus npm',
      status: 'run',
      reason: 'first of its kind in this experiment',
    });
    expect((json['trials'] as object[])[0]).toEqual(plan.trials[0]);
  });

  it('refuses the statuses of another plan', () => {
    expect(() => planToJson(plan, new Map())).toThrow(/has no status/);
  });
});

describe('formatPlan', () => {
  it('counts by kind, sums what is to run, and groups reasons', () => {
    const swept = planOf(withSweep('finetune.samples: [16, 32]', '  exclude: [{samples: 16, seed: 2}]\n'));
    const text = formatPlan(swept, explainPlan(swept, storeOf(planOf(baseText))));
    expect(text.split('\n')[0]).toBe(`base: 3 trials, ${swept.stages.length} stages`);
    // The base is two seeds at 32 samples; only seed 1 at 16 samples is new: one finetune of 10 steps and its
    // evaluation.
    expect(text).toMatch(/^finetune +3 +1 +2 +0 +10 /m);
    expect(text).toMatch(/^total +\d+ +3 +\d+ +0 +10 /m);
    expect(text).toContain('  1 x finetune run: finetune.samples 32 -> 16\n');
    expect(text).toContain('  1 x evaluate run: input model changed\n');
    expect(text).toContain('Trials: 3 pmp.\nLeft out: 1 point by exclude[0]: samples = 16, seed = 2.');
  });

  it('says that there is nothing to do', () => {
    expect(formatPlan(plan, explainPlan(plan, storeOf(plan)))).toContain('\nNothing to do.\n');
  });
});

describe('formatStagesAndTrials', () => {
  it('has every stage and every trial on a line, and marks steps that planning can only guess', () => {
    const plan = planOf(readFileSync(path.resolve(import.meta.dirname, '../../experiments/smoke.yaml'), 'utf8'));
    const text = formatStagesAndTrials(plan, explainPlan(plan, nothing));
    for (const { id } of [...plan.stages, ...plan.trials]) expect(text).toMatch(new RegExp(`^${id} `, 'm'));
    const guessed = plan.stages.filter(({ config }) => 'budget' in config && 'tokensOfPairs' in config.budget);
    expect(guessed.length).toBeGreaterThan(0);
    for (const { id } of guessed) expect(text).toMatch(new RegExp(`^${id} .* run +~\\d+`, 'm'));
  });
});
