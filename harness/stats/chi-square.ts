/**
 * The chi-square distribution, and what it says of a spread: few values tell a standard deviation badly, and how badly
 * is known exactly where they are normal. The incomplete gamma function by its series and by Lentz' continued fraction
 * (Numerical Recipes 6.2, DLMF 8.11.4 and 8.9.2).
 */
import { logGamma } from './distributions.ts';
import { standardDeviation, type Interval } from './interval.ts';

/** P(X <= x) for chi-square with `degrees` > 0 degrees of freedom. */
export function chiSquareCdf(x: number, degrees: number): number {
  if (!(degrees > 0) || !(x >= 0))
    throw new RangeError(`chiSquareCdf: x >= 0 and degrees > 0 needed, found ${x}, ${degrees}`);
  if (x === 0) return 0;
  const [a, half] = [degrees / 2, x / 2];
  const front = Math.exp(a * Math.log(half) - half - logGamma(a));
  return half < a + 1 ? front * gammaSeries(a, half) : 1 - front * gammaFraction(a, half);
}

/** The x with P(X <= x) = p, 0 < p < 1, by bisection to the last bit. */
export function chiSquareQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`chiSquareQuantile: 0 < p < 1 needed, found ${p}`);
  let [low, high] = [0, degrees];
  while (chiSquareCdf(high, degrees) < p) high *= 2;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (chiSquareCdf(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Interval of the standard deviation of a normal distribution; null for one value, or where they do not differ. */
export function deviationInterval(
  values: readonly number[],
  { level = 0.95, unit = 'values' }: { level?: number; unit?: string } = {},
): Interval | null {
  const deviation = standardDeviation(values);
  if (deviation === null || deviation === 0) return null;
  const degrees = values.length - 1;
  const end = (p: number): number => deviation * Math.sqrt(degrees / chiSquareQuantile(p, degrees));
  const tail = (1 - level) / 2;
  return { low: end(1 - tail), high: end(tail), level, method: `chi-square over ${unit}`, n: values.length };
}

/** The lower function over x^a e^-x. */
function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k <= 100_000 && term > 1e-17 * sum; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return sum;
}

/** The upper function over x^a e^-x. */
function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let result = d;
  for (let k = 1; k <= 100_000; k++) {
    const product = k * (a - k);
    b += 2;
    d = 1 / (product * d + b);
    c = b + product / c;
    result *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return result;
}
