/**
 * A number of a JSON file as the Rust library reads it: the digits as one whole number, divided by a power of ten. Both
 * are rounded, so about one number in twelve comes out one bit beside the nearest double, which decides between ways
 * to cut a text that are equally good. (serde_json without its feature `float_roundtrip`.)
 */
export function asRustReads(value: number): number {
  const [mantissa = '', exponent = '0'] = String(Math.abs(value)).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = Number(whole + fraction);
  const power = Number(exponent) - fraction.length;
  const size = power >= 0 ? digits * Number(`1e${power}`) : digits / Number(`1e${-power}`);
  return value < 0 ? -size : size;
}
