import { describe, expect, test } from 'vitest';
import { narrow, widen, type HalfStorage } from '../../harness/engine/half-floats.ts';

/** The value of a 16-bit pattern, from the definition of the format alone. */
function defined(bits: number, { exponentBits, fractionBits }: { exponentBits: number; fractionBits: number }): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = bits & (2 ** fractionBits - 1);
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * (1 + fraction / 2 ** fractionBits) * 2 ** (exponent - bias);
}

const formats: readonly [HalfStorage, { exponentBits: number; fractionBits: number }][] = [
  ['float16', { exponentBits: 5, fractionBits: 10 }],
  ['bfloat16', { exponentBits: 8, fractionBits: 7 }],
];
const allBits = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);

describe.each(formats)('%s', (storage, format) => {
  test('each of the 65,536 patterns widens to the value of the format, and narrows back to itself', () => {
    const wide = widen(allBits, storage);
    const back = narrow(wide, storage);
    for (const bits of allBits) {
      const value = defined(bits, format);
      if (!Object.is(wide[bits], value))
        throw new Error(`0x${bits.toString(16)} is ${value}, widened to ${wide[bits]}`);
      if (Number.isNaN(value) ? !Number.isNaN(defined(back[bits]!, format)) : back[bits] !== bits)
        throw new Error(`0x${bits.toString(16)} came back as 0x${back[bits]!.toString(16)}`);
    }
  });

  test('between any two neighbours: below the middle rounds down, above rounds up, the middle to the even one', () => {
    const finite = [...allBits].filter((bits) => bits < 0x8000 && Number.isFinite(defined(bits, format)));
    const wrong: string[] = [];
    const check = (value: number, expected: number): void => {
      const found = narrow(Float32Array.of(value, -value), storage);
      if (found[0] !== expected || found[1] !== (expected | 0x8000))
        wrong.push(`${value} -> 0x${found[0]!.toString(16)}, expected 0x${expected.toString(16)}`);
    };
    for (const bits of finite) {
      const low = defined(bits, format);
      // Above the largest finite value the next step would be 2^emax+1: the middle and all beyond it are infinite.
      const isLast = !Number.isFinite(defined(bits + 1, format));
      const high = isLast ? low + (low - defined(bits - 1, format)) : defined(bits + 1, format);
      const middle = (low + high) / 2;
      const [below, above] = [nextFloat32(middle, -1), nextFloat32(middle, 1)];
      if (Math.fround(middle) !== middle) continue; // bfloat16 subnormals reach below float32's own resolution
      check(middle, bits % 2 === 0 ? bits : bits + 1);
      if (below > low) check(below, bits);
      if (above < high) check(above, bits + 1);
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  test('values past the largest are infinite, NaN stays NaN', () => {
    const [huge, negative, nan, tiny] = narrow(
      Float32Array.of(3.4028234e38, -Infinity, NaN, 1e-45),
      storage,
    ) as unknown as [number, number, number, number];
    expect(defined(huge, format)).toBe(Infinity);
    expect(defined(negative, format)).toBe(-Infinity);
    expect(defined(nan, format)).toBeNaN();
    expect(tiny).toBe(0);
  });

  test('reads from the middle of a larger buffer', () => {
    const all = Float32Array.of(9, 1.5, -2, 9);
    expect(widen(narrow(all.subarray(1, 3), storage), storage)).toEqual(Float32Array.of(1.5, -2));
  });
});

function nextFloat32(value: number, direction: 1 | -1): number {
  const bits = new Int32Array(1);
  const floats = new Float32Array(bits.buffer);
  floats[0] = value;
  bits[0]! += direction;
  return floats[0];
}
