/** Where two texts differ, word by word. */

/** A stretch of text that both have, or only one of them. */
export interface DiffPart {
  readonly kind: 'same' | 'first' | 'second';
  readonly text: string;
}

/** Comparisons of words that a diff may take; beyond, the texts are shown whole. */
const mostComparisons = 4_000_000;

/** The parts in order; what only the first has stands before what only the second has. */
export function wordDiff(first: string, second: string): readonly DiffPart[] {
  const [a, b] = [wordsOf(first), wordsOf(second)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const parts = [
    ...a.slice(0, start).map((text): DiffPart => ({ kind: 'same', text })),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...a.slice(a.length - end).map((text): DiffPart => ({ kind: 'same', text })),
  ];
  return joined(readable(parts));
}

/** Share of the words of both texts that are in both, in order: 1 = equal, 0 = nothing in common. */
export function sharedWords(parts: readonly DiffPart[]): number {
  const count = (is: (part: DiffPart) => boolean): number =>
    parts.filter(is).reduce((sum, { text }) => sum + (text.match(/\S+/g)?.length ?? 0), 0);
  const same = 2 * count(({ kind }) => kind === 'same');
  const all = same + count(({ kind }) => kind !== 'same');
  return all === 0 ? 1 : same / all;
}

/** Line breaks stand alone, so that lines stay lines. */
function wordsOf(text: string): readonly string[] {
  return text.match(/\n|[^\S\n]+|[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu) ?? [];
}

/** By the longest common subsequence. */
function middle(a: readonly string[], b: readonly string[]): readonly DiffPart[] {
  const changed = (): readonly DiffPart[] => [
    { kind: 'first', text: a.join('') },
    { kind: 'second', text: b.join('') },
  ];
  if (a.length === 0 || b.length === 0 || a.length * b.length > mostComparisons) return changed();
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] as number;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const parts: DiffPart[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      parts.push({ kind: 'same', text: a[i] as string });
      [i, j] = [i + 1, j + 1];
    } else if (j === b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1)))
      parts.push({ kind: 'first', text: a[i++] as string });
    else parts.push({ kind: 'second', text: b[j++] as string });
  }
  return parts;
}

/** A blank between two changes belongs to both of them: single words between marks are hard to read. */
function readable(parts: readonly DiffPart[]): readonly DiffPart[] {
  return parts.flatMap((part, index): readonly DiffPart[] => {
    const [before, after] = [parts[index - 1], parts[index + 1]];
    const isBetween = before !== undefined && after !== undefined && before.kind !== 'same' && after.kind !== 'same';
    if (part.kind !== 'same' || !isBetween || !/^[^\S\n]+$/.test(part.text)) return [part];
    return [
      { kind: 'first', text: part.text },
      { kind: 'second', text: part.text },
    ];
  });
}

/** Neighbours of one kind become one part; between two parts that both have, the first's words come first. */
function joined(parts: readonly DiffPart[]): readonly DiffPart[] {
  const result: DiffPart[] = [];
  let [first, second] = ['', ''];
  const flush = (): void => {
    if (first !== '') result.push({ kind: 'first', text: first });
    if (second !== '') result.push({ kind: 'second', text: second });
    [first, second] = ['', ''];
  };
  for (const { kind, text } of parts) {
    if (kind === 'first') first += text;
    else if (kind === 'second') second += text;
    else {
      flush();
      const last = result.at(-1);
      if (last?.kind === 'same') result[result.length - 1] = { kind, text: last.text + text };
      else result.push({ kind, text });
    }
  }
  flush();
  return result;
}
