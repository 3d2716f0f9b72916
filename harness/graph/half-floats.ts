/**
 * float32 <-> the two 16-bit floats, as bit patterns in a Uint16Array (Node 20 has no Float16Array). Rounding is to
 * nearest, ties to even, as IEEE 754 and every engine's cast do; what is too large becomes infinite. float16: 1 sign, 5
 * exponent, 10 fraction bits; bfloat16: the upper half of a float32.
 */
import type { StateStorage } from './program.ts';

export type HalfStorage = Exclude<StateStorage, 'float32'>;

/** Rounds to 16 bits. */
export function narrow(values: Float32Array, storage: HalfStorage): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const round = storage === 'bfloat16' ? bfloat16Bits : float16Bits;
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) halves[i] = round(bits[i]!);
  return halves;
}

/** Exact. */
export function widen(halves: Uint16Array, storage: HalfStorage): Float32Array {
  const exact = storage === 'bfloat16' ? (half: number): number => (half << 16) >>> 0 : float32Bits;
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i += 1) bits[i] = exact(halves[i]!);
  return new Float32Array(bits.buffer);
}

/**
 * Rounds the lower half away: adding 0x7fff and the kept part's last bit carries exactly where nearest-even rounds up.
 */
function bfloat16Bits(bits: number): number {
  if ((bits & 0x7fff_ffff) > 0x7f80_0000) return (bits >>> 16) | 0x40; // a NaN stays one whatever its payload
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function float16Bits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00;
  // From 65,520 = 2^16 - 2^4 on: half way to the first power of two that float16 lacks.
  if (magnitude >= 0x477f_f000) return sign | 0x7c00;
  const exponent = magnitude >>> 23;
  // Below 2^-14 the result is subnormal: a whole number of 2^-24.
  if (exponent < 113) return sign | subnormal16(magnitude, exponent);
  const rebased = magnitude - (112 << 23);
  return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
}

function subnormal16(magnitude: number, exponent: number): number {
  const shift = 126 - exponent;
  if (shift > 24) return 0; // below half of 2^-24
  const fraction = (magnitude & 0x7f_ffff) | 0x80_0000;
  const kept = fraction >>> shift;
  const rest = fraction - kept * 2 ** shift;
  const half = 2 ** (shift - 1);
  return kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0);
}

function float32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f80_0000 | (fraction << 13)) >>> 0;
  if (exponent > 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0;
  if (fraction === 0) return sign >>> 0;
  const leading = Math.clz32(fraction) - 21; // places to the implicit bit's
  return (sign | ((113 - leading) << 23) | (((fraction << leading) & 0x3ff) << 13)) >>> 0;
}
