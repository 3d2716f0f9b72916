/**
 * Student's t and the normal distribution to near machine precision. Small samples (three seeds) need quantiles far out
 * in the tails, where rough approximations are off by percents. Incomplete beta by Lentz' continued fraction
 * (Numerical Recipes 6.4, DLMF 8.17.22); normal CDF by Marsaglia's series (J. Stat. Software 11(4), 2004).
 */

/** I_x(a, b), the regularized incomplete beta function, for a, b > 0 and x in [0, 1]. */
export function regularizedIncompleteBeta(x: number, a: number, b: number): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1))
    throw new RangeError(`regularizedIncompleteBeta: a, b > 0 and 0 <= x <= 1 needed, found x=${x}, a=${a}, b=${b}`);
  if (x === 0 || x === 1) return x;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The continued fraction converges fast only below the mean; the other side follows from symmetry.
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** P(T <= t) for Student's t with `degrees` > 0 degrees of freedom. */
export function tCdf(t: number, degrees: number): number {
  if (!(degrees > 0)) throw new RangeError(`tCdf: degrees of freedom must be positive, found ${degrees}`);
  const tail = 0.5 * regularizedIncompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/** The t with P(T <= t) = p, 0 < p < 1, by bisection to the last bit. */
export function tQuantile(p: number, degrees: number): number {
  return invert((t) => tCdf(t, degrees), p);
}

/** P(Z <= z) of the standard normal. */
export function normalCdf(z: number): number {
  if (z < -8) return 0;
  if (z > 8) return 1;
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
}

/** The z with P(Z <= z) = p, 0 < p < 1. */
export function normalQuantile(p: number): number {
  return invert(normalCdf, p);
}

/**
 * Solves cdf(x) = p for a symmetric distribution around 0; searching the lower half keeps the precision of small tails.
 */
function invert(cdf: (x: number) => number, p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`quantile: 0 < p < 1 needed, found ${p}`);
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  let low = -1;
  while (cdf(low) > tail) low *= 2;
  let high = 0;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (cdf(middle) < tail) low = middle;
    else high = middle;
  }
  const x = (low + high) / 2;
  return p < 0.5 ? x : -x;
}

function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const guard = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return result;
}

/** ln Gamma(x), x > 0: Stirling's series after shifting x above 10 (DLMF 5.11.1). */
export function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  while (y < 10) {
    shift += Math.log(y);
    y += 1;
  }
  const y2 = y * y;
  const series =
    1 / (12 * y) -
    1 / (360 * y * y2) +
    1 / (1260 * y * y2 * y2) -
    1 / (1680 * y * y2 ** 3) +
    1 / (1188 * y * y2 ** 4) -
    691 / (360360 * y * y2 ** 5);
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
