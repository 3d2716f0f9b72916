import { describe, expect, it } from 'vitest';
import { calibrationOf } from '../../harness/eval/calibration.ts';
import { evaluateTask, type Item } from '../../harness/eval/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import { pairItems } from './items-by-hand.ts';

const pairsOf = (margins: readonly number[]): { chosen: { reward: number }; rejected: { reward: number } }[] =>
  margins.map((margin) => ({ chosen: { reward: margin }, rejected: { reward: 0 } }));
const sigmoid = (margin: number): number => 1 / (1 + Math.exp(-margin));

describe('calibration', () => {
  // Margins 1, 1, -1: confidence 0.7311 each, bin 70, right 2 of 3. Margin 3: 0.9526, bin 95, right.
  const margins = [1, 1, -1, 3];

  it('by hand: bins, and their misses weighted by pairs', () => {
    const { bins, error } = calibrationOf(pairsOf(margins));
    expect(bins).toEqual([
      { from: 70, pairs: 3, confidence: expect.closeTo(sigmoid(1), 14) as number, accuracy: 2 / 3 },
      { from: 95, pairs: 1, confidence: expect.closeTo(sigmoid(3), 14) as number, accuracy: 1 },
    ]);
    expect(error).toBeCloseTo((3 * Math.abs(2 / 3 - sigmoid(1)) + (1 - sigmoid(3))) / 4, 14);
  });

  it('what chance gives a calibrated model is exact: over all outcomes', () => {
    const p = sigmoid(1);
    // Three of p: E|X - 3p| over X = 0..3. One of q: E|Y - q| = 2 q (1 - q).
    const three = [0, 1, 2, 3].map((k) => [1, 3, 3, 1][k]! * p ** k * (1 - p) ** (3 - k) * Math.abs(k - 3 * p));
    const q = sigmoid(3);
    const expected = (three.reduce((sum, one) => sum + one, 0) + 2 * q * (1 - q)) / 4;
    expect(calibrationOf(pairsOf(margins)).errorByChance).toBeCloseTo(expected, 14);
  });

  it('a model whose margins are true misses by about what chance gives, an overconfident one by far more', () => {
    const random = randomStream(2, 'calibration');
    const true1 = Array.from({ length: 3000 }, () => {
      const size = 3 * random.uniform();
      return random.uniform() < sigmoid(size) ? size : -size;
    });
    const own = calibrationOf(pairsOf(true1));
    expect(own.error).toBeLessThan(2 * own.errorByChance);
    const bold = calibrationOf(pairsOf(true1.map((margin) => 3 * margin)));
    expect(bold.error).toBeGreaterThan(0.1);
    expect(bold.errorByChance).toBeLessThan(0.02);
  });

  it('with thousands of pairs in a bin the normal approximation takes over without a step', () => {
    const of = (n: number): number => calibrationOf(pairsOf(Array.from({ length: n }, () => 1))).errorByChance;
    expect(of(4001) * Math.sqrt(4001)).toBeCloseTo(of(4000) * Math.sqrt(4000), 4);
  });

  it('every bin begins at its lower end; certainty is in the last', () => {
    const fromOf = (confidence: number): number | undefined =>
      calibrationOf(pairsOf([Math.log(confidence / (1 - confidence))])).bins[0]?.from;
    expect([0.5, 0.549, 0.551, 0.749, 0.751, 0.949, 0.951].map(fromOf)).toEqual([50, 50, 55, 70, 75, 90, 95]);
    expect(calibrationOf(pairsOf([1000])).bins[0]).toEqual({ from: 95, pairs: 1, confidence: 1, accuracy: 1 });
  });

  it('a tie is half right with confidence one half, and misses nothing', () => {
    expect(calibrationOf(pairsOf([0, 0]))).toEqual({
      bins: [{ from: 50, pairs: 2, confidence: 0.5, accuracy: 0.5 }],
      error: 0,
      errorByChance: 0,
    });
  });

  it('without pairs nothing is defined', () => {
    expect(calibrationOf([])).toEqual({ bins: [], error: NaN, errorByChance: NaN });
  });

  it('is recorded with its bins, and left out where there are no pairs', () => {
    const named = (items: readonly Item[]): Record<string, number> =>
      Object.fromEntries(evaluateTask({ items, bestOf: [1] }).map(({ name, value }) => [name, value]));
    const metrics = named(pairItems(margins.map((margin) => [margin, 0, 1, 1] as const)));
    expect(metrics).toMatchObject({
      'eval/reliability_70_pairs': 3,
      'eval/reliability_70_accuracy': expect.closeTo(2 / 3, 14) as number,
      'eval/reliability_95_confidence': expect.closeTo(sigmoid(3), 14) as number,
    });
    expect(metrics).not.toHaveProperty('eval/reliability_50_pairs');
    expect(metrics['eval/calibration_error']).toBeCloseTo(calibrationOf(pairsOf(margins)).error, 14);
    expect(Object.keys(named([])).filter((name) => name.includes('calibration'))).toEqual([]);
  });
});
