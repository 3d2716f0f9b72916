/** How many lines two texts do not share: what a diff would print with + and -. */
export interface LineChanges {
  readonly added: number;
  readonly removed: number;
}

/** By the longest common subsequence: two rows of a table as long as the shorter text, in lines. */
export function lineChanges(before: string, after: string): LineChanges {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let above: number[] = Array.from({ length: now.length + 1 }, () => 0);
  for (const line of old) {
    const row = [0];
    for (const [column, other] of now.entries()) {
      const [left = 0, up = 0, corner = 0] = [row[column], above[column + 1], above[column]];
      row.push(line === other ? corner + 1 : Math.max(left, up));
    }
    above = row;
  }
  const shared = above.at(-1) ?? 0;
  return { added: now.length - shared, removed: old.length - shared };
}
