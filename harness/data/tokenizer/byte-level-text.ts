/** Text in the alphabet of bytes: every byte of its UTF-8 is one character. */
import { byteToCharacter, utf8Bytes } from './byte-alphabet.ts';

const space = byteToCharacter[0x20] as string;

export function toByteLevel(text: string): string {
  const start = text.charCodeAt(0) === 0x20 ? 1 : 0;
  let at = start;
  while (at < text.length && isPrintable(text.charCodeAt(at))) at++;
  if (at === text.length) return start === 0 ? text : space + text.slice(1);
  let characters = '';
  for (const byte of utf8Bytes(text)) characters += byteToCharacter[byte] as string;
  return characters;
}

/** Printable ASCII stands for itself. */
function isPrintable(unit: number): boolean {
  return unit > 0x20 && unit < 0x7f;
}

/** Longer slices keep the whole text that they were cut from in memory. */
const longestKept = 12;
const mostKept = 65_536;

/**
 * `toByteLevel` that remembers short texts: a text repeats its words, and equal strings that are one object need not be
 * hashed again by whoever looks them up.
 */
export function byteLevelOf(): (text: string) => string {
  const kept = new Map<string, string>();
  return (text) => {
    if (text.length > longestKept) return toByteLevel(text);
    const known = kept.get(text);
    if (known !== undefined) return known;
    const made = toByteLevel(text);
    if (kept.size === mostKept) kept.clear();
    kept.set(text, made);
    return made;
  };
}
