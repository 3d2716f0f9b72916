/** Adds to a count of rows that are dropped, or of something else that is recorded with them, by reason. */
export function addCount(counts: Record<string, number>, reason: string, rows = 1): void {
  counts[reason] = (counts[reason] ?? 0) + rows;
}
