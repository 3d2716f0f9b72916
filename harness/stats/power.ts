/**
 * Exact power of the two-sided paired t-test: under a true difference the statistic follows the noncentral t
 * distribution (Cohen, Statistical Power Analysis, 1988). The standard error seen stands for the true one.
 */
import { tQuantile } from './distributions.ts';
import { noncentralTCdf } from './noncentral-t.ts';

interface Design {
  /** Of the mean difference. */
  readonly standardError: number;
  /** Units (seeds), at least 2. */
  readonly n: number;
  /** Level of this one test. Where Holm corrects over m tests, alpha / m is what the smallest p must stay below. */
  readonly alpha: number;
}

/** The probability that the test rejects "no difference" when the true difference is `effect`. */
export function power(effect: number, design: Design): number {
  checkDesign(design);
  return powerOf(design)(Math.abs(effect) / design.standardError);
}

/** The smallest true difference that the test detects with probability `power`; a size, without a sign. */
export function smallestEffect({ power: wanted, ...design }: Design & { readonly power: number }): number {
  checkDesign(design);
  if (!(wanted > design.alpha && wanted < 1))
    throw new RangeError(`smallestEffect: a power between alpha and 1 needed, found ${wanted}`);
  const key = `${design.n} ${design.alpha} ${wanted}`;
  const shift = knownShifts.get(key) ?? smallestShift(wanted, design);
  knownShifts.set(key, shift);
  return shift * design.standardError;
}

/** What a test is planned for: `deviation` is that of a single unit. */
interface Planned {
  readonly deviation: number;
  readonly alpha: number;
  readonly power: number;
  readonly least: number;
  readonly most: number;
}

/** The fewest units with which the test detects a true difference with probability `power`; null = over `most`. */
export function unitsNeeded(effect: number, { deviation, alpha, power: wanted, least, most }: Planned): number | null {
  const isEnough = (n: number): boolean =>
    power(effect, { standardError: deviation / Math.sqrt(n), n, alpha }) >= wanted;
  if (isEnough(least)) return least;
  if (!isEnough(most)) return null;
  let [few, enough] = [least, most];
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else few = middle;
  }
  return enough;
}

/** It takes milliseconds, and a report asks for the same designs hundreds of times. */
const knownShifts = new Map<string, number>();

/** In standard errors. */
function smallestShift(wanted: number, design: Design): number {
  const powerAt = powerOf(design);
  const missing = (shift: number): number => wanted - powerAt(shift);
  let high = 1;
  while (missing(high) > 0) high *= 2;
  return zeroOf(missing, high === 1 ? 0 : high / 2, high);
}

/**
 * The zero of a falling function between `low` and `high`: regula falsi, with the Illinois rule against a stuck end.
 */
function zeroOf(f: (x: number) => number, low: number, high: number): number {
  let [above, below] = [f(low), f(high)];
  let stuck = 0;
  for (let i = 0; i < 100 && high - low > 1e-12 * high; i++) {
    const x = (low * below - high * above) / (below - above);
    const value = f(x);
    if (Math.abs(value) < 1e-13) return x;
    if (value > 0) {
      [low, above, below] = [x, value, stuck > 0 ? below / 2 : below];
      stuck = 1;
    } else {
      [high, below, above] = [x, value, stuck < 0 ? above / 2 : above];
      stuck = -1;
    }
  }
  return high;
}

/** As a function of the true difference in standard errors. */
function powerOf({ n, alpha }: Design): (shift: number) => number {
  const degrees = n - 1;
  const critical = -tQuantile(alpha / 2, degrees);
  return (shift) => 1 - noncentralTCdf(critical, degrees, shift) + noncentralTCdf(-critical, degrees, shift);
}

function checkDesign({ standardError, n, alpha }: Design): void {
  if (!(standardError > 0) || !Number.isInteger(n) || n < 2 || !(alpha > 0 && alpha < 1))
    throw new RangeError(
      `power: standardError > 0, an integer n >= 2 and 0 < alpha < 1 needed, found ${standardError}, ${n}, ${alpha}`,
    );
}
