import { describe, expect, it } from 'vitest';
import { philox4x32, randomStream } from '../../harness/random/index.ts';

describe('philox4x32', () => {
  // Known-answer vectors published with Random123 (kat_vectors, "philox4x32 10").
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('matches the Random123 vector for counter %j', (counter, key, expected) => {
    expect(philox4x32(counter, key)).toEqual(expected);
  });
});

describe('randomStream', () => {
  it('gives the same numbers for the same seed and purpose, others for another purpose or seed', () => {
    const draw = (seed: number, purpose: string): number[] =>
      Array.from(
        { length: 5 },
        (
          (stream) => () =>
            stream.uint32()
        )(randomStream(seed, purpose)),
      );
    expect(draw(1, 'init')).toEqual(draw(1, 'init'));
    expect(draw(1, 'init')).not.toEqual(draw(1, 'shuffle'));
    expect(draw(1, 'init')).not.toEqual(draw(2, 'init'));
  });

  it('has uniform mean 1/2 and normal mean 0, variance 1, within five standard errors of 20,000 draws', () => {
    const stream = randomStream(7, 'moments');
    const n = 20_000;
    let uniform = 0;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      uniform += stream.uniform();
      const z = stream.normal();
      sum += z;
      squares += z * z;
    }
    expect(Math.abs(uniform / n - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(n));
    expect(Math.abs(sum / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(squares / n - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(n));
  });

  it('shuffles to a permutation and leaves its input alone', () => {
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    const result = randomStream(1, 'order').shuffled(items);
    expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...result].sort()).toEqual(items);
    expect(result).not.toEqual(items);
  });

  it('refuses an impossible bound and an empty pick', () => {
    expect(() => randomStream(1).integer(0)).toThrow(/bound must be/);
    expect(() => randomStream(1).pick([])).toThrow(/empty/);
  });
});
