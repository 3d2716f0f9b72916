/** The parts of a text that changes touch, with a word on either side: all words and neighbours that differ. */
import { wordRanges, wordsOf } from '../rankers/word-differences.ts';
import { applyEdits, type Change } from './edit.ts';

export interface Window {
  readonly before: WindowText;
  readonly after: WindowText;
}

interface WindowText {
  readonly text: string;
  readonly words: readonly string[];
}

/** For one text: a function from changes, in order and apart, to the windows around them. */
export function windowsOf(text: string): (changes: readonly Change[]) => readonly Window[] {
  const ranges = wordRanges(text);
  return (changes) => {
    const windows: { start: number; end: number; changes: Change[] }[] = [];
    for (const change of changes) {
      const [start, end] = [startBefore(ranges, change.start), endBehind(ranges, change.end, text.length)];
      const last = windows.at(-1);
      if (last === undefined || start > last.end) windows.push({ start, end, changes: [change] });
      else {
        last.changes.push(change);
        last.end = Math.max(last.end, end);
      }
    }
    return windows.map((window) => read(text, window));
  };
}

function read(
  text: string,
  { start, end, changes }: { readonly start: number; readonly end: number; readonly changes: readonly Change[] },
): Window {
  const inside = changes.map((change) => ({ ...change, start: change.start - start, end: change.end - start }));
  const before = text.slice(start, end);
  const after = applyEdits(before, [{ kind: '', changes: inside }]);
  return { before: { text: before, words: wordsOf(before) }, after: { text: after, words: wordsOf(after) } };
}

/**
 * Start of the word before the one that ends at or behind `position`: a word that touches a change may grow together
 * with it, and the one before it is its neighbour.
 */
function startBefore(ranges: Int32Array, position: number): number {
  const touched = firstWord(ranges, (index) => (ranges[2 * index + 1] as number) >= position);
  return touched === 0 ? 0 : (ranges[2 * (touched - 1)] as number);
}

function endBehind(ranges: Int32Array, position: number, length: number): number {
  const behind = firstWord(ranges, (index) => (ranges[2 * index] as number) > position);
  return behind * 2 >= ranges.length ? length : (ranges[2 * behind + 1] as number);
}

/** Binary search over words in order; their number where there is none. */
function firstWord(ranges: Int32Array, isBehind: (index: number) => boolean): number {
  let [low, high] = [0, ranges.length / 2];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBehind(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
