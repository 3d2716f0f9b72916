/** Distinct values. */

/** In the order of their first appearance. */
export function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

/** Distinct numbers, smallest first. */
export function ascending(values: readonly number[]): readonly number[] {
  return unique(values).toSorted((a, b) => a - b);
}
