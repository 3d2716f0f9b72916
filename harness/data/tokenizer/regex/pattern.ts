/** Patterns as parts of tokenizer.json give them, and walks over their matches as the Rust library takes them. */
import type { FeatureReader } from '../feature-reader.ts';
import { UnsupportedPattern } from './pattern-text.ts';
import { Tiers } from './tiers.ts';
import { translatePattern } from './translate.ts';

export interface Pattern {
  readonly regex: Tiers;
  /** The text that the pattern is; null for a true pattern. */
  readonly literal: string | null;
}

const nothing: Pattern = { regex: new Tiers(() => '(?!)'), literal: null };

/** The field `pattern`: `{"String": "..."}` or `{"Regex": "..."}`. What is wrong with it becomes a problem. */
export function readPattern(reader: FeatureReader): Pattern {
  const pattern = reader.child('pattern');
  if (pattern === null) {
    reader.refuse('it has no pattern');
    return nothing;
  }
  const literal = pattern.optionalText('String');
  const regex = pattern.optionalText('Regex');
  pattern.done();
  if (literal !== null && regex === null) return { regex: new Tiers(() => escaped(literal)), literal };
  if (regex !== null && literal === null) return compile(regex, pattern);
  pattern.refuse('expected one of String and Regex');
  return nothing;
}

/** @throws UnsupportedPattern */
export function compilePattern(pattern: string): Tiers {
  translatePattern(pattern); // now, so that what is not computed here is told before a text comes
  return new Tiers((highest) => translatePattern(pattern, highest));
}

function compile(pattern: string, reader: FeatureReader): Pattern {
  try {
    return { regex: compilePattern(pattern), literal: null };
  } catch (error) {
    if (!(error instanceof UnsupportedPattern)) throw error;
    reader.refuse(`Regex: ${error.message}, in ${JSON.stringify(pattern)}`);
    return nothing;
  }
}

function escaped(literal: string): string {
  return literal.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Bounds of every match, in code units, from the left. In an empty text there is none, whatever the pattern. */
export function* matchesOf(tiers: Tiers, text: string): Iterable<readonly [start: number, end: number]> {
  if (text === '') return;
  const regex = tiers.for(text);
  let lastEnd = -1;
  let from = 0;
  for (let match = execAt(regex, text, from); match !== null; match = execAt(regex, text, from)) {
    const start = match.index;
    const end = start + match[0].length;
    from = start < end ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
    // An empty match where the last one ended does not count, nor one inside a character, where V8 looks too.
    if (start === end && (end === lastEnd || isInsideCharacter(text, end))) continue;
    yield [start, end];
    lastEnd = end;
  }
}

function isInsideCharacter(text: string, at: number): boolean {
  return at > 0 && (text.codePointAt(at - 1) as number) > 0xffff;
}

/** The next match; the expression may be used elsewhere between two of them. */
function execAt(regex: RegExp, text: string, from: number): RegExpExecArray | null {
  regex.lastIndex = from;
  return regex.exec(text);
}
