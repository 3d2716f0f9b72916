/**
 * What is stored for Adam's moments. As they are in float32 and bfloat16, which have the same range. In float16 they
 * would not fit: v is a square, and of a gradient of 1e-4 it is 1e-8, below float16's smallest number; stored so, a
 * small model's loss went from 9 to 172 in 24 steps. So float16 keeps `scale` m and `scale` sqrt(v), which lie where
 * gradients do: from 6e-11 to 64, and the clipped norm bounds them.
 */
import { constant, multiply, sqrt, square, type StateStorage } from '../graph/index.ts';
import type { Moments } from './adamw.ts';

const scale = 1024;

/** Stored values -> m and v. */
export function decodedMoments({ first, second }: Moments, storage: StateStorage): Moments {
  if (storage !== 'float16') return { first, second };
  return { first: multiply(first, constant(1 / scale)), second: square(multiply(second, constant(1 / scale))) };
}

/** m and v -> the values to store. */
export function encodedMoments({ first, second }: Moments, storage: StateStorage): Moments {
  if (storage !== 'float16') return { first, second };
  return { first: multiply(first, constant(scale)), second: multiply(sqrt(second), constant(scale)) };
}
