/** A binary max-heap of (count, key): the larger count first, then the smaller key. */
export interface PairEntry {
  readonly count: number;
  readonly key: number;
}

export class PairHeap {
  private readonly entries: PairEntry[] = [];

  push(count: number, key: number): void {
    const entry = { count, key };
    let at = this.entries.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = this.entries[parent] as PairEntry;
      if (isBefore(above, entry)) break;
      this.entries[at] = above;
      at = parent;
    }
    this.entries[at] = entry;
  }

  pop(): PairEntry | null {
    const top = this.entries[0];
    const last = this.entries.pop();
    if (top === undefined || last === undefined) return null;
    if (this.entries.length > 0) this.siftDown(last);
    return top;
  }

  private siftDown(entry: PairEntry): void {
    const { entries } = this;
    let at = 0;
    for (let child = 1; child < entries.length; child = 2 * at + 1) {
      const next =
        child + 1 < entries.length && isBefore(entries[child + 1] as PairEntry, entries[child] as PairEntry)
          ? child + 1
          : child;
      if (isBefore(entry, entries[next] as PairEntry)) break;
      entries[at] = entries[next] as PairEntry;
      at = next;
    }
    entries[at] = entry;
  }
}

function isBefore(a: PairEntry, b: PairEntry): boolean {
  return a.count > b.count || (a.count === b.count && a.key < b.key);
}
