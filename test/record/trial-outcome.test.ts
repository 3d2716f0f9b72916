import { describe, expect, it } from 'vitest';
import { trialOutcomeOf } from '../../harness/record/trial-outcome.ts';

/** Ids say nothing here: what a stage is, its plan says. */
const kinds = {
  a: 'task',
  b: 'decay',
  c: 'finetune',
  d: 'evaluate',
  e: 'select',
  f: 'finetune',
  g: 'evaluate',
} as const;

/** Outcome of the chain with these stages in these states; stages that are not named were never started. */
function outcomeOf(outcomes: Readonly<Partial<Record<keyof typeof kinds, string>>>): ReturnType<typeof trialOutcomeOf> {
  const chain = Object.entries(kinds).map(([id, kind]) => {
    const outcome = outcomes[id as keyof typeof kinds] ?? null;
    return { id, kind, outcome, cause: outcome === null ? null : 'why' };
  });
  return trialOutcomeOf(chain, 'g');
}

const foundations = { a: 'completed', b: 'completed' };

describe('trialOutcomeOf', () => {
  it('is pending, with a count, while nothing went wrong', () => {
    expect(outcomeOf(foundations)).toEqual({ outcome: 'pending', cause: '2 of 7 stages done' });
    expect(outcomeOf({ ...foundations, c: 'interrupted' }).outcome).toBe('pending');
  });

  it('blames a shared foundation as blocked, its own stages as failed, a divergence as diverged', () => {
    expect(outcomeOf({ a: 'failed' })).toEqual({ outcome: 'blocked', cause: 'a failed: why' });
    expect(outcomeOf({ ...foundations, b: 'diverged' }).outcome).toBe('diverged');
    expect(outcomeOf({ ...foundations, e: 'completed', f: 'failed' })).toEqual({
      outcome: 'failed',
      cause: 'f failed: why',
    });
    expect(outcomeOf({ ...foundations, e: 'completed', f: 'diverged' }).outcome).toBe('diverged');
    expect(outcomeOf({ ...foundations, g: 'damaged' }).outcome).toBe('failed');
  });

  it('takes a diverged tuning run for a result, and forgets tuning once the choice is made', () => {
    expect(outcomeOf({ ...foundations, c: 'diverged' }).outcome).toBe('pending');
    expect(outcomeOf({ ...foundations, c: 'failed' }).outcome).toBe('failed');
    expect(outcomeOf({ ...foundations, c: 'failed', e: 'completed' }).outcome).toBe('pending');
    expect(outcomeOf({ c: 'failed', g: 'completed' })).toEqual({
      outcome: 'completed',
      cause: null,
    });
  });

  describe('and the checks of its data', () => {
    const withCheck = (kind: string, outcome: string, evaluated: string | null): ReturnType<typeof trialOutcomeOf> =>
      trialOutcomeOf(
        [
          { id: 'a', kind: 'task', outcome: 'completed', cause: null },
          { id: 'b', kind, outcome, cause: 'why' },
          { id: 'g', kind: 'evaluate', outcome: evaluated, cause: null },
        ],
        'g',
      );

    it('is blocked by contaminated data, even where it was evaluated before they were found to be', () => {
      const blocked = { outcome: 'blocked', cause: 'b failed: why' };
      expect(withCheck('contamination', 'failed', null)).toEqual(blocked);
      expect(withCheck('contamination', 'failed', 'completed')).toEqual(blocked);
      expect(withCheck('contamination', 'completed', 'completed').outcome).toBe('completed');
    });

    it.each(['audit', 'ranker'])('loses nothing to a failed %s', (kind) => {
      expect(withCheck(kind, 'failed', null).outcome).toBe('pending');
      expect(withCheck(kind, 'failed', 'completed').outcome).toBe('completed');
    });
  });
});
