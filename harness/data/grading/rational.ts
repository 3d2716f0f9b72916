/** Exact values of answers that are numbers: integers, decimals, fractions, mixed numbers, repeating decimals. */

export interface Rational {
  readonly numerator: bigint;
  /** Above 0. */
  readonly denominator: bigint;
  /** Written with so many digits that the last ones are rounding of a float64. */
  readonly isRounded: boolean;
}

/** Digits from which a decimal is taken for a rounded float64. */
const roundedDigits = 12;
/** Powers of two from here on are the denominators of float64 numbers that a program has written as fractions. */
const binaryDenominator = 2n ** 40n;
/** Digits of a power of ten beyond which a number is left to the engine. */
const mostExponent = 400;

const patterns: readonly (readonly [pattern: RegExp, read: (groups: readonly string[]) => Rational | null])[] = [
  [/^(\d*)\.?$|^(\d*)\.(\d+)$/, ([whole = '', before = '', after = '']) => decimal(whole + before, after)],
  [/^(\d*)\.(\d*)\\overline\{(\d+)\}$/, ([whole = '', fixed = '', repeated = '']) => repeating(whole, fixed, repeated)],
  [
    /^\\frac\{([-+]?\d+)\}\{([-+]?\d+)\}$|^\(?([-+]?\d+)\/(\d+)\)?$/,
    ([a = '', b = '', c = '', d = '']) => fraction(a || c, b || d),
  ],
  [
    /^(\d+)\+?\\frac\{(\d+)\}\{(\d+)\}$|^(\d+) (\d+)\/(\d+)$/,
    (g) => mixed((g[0] || g[3]) ?? '', (g[1] || g[4]) ?? '', (g[2] || g[5]) ?? ''),
  ],
  [
    /^(\d+(?:\.\d+)?)(?:\\times|\\cdot|x)\s*10\^\{([-+]?\d+)\}$|^(\d+(?:\.\d+)?)[eE]([-+]?\d+)$/,
    ([a = '', b = '', c = '', d = '']) => scientific(a || c, b || d),
  ],
];

/** The value of a normalized answer; null for anything but a number. */
export function rationalOf(text: string): Rational | null {
  const [, sign = '', digits = ''] = /^\(?([-+]?)(.*?)\)?$/.exec(text) ?? [];
  const bare = /^\(.*\)$/.test(text) ? digits : text.replace(/^[-+]/, '');
  for (const [pattern, read] of patterns) {
    const found = pattern.exec(bare);
    if (found === null) continue;
    const value = read(found.slice(1).map((group) => group ?? ''));
    return value === null || sign !== '-' ? value : { ...value, numerator: -value.numerator };
  }
  return null;
}

/** Exactly, or within 1e-9 of each other where one is a rounded float64. */
export function equalRationals(a: Rational, b: Rational): boolean {
  const [left, right] = [a.numerator * b.denominator, b.numerator * a.denominator];
  if (left === right) return true;
  if (!a.isRounded && !b.isRounded) return false;
  return magnitude(left - right) * 1_000_000_000n <= magnitude(right);
}

/** `0018` -> `18`, `18.00` -> `18`, `-.5` -> `-0.5`; any other text as it is. */
export function shortNumber(text: string): string {
  const [found, sign = '', whole = '', part = ''] = /^([-+]?)(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  if (found === undefined || whole + part === '') return text;
  const after = part.replace(/0+$/, '');
  const digits = `${whole.replace(/^0+/, '') || '0'}${after === '' ? '' : `.${after}`}`;
  return sign === '-' && digits !== '0' ? `-${digits}` : digits;
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

function decimal(whole: string, part: string): Rational | null {
  if (whole + part === '') return null;
  const digits = (whole + part).replace(/^0+/, '').length;
  return {
    numerator: BigInt(whole + part),
    denominator: 10n ** BigInt(part.length),
    isRounded: part !== '' && digits >= roundedDigits,
  };
}

/** 0.1(27): (127 - 1) / 990. */
function repeating(whole: string, fixed: string, repeated: string): Rational {
  const numerator = BigInt(`${whole}${fixed}${repeated}`) - BigInt(`${whole}${fixed}` || '0');
  const denominator = (10n ** BigInt(repeated.length) - 1n) * 10n ** BigInt(fixed.length);
  return { numerator, denominator, isRounded: false };
}

function fraction(above: string, below: string): Rational | null {
  const [numerator, denominator] = [BigInt(above), BigInt(below)];
  if (denominator === 0n) return null;
  const size = magnitude(denominator);
  return {
    numerator: denominator < 0n ? -numerator : numerator,
    denominator: size,
    isRounded: size >= binaryDenominator && (size & (size - 1n)) === 0n,
  };
}

function mixed(whole: string, above: string, below: string): Rational | null {
  const part = fraction(above, below);
  return part === null ? null : { ...part, numerator: BigInt(whole) * part.denominator + part.numerator };
}

function scientific(digits: string, exponent: string): Rational | null {
  const [whole = '', part = ''] = digits.split('.');
  const value = decimal(whole, part);
  if (value === null || Math.abs(Number(exponent)) > mostExponent) return null;
  const power = 10n ** magnitude(BigInt(exponent));
  return BigInt(exponent) < 0n
    ? { ...value, denominator: value.denominator * power }
    : { ...value, numerator: value.numerator * power };
}
