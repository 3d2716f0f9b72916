/**
 * What can be read off a text without understanding it: how long it is, how many different tokens it has, how often a
 * character or a common word occurs. A preference set is only worth learning from if none of these tells chosen from
 * rejected; see `balance.ts`.
 */
export const surfaceFeatures = [
  'characters',
  'lines',
  'tokens',
  'distinct tokens',
  'distinct characters',
  'order',
  'letters',
  'digits',
  'spaces',
  '!',
  '=',
  '.',
  ',',
  ';',
  '(',
  '[',
  '{',
  '+',
  '-',
  '*',
  '/',
  '<',
  '>',
  '&',
  '|',
  'quotes',
  'ones',
  'zeros',
  'return',
  'this',
  'true',
  'null',
  'length',
  '()',
  '++',
  '!=',
  '===',
  'blank lines',
] as const;

export type SurfaceFeature = (typeof surfaceFeatures)[number];

const characters = surfaceFeatures.filter((feature) => feature.length === 1);
const words = ['return', 'this', 'true', 'null', 'length'] as const;
const sequences = ['()', '++', '!=', '==='] as const;

/** ASCII code -> 0 letter, 1 digit, 2 space or tab, -1 other. */
const characterKinds = Int8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[A-Za-z]/.test(character) ? 0 : /[0-9]/.test(character) ? 1 : code === 32 || code === 9 ? 2 : -1;
});
const orderIndex = surfaceFeatures.indexOf('order');

/** One number a feature, in the order of `surfaceFeatures`; `order` is 0, as it exists only between two texts. */
export function measureSurface(text: string): Float64Array {
  const { counts, beyondAscii } = countCharacters(text);
  const tokens = text.match(/[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu) ?? [];
  const of = (character: string): number => counts[character.charCodeAt(0)] ?? 0;
  return Float64Array.from([
    text.length,
    of('\n'),
    tokens.length,
    new Set(tokens).size,
    counts.filter((count) => count > 0).length + beyondAscii,
    0,
    ...sumsByKind(counts),
    ...characters.map(of),
    of("'") + of('"') + of('`'),
    of('1'),
    of('0'),
    ...words.map((word) => tokens.filter((token) => token === word).length),
    ...sequences.map((sequence) => text.split(sequence).length - 1),
    blankLines(text),
  ]);
}

/** How often each ASCII code occurs, and how many different other code units there are. */
function countCharacters(text: string): { readonly counts: Uint32Array; readonly beyondAscii: number } {
  const counts = new Uint32Array(128);
  const others = new Set<number>();
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 128) counts[code] = (counts[code] ?? 0) + 1;
    else others.add(code);
  }
  return { counts, beyondAscii: others.size };
}

/** Letters, digits, spaces. */
function sumsByKind(counts: Uint32Array): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (const [code, count] of counts.entries()) {
    const kind = characterKinds[code] ?? -1;
    if (kind >= 0) sums[kind] = (sums[kind] ?? 0) + count;
  }
  return sums;
}

function blankLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n\n'); at !== -1; at = text.indexOf('\n\n', at + 1)) count += 1;
  return count;
}

/** Sign of chosen minus rejected for each feature; `order` is 1 where chosen sorts behind rejected by code units. */
export function surfaceSigns(
  chosen: string,
  rejected: string,
  chosenSurface: Float64Array = measureSurface(chosen),
): Int8Array {
  const other = measureSurface(rejected);
  const signs = new Int8Array(other.length);
  for (let i = 0; i < signs.length; i++) signs[i] = Math.sign((chosenSurface[i] ?? 0) - (other[i] ?? 0));
  signs[orderIndex] = chosen > rejected ? 1 : chosen < rejected ? -1 : 0;
  return signs;
}
