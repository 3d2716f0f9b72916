import { describe, expect, it } from 'vitest';
import { objectiveTerms } from '../../harness/spec/index.ts';

describe('objectiveTerms', () => {
  it('are those of the objective, for preference pretraining', () => {
    const terms = { pairwiseWeight: 2, lmWeight: 0.5, rewardCentering: 0.01, margin: null };
    expect(objectiveTerms({ kind: 'pmp', ...terms })).toEqual(terms);
  });

  it('have no pairwise part for an LM', () => {
    expect(objectiveTerms({ kind: 'lm' })).toEqual({
      pairwiseWeight: 0,
      lmWeight: 1,
      rewardCentering: null,
      margin: null,
    });
  });

  it('do not exist without pretraining', () => {
    expect(() => objectiveTerms({ kind: 'none' })).toThrow(RangeError);
  });
});
