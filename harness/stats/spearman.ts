/**
 * Spearman's rank correlation with average ranks for ties: the Pearson correlation of the ranks, not the shortcut
 * formula, which is wrong under ties.
 */
import { mean } from './interval.ts';

/** In [-1, 1]; null for fewer than two points or when one side is constant. Throws RangeError on unequal lengths. */
export function spearman(x: readonly number[], y: readonly number[]): number | null {
  if (x.length !== y.length) throw new RangeError(`spearman: lengths differ, ${x.length} and ${y.length}`);
  return x.length < 2 ? null : pearson(averageRanks(x), averageRanks(y));
}

function pearson(a: readonly number[], b: readonly number[]): number | null {
  const meanA = mean(a);
  const meanB = mean(b);
  let products = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (const [i, rank] of a.entries()) {
    const da = rank - meanA;
    const db = (b[i] as number) - meanB;
    products += da * db;
    squaresA += da * da;
    squaresB += db * db;
  }
  return squaresA === 0 || squaresB === 0 ? null : products / Math.sqrt(squaresA * squaresB);
}

function averageRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).toSorted((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = Array.from<number>({ length: values.length });
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end + 1 < order.length && values[order[end + 1] as number] === values[order[start] as number]) end += 1;
    for (let k = start; k <= end; k++) ranks[order[k] as number] = (start + end) / 2 + 1;
    start = end + 1;
  }
  return ranks;
}
