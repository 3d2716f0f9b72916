/** Counts rows that are dropped or shortened, by reason. */
export function countDrops(counts: Record<string, number>, reason: string, rows = 1): void {
  counts[reason] = (counts[reason] ?? 0) + rows;
}
