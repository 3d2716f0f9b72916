import { describe, expect, it } from 'vitest';
import { checkSampling, drawn, likeliest, nucleus } from '../../harness/generate/sampling.ts';
import { randomStream } from '../../harness/random/index.ts';

/** Probabilities in float32, as a program gives them. */
function probabilities(count: number, seed: number, spread: number): Float32Array {
  const stream = randomStream(seed, 'logits');
  const weights = Array.from({ length: count }, () => Math.exp(spread * stream.normal()));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Float32Array.from(weights, (weight) => weight / sum);
}

/** By the definition: everything sorted, then taken until the sum is reached. */
function sortedNucleus(values: Float32Array, mass: number): readonly number[] {
  const sorted = [...values.keys()].toSorted((a, b) => values[b]! - values[a]! || a - b);
  let sum = 0;
  const count = sorted.findIndex((token) => (sum += values[token]!) >= mass) + 1;
  return sorted.slice(0, count === 0 ? sorted.length : count).toSorted((a, b) => a - b);
}

describe('the nucleus', () => {
  it.each([0.01, 0.5, 1, 3])('is the smallest set that reaches the mass, at a spread of %d', (spread) => {
    for (const mass of [0.001, 0.1, 0.5, 0.9, 0.99, 0.9999]) {
      const values = probabilities(500, 1, spread);
      expect([...nucleus(values, mass)]).toEqual(sortedNucleus(values, mass));
    }
  });

  it('takes the smaller token ids of equals', () => {
    expect([...nucleus(Float32Array.of(0.125, 0.25, 0.25, 0.25, 0.125), 0.5)]).toEqual([1, 2]);
    expect([...nucleus(Float32Array.of(0.25, 0.25, 0.25, 0.25), 0.6)]).toEqual([0, 1, 2]);
  });

  it('holds a token that has all the probability, and leaves out tokens that have none', () => {
    expect([...nucleus(Float32Array.of(0, 1, 0), 0.9)]).toEqual([1]);
    expect([...nucleus(Float32Array.of(0, 0.5, 0.5, 0), 1)]).toEqual([1, 2]);
  });
});

describe('a draw', () => {
  it.each([1, 0.8])('takes tokens as often as their share says, with topP %d', (topP) => {
    const values = Float32Array.of(0.05, 0.4, 0.1, 0.3, 0.15);
    const stream = randomStream(1, 'draws');
    const counts = new Int32Array(5);
    for (let draw = 0; draw < 20_000; draw++) counts[drawn(values, topP, stream.uniform())]! += 1;
    const kept = topP === 1 ? [0, 1, 2, 3, 4] : [1, 3, 4]; // 0.4 + 0.3 < 0.8 <= 0.4 + 0.3 + 0.15
    const total = kept.reduce((sum, token) => sum + values[token]!, 0);
    for (const token of values.keys()) {
      const expected = kept.includes(token) ? values[token]! / total : 0;
      expect(Math.abs(counts[token]! / 20_000 - expected)).toBeLessThan(0.012); // over 3 standard errors
    }
  });

  it('never takes a token without probability, wherever the number lies', () => {
    const values = Float32Array.of(0, 0.5, 0, 0.5, 0);
    expect([0, 0.4999, 0.5, 1 - 2 ** -53].map((uniform) => drawn(values, 1, uniform))).toEqual([1, 1, 3, 3]);
    expect([0, 0.4999, 0.5, 1 - 2 ** -53].map((uniform) => drawn(values, 0.99, uniform))).toEqual([1, 1, 3, 3]);
  });

  it('of the most probable token takes the first of equals', () => {
    expect(likeliest(Float32Array.of(-2, 7, 7, 1))).toBe(1);
    expect(likeliest(Float32Array.of(-Infinity, -3))).toBe(1);
  });

  it('refuses values that are not finite', () => {
    expect(() => likeliest(Float32Array.of(1, NaN))).toThrow(/not finite/);
    expect(() => drawn(Float32Array.of(0.5, NaN), 0.9, 0.1)).toThrow(/not finite/);
  });
});

it.each([
  [{ temperature: -1 }, /temperature/],
  [{ temperature: NaN }, /temperature/],
  [{ topP: 0 }, /topP/],
  [{ topP: 1.1 }, /topP/],
  [{ maxTokens: 0 }, /maxTokens/],
  [{ seed: 0.5 }, /seed/],
] as const)('%j is out of range', (wrong, message) => {
  expect(() => checkSampling({ temperature: 1, topP: 1, maxTokens: 1, seed: 1, ...wrong })).toThrow(message);
});
