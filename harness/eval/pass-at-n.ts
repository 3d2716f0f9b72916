/**
 * Pass@N: the probability that a random N-subset of the candidates holds a correct one, 1 - C(wrong, N) / C(n, N) (Chen
 * et al. 2021): the ceiling of best-of-N.
 */
import type { Item } from './item.ts';
import { exactly, meanAtN, type AtN, type PoolRule } from './subsets.ts';

export const anyRight: PoolRule = exactly((candidates, N) => {
  const wrong = candidates.filter((item) => !item.isCorrect).length;
  let allWrong = 1;
  for (let k = 0; k < N; k++) allWrong *= Math.max(0, wrong - k) / (candidates.length - k);
  return 1 - allWrong;
});

export function passAtN(items: readonly Item[], Ns: readonly number[]): AtN[] {
  return meanAtN(items, Ns, anyRight);
}
