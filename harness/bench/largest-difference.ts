/** The largest distance of two lists, place by place; NaN where one lacks a value: never within a tolerance. */
export function largestDifference(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length || a.length === 0) return Number.NaN;
  return Math.max(...a.map((value, index) => Math.abs(value - (b[index] as number))));
}
