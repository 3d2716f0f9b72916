import { describe, expect, it } from 'vitest';
import { cosine, learningRateOf, wsd, wsdPhases, type LearningRate } from '../../harness/train/index.ts';

describe('wsd', () => {
  it('warms up, stays, and decays linearly to 0 at its end', () => {
    const rate = wsd({ warmupSteps: 4, decayStart: 8, steps: 10, learningRate: 0.8 });
    // 0.8 x 1/4, 2/4, 3/4, 4/4; stable at steps 4..7; decay over 2 updates: 0.8 x 2/2, 0.8 x 1/2; then 0.
    const expected = [0.2, 0.4, 0.6, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.4, 0];
    for (const [step, value] of expected.entries()) expect(rate(step), `step ${step}`).toBeCloseTo(value, 12);
  });

  it('decays along half a cosine where it is asked to', () => {
    const rate = wsd({ warmupSteps: 0, decayStart: 4, steps: 8, learningRate: 0.6, decayShape: 'cosine' });
    // cos(pi k/4) at k = 0, 1, 2, 4: 0.6 x (1+1)/2, 0.6 x (1+sqrt(1/2))/2, 0.6 x (1+0)/2, 0.6 x (1-1)/2.
    expect(rate(4)).toBeCloseTo(0.6, 12);
    expect(rate(5)).toBeCloseTo(0.3 * (1 + Math.SQRT1_2), 12);
    expect(rate(6)).toBeCloseTo(0.3, 12);
    expect(rate(8)).toBeCloseTo(0, 12);
    const schedule = { kind: 'wsd', warmup: { steps: 2 }, decayFraction: 0.5, decayShape: 'cosine' } as const;
    expect(learningRateOf(schedule, { learningRate: 0.6, steps: 8 })(6)).toBeCloseTo(0.3, 12);
  });

  it('agrees with every longer run until its decay begins: one trunk serves all forks', () => {
    const schedule = { kind: 'wsd', warmup: { steps: 5 }, decayFraction: 0.2, decayShape: null } as const;
    const short = learningRateOf(schedule, { learningRate: 1e-3, steps: 20 });
    const long = learningRateOf(schedule, { learningRate: 1e-3, steps: 400 });
    for (let step = 0; step < wsdPhases(schedule, 20).decayStart; step++) expect(short(step)).toBe(long(step));
  });

  it('takes its phases from fractions of the run, to the nearest step', () => {
    // CodePMP: 3 % warmup and 10 % decay of 27,458 steps = 824 and 2,746, decaying from 24,712.
    const schedule = { kind: 'wsd', warmup: { fraction: 0.03 }, decayFraction: 0.1, decayShape: null } as const;
    expect(wsdPhases(schedule, 27_458)).toEqual({
      warmupSteps: 824,
      decayStart: 24_712,
      steps: 27_458,
    });
  });

  it('may have neither warmup nor decay', () => {
    const rate = learningRateOf(
      { kind: 'wsd', warmup: { steps: 0 }, decayFraction: 0, decayShape: null },
      { learningRate: 0.3, steps: 3 },
    );
    expect([0, 1, 2].map(rate)).toEqual([0.3, 0.3, 0.3]);
  });

  it('refuses a warmup that takes the run, or reaches into the decay', () => {
    const after = (steps: number): LearningRate =>
      learningRateOf(
        { kind: 'wsd', warmup: { steps }, decayFraction: 0.2, decayShape: null },
        { learningRate: 1, steps: 10 },
      );
    expect(() => after(10)).toThrow('warmup (10 steps) takes the whole run (10 steps)');
    expect(() => after(9)).toThrow('reaches into the decay, which starts at step 8');
  });
});

describe('cosine', () => {
  it('passes half the rate half-way and reaches 0 at its end', () => {
    const rate = cosine({ warmupSteps: 2, steps: 10, learningRate: 0.6 });
    // After warmup 0.3, 0.6: cos(pi k/8) at k = 0, 4, 8 -> 0.6 x (1+1)/2, (1+0)/2, (1-1)/2; k = 2: 0.6 x (1 +
    // sqrt(1/2))/2.
    const expected: readonly (readonly [number, number])[] = [
      [0, 0.3],
      [1, 0.6],
      [2, 0.6],
      [4, 0.3 * (1 + Math.SQRT1_2)],
      [6, 0.3],
      [10, 0],
    ];
    for (const [step, value] of expected) expect(rate(step), `step ${step}`).toBeCloseTo(value, 12);
  });

  it('refuses a warmup that takes the run', () => {
    expect(() => learningRateOf({ kind: 'cosine', warmup: { fraction: 1 } }, { learningRate: 1, steps: 4 })).toThrow(
      'takes the whole run',
    );
  });
});
