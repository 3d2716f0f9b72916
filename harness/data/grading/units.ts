/** Units of measurement that answers are given in: what they measure, and how much one is. */

export interface Unit {
  /** What is measured; values of two dimensions are never equal. */
  readonly dimension: string;
  /** Of the first unit of its dimension. */
  readonly factor: number;
}

/** `names` in the singular; a plural with s or es is found too. */
const table: readonly (readonly [dimension: string, factor: number, names: string])[] = [
  ['length', 1, 'm meter metre'],
  ['length', 0.001, 'mm millimeter millimetre'],
  ['length', 0.01, 'cm centimeter centimetre'],
  ['length', 1000, 'km kilometer kilometre'],
  ['length', 0.0254, 'in inch'],
  ['length', 0.3048, 'ft foot feet'],
  ['length', 0.9144, 'yd yard'],
  ['length', 1609.344, 'mi mile'],
  ['time', 1, 's sec second'],
  ['time', 60, 'min minute'],
  ['time', 3600, 'h hr hour'],
  ['time', 86_400, 'day'],
  ['time', 604_800, 'week'],
  ['mass', 1, 'g gram'],
  ['mass', 0.001, 'mg milligram'],
  ['mass', 1000, 'kg kilogram'],
  ['mass', 453.592_37, 'lb pound'],
  ['mass', 28.349_523_125, 'oz ounce'],
  ['volume', 1, 'l liter litre'],
  ['volume', 0.001, 'ml milliliter millilitre'],
  ['volume', 3.785_411_784, 'gal gallon'],
  ['volume', 0.946_352_946, 'qt quart'],
  ['money', 1, 'dollar usd'],
  ['money', 0.01, 'cent'],
  ['angle', 1, 'degree deg'],
  ['ratio', 0.01, 'percent'],
];

const units: ReadonlyMap<string, Unit> = new Map(
  table.flatMap(([dimension, factor, names]) => names.split(' ').map((name) => [name, { dimension, factor }] as const)),
);

/** The name in the table of a written unit: `Square inches` -> `inch`; null for any other word. */
export function unitNamed(words: string): string | null {
  const name = words
    .toLowerCase()
    .replaceAll(/\b(?:square|cubic|sq|cu|us)\b\.?|\./g, ' ')
    .trim();
  return [name, name.replace(/s$/, ''), name.replace(/es$/, '')].find((spelling) => units.has(spelling)) ?? null;
}

/** @throws Error for a name that `unitNamed` did not give. */
export function unitOf(name: string): Unit {
  const unit = units.get(name);
  if (unit === undefined) throw new Error(`no unit is called ${name}`);
  return unit;
}
