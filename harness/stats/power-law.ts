/**
 * Saturating power law y = a + b x^-c, c > 0. For a fixed c it is linear in (a, b), so the fit is a search over c alone
 * (variable projection, Golub & Pereyra 1973): every start of a fine grid is tried and the best is refined, which
 * avoids local optima. Three parameters always fit at least as well as a constant, so the law must predict better:
 * sizes are left out one at a time.
 */
import { bootstrapInterval, type Uniform } from './bootstrap.ts';
import type { Interval } from './interval.ts';
import { mean } from './interval.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PowerLawFit {
  readonly kind: 'fit';
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly n: number;
  /** Root mean square residual, in units of y. */
  readonly residual: number;
  /** Of the exponent c, by bootstrap over points; null when it cannot be had. */
  readonly exponentInterval: Interval | null;
}

export type PowerLawResult = PowerLawFit | { readonly kind: 'no-fit'; readonly n: number; readonly reason: string };

interface PowerLawOptions {
  readonly uniform: Uniform;
  readonly resamples?: number;
}

const smallestExponent = 0.01;
const largestExponent = 8;

/**
 * Fits points with x > 0 (throws RangeError otherwise: x = 0 has no place on the curve). At least five different x are
 * needed.
 */
export function fitPowerLaw(points: readonly Point[], options: PowerLawOptions): PowerLawResult {
  checkPoints(points);
  const n = points.length;
  const distinct = sizesOf(points);
  if (distinct < 5)
    return { kind: 'no-fit', n, reason: `${distinct} different sizes; three parameters need at least 5` };
  const { a, b, c, squares } = search(points);
  const reason = reasonAgainst(points, c);
  if (reason !== null) return { kind: 'no-fit', n, reason };
  const exponentInterval = exponentIntervalOf(points, options);
  return { kind: 'fit', a, b, c, n, residual: Math.sqrt(squares / n), exponentInterval };
}

/** Why the law with this exponent is not to be believed, or null. */
function reasonAgainst(points: readonly Point[], exponent: number): string | null {
  const { law, constant } = leaveOneSizeOut(points);
  if (!(law < constant)) return 'predicts left-out sizes no better than a constant';
  const isAtEdge = exponent <= smallestExponent * 1.01 || exponent >= largestExponent * 0.99;
  return isAtEdge ? 'the exponent is not determined by the data' : null;
}

function checkPoints(points: readonly Point[]): void {
  for (const { x, y } of points)
    if (!(x > 0) || !Number.isFinite(x) || !Number.isFinite(y))
      throw new RangeError(`fitPowerLaw: finite points with x > 0 needed, found (${x}, ${y})`);
}

function sizesOf(points: readonly Point[]): number {
  return new Set(points.map((point) => point.x)).size;
}

function exponentIntervalOf(points: readonly Point[], { uniform, resamples = 300 }: PowerLawOptions): Interval | null {
  const exponentOf = (sample: readonly Point[]): number | null => (sizesOf(sample) < 4 ? null : search(sample).c);
  return bootstrapInterval(points, exponentOf, { uniform, resamples, unit: 'points' });
}

interface Candidate {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly squares: number;
}

function search(points: readonly Point[]): Candidate {
  const logs = points.map((point) => Math.log(point.x));
  const ys = points.map((point) => point.y);
  const at = (logExponent: number): Candidate => linearFit(logs, ys, Math.exp(logExponent));
  const [from, to] = [Math.log(smallestExponent), Math.log(largestExponent)];
  const step = (to - from) / 40;
  const center = Math.log(bestOfGrid(at, from, step).c);
  return refine(at, Math.max(from, center - step), Math.min(to, center + step));
}

function bestOfGrid(at: (logExponent: number) => Candidate, from: number, step: number): Candidate {
  let best = at(from);
  for (let i = 1; i <= 40; i++) {
    const candidate = at(from + i * step);
    if (candidate.squares < best.squares) best = candidate;
  }
  return best;
}

/** Golden-section search of the exponent between two grid points. */
function refine(at: (logExponent: number) => Candidate, from: number, to: number): Candidate {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  let left = at(high - ratio * (high - low));
  let right = at(low + ratio * (high - low));
  for (let i = 0; i < 48; i++) {
    if (left.squares < right.squares) {
      high = Math.log(right.c);
      right = left;
      left = at(high - ratio * (high - low));
    } else {
      low = Math.log(left.c);
      left = right;
      right = at(low + ratio * (high - low));
    }
  }
  return left.squares < right.squares ? left : right;
}

/** Least squares of y on u = (x / x0)^-c; x0 = the geometric mean keeps u near 1 for every c. */
function linearFit(logs: readonly number[], ys: readonly number[], c: number): Candidate {
  const center = mean(logs);
  const u = logs.map((log) => Math.exp(-c * (log - center)));
  const meanU = mean(u);
  const meanY = mean(ys);
  let covariance = 0;
  let variance = 0;
  for (const [i, ui] of u.entries()) {
    covariance += (ui - meanU) * ((ys[i] as number) - meanY);
    variance += (ui - meanU) ** 2;
  }
  const slope = variance === 0 ? 0 : covariance / variance;
  const a = meanY - slope * meanU;
  const squares = u.reduce((sum, ui, i) => sum + ((ys[i] as number) - a - slope * ui) ** 2, 0);
  return { a, b: slope * Math.exp(c * center), c, squares };
}

/**
 * Squared prediction errors of the law and of a constant when each size is left out in turn (all its points: replicates
 * would reveal the value to predict).
 */
function leaveOneSizeOut(points: readonly Point[]): { law: number; constant: number } {
  let law = 0;
  let constant = 0;
  for (const x of new Set(points.map((point) => point.x))) {
    const kept = points.filter((point) => point.x !== x);
    const fit = search(kept);
    const level = mean(kept.map((point) => point.y));
    for (const point of points) {
      if (point.x !== x) continue;
      law += (point.y - fit.a - fit.b * point.x ** -fit.c) ** 2;
      constant += (point.y - level) ** 2;
    }
  }
  return { law, constant };
}
