/** Gauss-Legendre quadrature over panels (Abramowitz & Stegun 25.4.29). */

const order = 16;

/** On [-1, 1]: the zeros of the Legendre polynomial, by Newton's method from Tricomi's start, and their weights. */
const nodes = Array.from({ length: order }, (_, i) => {
  let x = Math.cos((Math.PI * (i + 0.75)) / (order + 0.5));
  for (let step = 0; step < 8; step++) x -= legendre(x).value / legendre(x).slope;
  return { x, weight: 2 / ((1 - x * x) * legendre(x).slope ** 2) };
});

function legendre(x: number): { value: number; slope: number } {
  let [before, value] = [1, x];
  for (let k = 2; k <= order; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, slope: (order * (x * value - before)) / (x * x - 1) };
}

/** The integral of `f` from the first to the last of `ends` (ascending), which cut it into panels where f is smooth. */
export function integrate(f: (x: number) => number, ends: readonly number[]): number {
  let sum = 0;
  for (let i = 1; i < ends.length; i++) {
    const [low, high] = [ends[i - 1] as number, ends[i] as number];
    const half = (high - low) / 2;
    for (const { x, weight } of nodes) sum += half * weight * f(low + half * (1 + x));
  }
  return sum;
}
