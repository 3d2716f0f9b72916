/**
 * Did-you-mean. A suggestion is made only for what may have been meant: a slip of the keys, the beginning of a
 * word, or the beginnings of its parts. A wrong suggestion is worse than none.
 */

/** `did you mean x?` for the nearest allowed word; null where none is near. */
export function didYouMean(found: string, allowed: readonly string[]): string | null {
  const word = nearestWord(found, allowed);
  return word === null ? null : `did you mean ${word}?`;
}

/**
 * The allowed word that `found` is a slip of, or the only one it abbreviates; null where there is none. An abbreviation
 * is more likely than two slips.
 */
export function nearestWord(found: string, allowed: readonly string[]): string | null {
  const slip = slipOf(found, allowed);
  if (slip !== null && slip.distance <= 1) return slip.word;
  return abbreviationOf(found, allowed) ?? slip?.word ?? null;
}

interface Slip {
  readonly word: string;
  readonly distance: number;
}

function slipOf(found: string, allowed: readonly string[]): Slip | null {
  let best: Slip | null = null;
  for (const word of allowed) {
    const [a, b] = [withoutSeparators(found), withoutSeparators(word)];
    const distance = editDistance(a, b);
    if (isSlip(a, b, distance) && (best === null || distance < best.distance)) best = { word, distance };
  }
  return best;
}

/** `learning_rate`, `learning-rate` and `learningRate` are one word. */
function withoutSeparators(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/**
 * One edit in a word of up to seven letters, two in one of eight to eleven, three beyond. In a word of up to
 * three letters another letter mostly makes another word (`gpu` is not `cpu`), so there it is no slip; and the first
 * letter of a word of up to four is always right.
 */
function isSlip(a: string, b: string, distance: number): boolean {
  if (distance === 0) return true;
  if (Math.min(a.length, b.length) < 2) return false;
  if (Math.min(a.length, b.length) <= 4) return distance === 1 && isShortSlip(a, b);
  return distance <= Math.max(1, Math.min(3, Math.floor(Math.max(a.length, b.length) / 4)));
}

/** Of two words that are one edit apart. */
function isShortSlip(a: string, b: string): boolean {
  if (a.length !== b.length) return a[0] === b[0];
  const isSwap = [...a].toSorted().join('') === [...b].toSorted().join('');
  return isSwap || (a.length === 4 && a[0] === b[0]);
}

/** Three letters or more that begin one allowed word only (`clip`), or the beginnings of all its parts (`lr`). */
function abbreviationOf(found: string, allowed: readonly string[]): string | null {
  const short = withoutSeparators(found);
  const matches = allowed.filter(
    (word) =>
      (short.length >= 3 && withoutSeparators(word).startsWith(short)) ||
      (partsOf(word).length > 1 && joinsBeginnings(short, partsOf(word))),
  );
  return matches.length === 1 ? (matches[0] ?? null) : null;
}

/** `learningRate` -> learning, rate; `gpt-neox` -> gpt, neox. */
function partsOf(word: string): readonly string[] {
  return word
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[-_. ]+/);
}

/** Whether the letters are a beginning of every part, in their order: `lr`, `hidsize`, `kvheads`. */
function joinsBeginnings(letters: string, parts: readonly string[]): boolean {
  const [part, ...rest] = parts;
  if (part === undefined) return letters === '';
  return [...part].some(
    (_, index) => letters.startsWith(part.slice(0, index + 1)) && joinsBeginnings(letters.slice(index + 1), rest),
  );
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = isSwapped(a, b, i, j) ? at(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, substitution, swap));
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

/** Whether the two letters that end at `i` and at `j` are each other's reverse. */
function isSwapped(a: string, b: string, i: number, j: number): boolean {
  return i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
