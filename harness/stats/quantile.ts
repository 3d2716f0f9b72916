/** Order statistics. */

/** Linear interpolation between order statistics (R type 7); `sorted` ascending and not empty. */
export function quantile(sorted: readonly number[], p: number): number {
  if (sorted.length === 0 || !(p >= 0 && p <= 1))
    throw new RangeError(`quantile: values and 0 <= p <= 1 needed, found n=${sorted.length}, p=${p}`);
  const position = p * (sorted.length - 1);
  const below = sorted[Math.floor(position)] as number;
  const above = sorted[Math.ceil(position)] as number;
  return below + (above - below) * (position - Math.floor(position));
}

/** The median of values in any order. Throws RangeError where there are none. */
export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}
