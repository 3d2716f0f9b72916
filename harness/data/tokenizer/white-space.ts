/** White space as Rust's `char::is_whitespace` has it, which is not what `trim` takes. */
import { lazy } from './lazy.ts';
import { CodePointSet } from './unicode/code-point-set.ts';
import { tables } from './unicode/tables.ts';

export const whiteSpace = lazy(() => CodePointSet.read(tables.whitespace));

/** No white space lies beyond the first 65,536 code points, so that a code unit is enough. */
export function isWhiteSpace(unit: number): boolean {
  return unit === 0x20 || (unit < 0x80 ? unit >= 9 && unit <= 13 : whiteSpace().has(unit));
}

/** Where the white space that ends at `end` starts. */
export function startOfSpace(text: string, end: number): number {
  let start = end;
  while (start > 0 && isWhiteSpace(text.charCodeAt(start - 1))) start--;
  return start;
}

/** Where the white space that starts at `start` ends. */
export function endOfSpace(text: string, start: number): number {
  let end = start;
  while (end < text.length && isWhiteSpace(text.charCodeAt(end))) end++;
  return end;
}
