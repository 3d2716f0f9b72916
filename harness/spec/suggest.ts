/** Did-you-mean: the nearest allowed word by edit distance. */

/** `did you mean x?` where one of the allowed words is near enough to be a slip; null otherwise. */
export function didYouMean(found: string, allowed: readonly string[]): string | null {
  const limit = Math.max(1, Math.floor(found.length / 3));
  let best: { word: string; distance: number } | null = null;
  for (const word of allowed) {
    const distance = editDistance(found.toLowerCase(), word.toLowerCase());
    if (distance <= limit && (best === null || distance < best.distance)) best = { word, distance };
  }
  const word = best?.word ?? abbreviated(found, allowed);
  return word === null ? null : `did you mean ${word}?`;
}

/**
 * The only allowed word that `found` abbreviates: its letters in their order, from the first on (`lr` for
 * learningRate).
 */
function abbreviated(found: string, allowed: readonly string[]): string | null {
  const isShortFor = (word: string): boolean => {
    const letters = [...word.toLowerCase()];
    return (
      letters[0] === found[0]?.toLowerCase() &&
      [...found.toLowerCase()].every((letter) => {
        const at = letters.indexOf(letter);
        letters.splice(0, at < 0 ? letters.length : at + 1);
        return at >= 0;
      })
    );
  };
  const matches = found.length < 2 ? [] : allowed.filter(isShortFor);
  return matches.length === 1 ? (matches[0] ?? null) : null;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(at(last, j) + 1, at(row, j - 1) + 1, substitution, isSwap ? at(beforeLast, j - 2) + 1 : Infinity),
      );
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
