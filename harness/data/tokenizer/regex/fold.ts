/** Case-insensitive matching as Oniguruma does it, for ASCII; beyond it patterns are refused. */
import { CodePointSet } from '../unicode/code-point-set.ts';
import { UnsupportedPattern } from './pattern-text.ts';
import { propertySet } from './properties.ts';

/** The only characters beyond ASCII whose case folding is one of ASCII: the long s and the Kelvin sign. */
const beyondAscii: Readonly<Record<string, string>> = { s: '\u017f', k: '\u212a' };

/** Oniguruma lets one character match these: for example U+00DF matches `ss`. */
const foldedPairs = new Set(['ss', 'ff', 'fi', 'fl', 'st']);

/** @throws UnsupportedPattern where the set holds characters beyond ASCII that may have another case */
export function foldedSet(set: CodePointSet): CodePointSet {
  const ascii = CodePointSet.range(0, 0x7f);
  const mayFold = ['L', 'M', 'Nl', 'So'].map(propertySet).reduce((all, one) => all.or(one));
  if (!set.without(ascii).and(mayFold).isEmpty)
    throw new UnsupportedPattern('letters beyond ASCII in a part that ignores case');
  let folded = set;
  for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
    const variants = CodePointSet.of(letter + letter.toUpperCase() + (beyondAscii[letter] ?? ''));
    if (!set.and(variants).isEmpty) folded = folded.or(variants);
  }
  return folded;
}

/** @throws UnsupportedPattern where two neighbours in a part that ignores case also match as one character */
export function requireNoFoldedPair(previous: number | null, point: number): void {
  if (previous === null) return;
  const pair = String.fromCodePoint(previous, point).toLowerCase();
  if (foldedPairs.has(pair)) throw new UnsupportedPattern(`"${pair}" in a part that ignores case`);
}
