/** Levenshtein distance of two lists of tokens, in a band around the diagonal (Ukkonen 1985). */

/** Distances above this are not told apart: they cost the most and say the least. */
const widestBand = 256;

/**
 * Insertions, deletions and replacements of tokens, by the tokens of the longer list: 0 equal, 1 nothing in common.
 * More than 256 edits count as so many as the longer list has tokens.
 */
export function normalizedDistance(a: readonly string[], b: readonly string[]): number {
  const longer = Math.max(a.length, b.length);
  if (longer === 0) return 0;
  const [from, to] = withoutCommonEnds(a, b);
  for (let band = 8; ; band *= 4) {
    const distance = bandedDistance(from, to, Math.min(band, widestBand));
    if (distance !== null) return distance / longer;
    if (band >= widestBand) return 1;
  }
}

/** Equal beginnings and ends cost nothing, and most pairs consist of them. */
function withoutCommonEnds(a: readonly string[], b: readonly string[]): [readonly string[], readonly string[]] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}

/** null where the distance is above `band`. */
function bandedDistance(a: readonly string[], b: readonly string[], band: number): number | null {
  if (Math.abs(a.length - b.length) > band) return null;
  const outside = band + 1;
  // Column j of row i stands at j - i + band.
  let above = Array.from({ length: 2 * band + 1 }, (_, k) => (k >= band ? k - band : outside));
  for (let i = 1; i <= a.length; i++) {
    const row = Array.from<number>({ length: 2 * band + 1 }).fill(outside);
    for (let k = Math.max(0, band - i); k <= 2 * band && i + k - band <= b.length; k++) {
      const j = i + k - band;
      const replaced = j === 0 ? outside : (above[k] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const removed = (above[k + 1] ?? outside) + 1;
      const added = k === 0 || j === 0 ? outside : (row[k - 1] as number) + 1;
      row[k] = Math.min(replaced, removed, added);
    }
    above = row;
  }
  const distance = above[b.length - a.length + band] as number;
  return distance > band ? null : distance;
}
