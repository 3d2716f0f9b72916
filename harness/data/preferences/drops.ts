/** Rows and pairs left out of a file, by reason, with the row where each reason came up first. */
import { addCount } from '../add-count.ts';
import type { DropCounts } from '../preference-pair.ts';

export class Drops {
  readonly #byReason = new Map<string, { count: number; readonly firstRow: number }>();

  add(reason: string, row: number, count = 1): void {
    if (count === 0) return;
    const known = this.#byReason.get(reason);
    if (known === undefined) this.#byReason.set(reason, { count, firstRow: row });
    else known.count += count;
  }

  get counts(): DropCounts {
    return Object.fromEntries([...this.#byReason].map(([reason, { count }]) => [reason, count]));
  }

  /** `3 rows: prompt is not text (first in row 17), ...`; empty where nothing was left out. */
  toString(): string {
    return [...this.#byReason]
      .map(([reason, { count, firstRow }]) => `${countedReason(reason, count)} (first in row ${firstRow})`)
      .join(', ');
  }
}

/** `row: prompt empty`, 3 times: `3 rows: prompt empty`. */
function countedReason(reason: string, count: number): string {
  const [thing = '', ...rest] = reason.split(': ');
  return `${count} ${thing}${count === 1 ? '' : 's'}: ${rest.join(': ')}`;
}

/** Sums by reason. */
export function totalCounts(all: readonly DropCounts[]): DropCounts {
  const sums: Record<string, number> = {};
  for (const counts of all) for (const [reason, count] of Object.entries(counts)) addCount(sums, reason, count);
  return sums;
}
