import { describe, expect, it } from 'vitest';
import { trialOutcomeOf } from '../../harness/record/trial-outcome.ts';

const chain = ['task-a', 'decay-b', 'finetune-c', 'evaluate-c', 'select-d', 'finetune-e', 'evaluate-f'];

/** Outcome of the chain with these stages in these states; stages that are not named were never started. */
function outcomeOf(outcomes: Readonly<Record<string, string>>): ReturnType<typeof trialOutcomeOf> {
  const states = new Map(
    Object.entries(outcomes).map(([id, outcome]) => [
      id,
      { kind: id.slice(0, id.indexOf('-')), outcome, cause: 'why' },
    ]),
  );
  return trialOutcomeOf(chain, 'evaluate-f', states);
}

const foundations = { 'task-a': 'completed', 'decay-b': 'completed' };

describe('trialOutcomeOf', () => {
  it('is pending, with a count, while nothing went wrong', () => {
    expect(outcomeOf(foundations)).toEqual({ outcome: 'pending', cause: '2 of 7 stages done' });
    expect(outcomeOf({ ...foundations, 'finetune-c': 'interrupted' }).outcome).toBe('pending');
  });

  it('blames a shared foundation as blocked, its own stages as failed, a divergence as diverged', () => {
    expect(outcomeOf({ 'task-a': 'failed' })).toEqual({ outcome: 'blocked', cause: 'task-a failed: why' });
    expect(outcomeOf({ ...foundations, 'decay-b': 'diverged' }).outcome).toBe('diverged');
    expect(outcomeOf({ ...foundations, 'select-d': 'completed', 'finetune-e': 'failed' })).toEqual({
      outcome: 'failed',
      cause: 'finetune-e failed: why',
    });
    expect(outcomeOf({ ...foundations, 'select-d': 'completed', 'finetune-e': 'diverged' }).outcome).toBe('diverged');
    expect(outcomeOf({ ...foundations, 'evaluate-f': 'damaged' }).outcome).toBe('failed');
  });

  it('takes a diverged tuning run for a result, and forgets tuning once the choice is made', () => {
    expect(outcomeOf({ ...foundations, 'finetune-c': 'diverged' }).outcome).toBe('pending');
    expect(outcomeOf({ ...foundations, 'finetune-c': 'failed' }).outcome).toBe('failed');
    expect(outcomeOf({ ...foundations, 'finetune-c': 'failed', 'select-d': 'completed' }).outcome).toBe('pending');
    expect(outcomeOf({ 'finetune-c': 'failed', 'evaluate-f': 'completed' })).toEqual({
      outcome: 'completed',
      cause: null,
    });
  });
});
