/** `Replace`: puts a text in the place of every match; `$1` and the like have no meaning in it. */
import { matchesOf, readPattern, type Pattern } from '../regex/pattern.ts';
import type { ReadNormalizer } from './normalizer.ts';

export const readReplace: ReadNormalizer = (reader) => {
  const pattern = readPattern(reader);
  const content = reader.text('content');
  return ({ text, startLength }) => ({
    text: replaced(text, pattern, content),
    startLength: startLength < 0 ? startLength : replacedStart(text, pattern, content, startLength),
  });
};

function replaced(text: string, { literal, regex }: Pattern, content: string): string {
  if (literal !== null && literal !== '') return text.replaceAll(literal, () => content);
  let changed = '';
  let at = 0;
  for (const [start, end] of matchesOf(regex, text)) {
    changed += text.slice(at, start) + content;
    at = end;
  }
  return changed + text.slice(at);
}

/** What replaces a match stands for its last character; what is put between characters for the one before it. */
function replacedStart(text: string, { regex }: Pattern, content: string, startLength: number): number {
  let length = startLength;
  for (const [start, end] of matchesOf(regex, text)) {
    const isEmpty = start === end;
    if (isEmpty ? start > startLength : start >= startLength) break;
    // Of a match that goes beyond the start nothing is left in it.
    if (end > startLength) return length - (startLength - start);
    length += content.length - (end - start);
  }
  return length;
}
