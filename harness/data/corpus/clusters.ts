/** Which rows belong together, directly or by way of others: union-find in 4 bytes a row. */
export class Clusters {
  readonly #parents: Uint32Array;

  constructor(rows: number) {
    this.#parents = Uint32Array.from({ length: rows }, (_, row) => row);
  }

  /** The row that stands for the cluster of a row. */
  of(row: number): number {
    let at = row;
    for (let parent = this.#parents[at] ?? at; parent !== at; parent = this.#parents[at] ?? at) {
      // Halves the path for those who come after.
      this.#parents[at] = this.#parents[parent] ?? parent;
      at = this.#parents[at] ?? at;
    }
    return at;
  }

  join(row: number, other: number): void {
    this.#parents[this.of(other)] = this.of(row);
  }
}
