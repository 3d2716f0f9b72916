/**
 * Least squares of y = a + b x^-c with b >= 0 and a within limits. For a fixed c the problem is linear in (a, b), so
 * the search is over c alone (variable projection, Golub & Pereyra 1973). The limits can give several local minima: a
 * fine grid finds them all, each is refined, and the best is taken.
 */
import { mean } from './interval.ts';

/** Of the asymptote a, both included. */
export interface Limits {
  readonly low: number;
  readonly high: number;
}

export interface Law {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly squares: number;
}

/** Beyond these a law looks like a logarithm or like a step within any range of sizes. */
const [smallestExponent, largestExponent] = [0.01, 8];
const gridSteps = 40;
const grid = Array.from({ length: gridSteps + 1 }, (_, i) => {
  const [from, to] = [Math.log(smallestExponent), Math.log(largestExponent)];
  return from + (i * (to - from)) / gridSteps;
});

export function searchLaw(points: readonly { readonly x: number; readonly y: number }[], limits: Limits): Law {
  const logs = points.map((point) => Math.log(point.x));
  const center = mean(logs);
  const data = { logs: logs.map((log) => log - center), ys: points.map((point) => point.y) };
  const at = (logExponent: number): Law => boundedFit(data, Math.exp(logExponent), limits);
  const laws = grid.map(at);
  const refined = localMinima(laws.map(({ squares }) => squares)).map((i) =>
    refine(at, grid[Math.max(0, i - 1)] as number, grid[Math.min(gridSteps, i + 1)] as number),
  );
  const { a, b, c, squares } = refined.reduce((best, law) => (law.squares < best.squares ? law : best));
  return { a, b: b * Math.exp(c * center), c, squares };
}

function localMinima(values: readonly number[]): readonly number[] {
  const at = (i: number): number => values[i] ?? Number.POSITIVE_INFINITY;
  return [...values.keys()].filter((i) => at(i) <= at(i - 1) && at(i) <= at(i + 1));
}

/** Which bound the law touches, so that the data do not determine it; null where none. */
export function boundOf({ a, b, c }: Law, { low, high }: Limits): string | null {
  if (b === 0) return 'it does not fall with size';
  if (c <= smallestExponent * 1.01 || c >= largestExponent * 0.99) return 'the exponent is not determined by the data';
  return a === low || a === high ? `the asymptote is at its bound of ${a}` : null;
}

/** Golden-section search of the exponent between two grid points. */
function refine(at: (logExponent: number) => Law, from: number, to: number): Law {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [lawLeft, lawRight] = [at(left), at(right)];
  for (let i = 0; i < 48; i++) {
    if (lawLeft.squares < lawRight.squares) {
      [high, right, lawRight] = [right, left, lawLeft];
      left = high - ratio * (high - low);
      lawLeft = at(left);
    } else {
      [low, left, lawLeft] = [left, right, lawRight];
      right = low + ratio * (high - low);
      lawRight = at(right);
    }
  }
  return lawLeft.squares < lawRight.squares ? lawLeft : lawRight;
}

interface Data {
  /** Around their mean, so that u stays near 1 for every c. */
  readonly logs: readonly number[];
  readonly ys: readonly number[];
}

/** Least squares of y on u = (x / x0)^-c; where the free optimum breaks a limit, the best on the limits. */
function boundedFit(data: Data, c: number, { low, high }: Limits): Law {
  const u = data.logs.map((log) => Math.exp(-c * log));
  const free = freeFit(u, data.ys);
  const law = ({ a, b }: { a: number; b: number }): Law => ({ a, b, c, squares: squaresOf(u, data.ys, { a, b }) });
  if (free.b > 0 && free.a > low && free.a < high) return law(free);
  const flat = { a: Math.min(high, Math.max(low, mean(data.ys))), b: 0 };
  const onLimits = [low, high].filter(Number.isFinite).map((a) => ({ a, b: slopeFrom(a, u, data.ys) }));
  return [flat, ...onLimits].map(law).reduce((best, one) => (one.squares < best.squares ? one : best));
}

function freeFit(u: readonly number[], ys: readonly number[]): { a: number; b: number } {
  const [meanU, meanY] = [mean(u), mean(ys)];
  let [covariance, variance] = [0, 0];
  for (const [i, ui] of u.entries()) {
    covariance += (ui - meanU) * ((ys[i] as number) - meanY);
    variance += (ui - meanU) ** 2;
  }
  const b = variance === 0 ? 0 : covariance / variance;
  return { a: meanY - b * meanU, b };
}

/** The best b >= 0 for a given asymptote. */
function slopeFrom(a: number, u: readonly number[], ys: readonly number[]): number {
  let [products, squares] = [0, 0];
  for (const [i, ui] of u.entries()) {
    products += ui * ((ys[i] as number) - a);
    squares += ui * ui;
  }
  return Math.max(0, products / squares);
}

function squaresOf(u: readonly number[], ys: readonly number[], { a, b }: { a: number; b: number }): number {
  return u.reduce((sum, ui, i) => sum + ((ys[i] as number) - a - b * ui) ** 2, 0);
}
