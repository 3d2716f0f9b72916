/** Patterns as parts of tokenizer.json give them, and walks over their matches as the Rust library takes them. */
import type { FeatureReader } from '../feature-reader.ts';
import { UnsupportedPattern } from './pattern-text.ts';
import { translatePattern } from './translate.ts';

const nothing = /(?!)/gu;

/**
 * The field `pattern`, `{"String": "..."}` or `{"Regex": "..."}`, as a regular expression with the flags `gu`. What is
 * wrong with it becomes a problem of the file.
 */
export function readPattern(reader: FeatureReader): RegExp {
  const pattern = reader.child('pattern');
  if (pattern === null) {
    reader.refuse('it has no pattern');
    return nothing;
  }
  const literal = pattern.optionalText('String');
  const regex = pattern.optionalText('Regex');
  pattern.done();
  if (literal !== null && regex === null) return new RegExp(escaped(literal), 'gu');
  if (regex !== null && literal === null) return compile(regex, pattern);
  pattern.refuse('expected one of String and Regex');
  return nothing;
}

/** @throws UnsupportedPattern */
export function compilePattern(pattern: string): RegExp {
  return new RegExp(translatePattern(pattern), 'gu');
}

function compile(pattern: string, reader: FeatureReader): RegExp {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof UnsupportedPattern)) throw error;
    reader.refuse(`Regex: ${error.message}, in ${JSON.stringify(pattern)}`);
    return nothing;
  }
}

function escaped(literal: string): string {
  return [...literal].map((one) => `\\u{${(one.codePointAt(0) as number).toString(16)}}`).join('');
}

/** Calls `visit` with the bounds of every match, in code units, from the left. */
export function forEachMatch(pattern: RegExp, text: string, visit: (start: number, end: number) => void): void {
  let lastEnd = -1;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const start = match.index;
    const end = pattern.lastIndex;
    if (start === end) {
      pattern.lastIndex = end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
      // An empty match where the last one ended does not count.
      if (end === lastEnd) continue;
    }
    visit(start, end);
    lastEnd = end;
  }
}
