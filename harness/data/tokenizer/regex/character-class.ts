/** `[...]` in Oniguruma's syntax: ranges, escapes, POSIX classes, nested classes, intersections. */
import { CodePointSet } from '../unicode/code-point-set.ts';
import { readEscape } from './escapes.ts';
import { UnsupportedPattern, type PatternText } from './pattern-text.ts';
import { posixSet } from './properties.ts';

/**
 * Reads a class whose `[` has been taken, and its `]`.
 * @param fold applied to what the class holds before it is negated
 * @throws UnsupportedPattern
 */
export function readClass(text: PatternText, fold: (set: CodePointSet) => CodePointSet): CodePointSet {
  const isNegated = text.take('^');
  if (text.peek() === ']') throw new UnsupportedPattern('a class that begins with "]"');
  let meet: CodePointSet | null = null;
  let join = CodePointSet.empty;
  while (!text.take(']')) {
    if (!text.take('&&')) join = join.or(readItem(text, fold));
    else {
      meet = meet === null ? join : meet.and(join);
      join = CodePointSet.empty;
    }
  }
  const set = fold(meet === null ? join : meet.and(join));
  return isNegated ? set.not() : set;
}

/** A code point, a range of them, a set or a class. */
function readItem(text: PatternText, fold: (set: CodePointSet) => CodePointSet): CodePointSet {
  if (text.take('[:')) return readPosix(text);
  if (text.take('[')) return readClass(text, fold);
  const first = readOne(text);
  const isRange = text.peek() === '-' && text.peek(1) !== ']' && text.peek(1) !== '';
  if (typeof first !== 'number') {
    if (isRange) throw new UnsupportedPattern('a set at the start of a range');
    return first;
  }
  if (!isRange) return CodePointSet.range(first, first);
  text.next();
  if (text.peek() === '[') throw new UnsupportedPattern('a class at the end of a range');
  const last = readOne(text);
  if (typeof last !== 'number' || last < first) throw new UnsupportedPattern('a range without a proper end');
  if (text.peek() === '-' && text.peek(1) !== ']') throw new UnsupportedPattern('a hyphen after a range');
  return CodePointSet.range(first, last);
}

function readOne(text: PatternText): number | CodePointSet {
  if (!text.take('\\')) return text.next().codePointAt(0) as number;
  if (text.take('b')) return 8;
  const escape = readEscape(text);
  if (escape === null) throw new UnsupportedPattern(`\\${text.peek()} in a class`);
  return escape;
}

function readPosix(text: PatternText): CodePointSet {
  const isNegated = text.take('^');
  const set = posixSet(text.takeUntil(':]'));
  return isNegated ? set.not() : set;
}
