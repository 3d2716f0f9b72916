/** Distinct values, and groups by them. */

/** In the order of their first appearance. */
export function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

/** Distinct numbers, smallest first. */
export function ascending(values: readonly number[]): readonly number[] {
  return unique(values).toSorted((a, b) => a - b);
}

/** Groups in the order of their first appearance; never empty. */
export function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return [...groups.values()];
}
