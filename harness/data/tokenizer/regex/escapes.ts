/** What a backslash means in Oniguruma's syntax, where it stands for one code point or a set of them. */
import { CodePointSet } from '../unicode/code-point-set.ts';
import { UnsupportedPattern, type PatternText } from './pattern-text.ts';
import { digit, hexDigit, propertySet, space, wordInClass } from './properties.ts';

const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, a: 7, e: 27 };

const sets: Readonly<Record<string, () => CodePointSet>> = { d: digit, s: space, w: wordInClass, h: hexDigit };

/**
 * Reads what follows a backslash: a number is a code point. null where it is neither a code point nor a set; nothing is
 * taken then.
 * @throws UnsupportedPattern for escapes whose meaning is not computed here
 */
export function readEscape(text: PatternText): number | CodePointSet | null {
  const letter = text.peek();
  const small = letter.toLowerCase();
  if (small === 'p') return readProperty(text);
  if (Object.hasOwn(sets, small)) {
    text.next();
    const set = (sets[small] as () => CodePointSet)();
    return letter === small ? set : set.not();
  }
  return readCodePoint(text);
}

function readProperty(text: PatternText): CodePointSet {
  const isNegated = text.next() === 'P';
  if (!text.take('{')) throw new UnsupportedPattern('\\p without {...} is a letter for Oniguruma');
  const isNegatedInside = text.take('^');
  const set = propertySet(text.takeUntil('}'));
  return isNegated === isNegatedInside ? set : set.not();
}

function readCodePoint(text: PatternText): number | null {
  const letter = text.peek();
  if (Object.hasOwn(controls, letter)) {
    text.next();
    return controls[letter] as number;
  }
  if (letter === 'x' || letter === 'u') return readHexadecimal(text);
  if (letter === '0') return Number.parseInt(text.takeWhile(/[0-7]/, 3), 8);
  if (/[a-z0-9]/i.test(letter)) return null;
  return text.next().codePointAt(0) as number;
}

function readHexadecimal(text: PatternText): number {
  const isUnit = text.next() === 'u';
  const isBraced = !isUnit && text.take('{');
  const digits = text.takeWhile(/[0-9a-f]/i, isBraced ? 8 : isUnit ? 4 : 2);
  if (isBraced) text.expect('}');
  const point = Number.parseInt(digits, 16);
  const isCharacter = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
  const isByte = !isUnit && !isBraced && point > 0x7f;
  if (!isCharacter || isByte || (isUnit && digits.length < 4))
    throw new UnsupportedPattern(`\\${isUnit ? 'u' : 'x'}${digits} is no character`);
  return point;
}
