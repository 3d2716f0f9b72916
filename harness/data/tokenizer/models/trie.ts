/** Tokens by their UTF-16 units, for finding all that start at a place of a text. */
import { PairTable } from './pair-table.ts';

const root = 0;

export class TokenTrie {
  readonly #edges = new PairTable(2 ** 16);
  /** Id of the token that ends at a node, -1 where none does. */
  #ids: number[] = [-1];

  /** A token that is there already gets the new id. */
  add(token: string, id: number): void {
    let node = root;
    for (let at = 0; at < token.length; at++) {
      const unit = token.charCodeAt(at);
      const next = this.#edges.get(node, unit);
      node = next === -1 ? this.#grow(node, unit) : next;
    }
    this.#ids[node] = id;
  }

  /** The node behind `unit`; -1 where no token goes on like that. Starts at `TokenTrie.start`. */
  step(node: number, unit: number): number {
    return this.#edges.get(node, unit);
  }

  /** -1 where no token ends at the node. */
  idAt(node: number): number {
    return this.#ids[node] as number;
  }

  static readonly start = root;

  #grow(node: number, unit: number): number {
    const next = this.#ids.push(-1) - 1;
    this.#edges.set(node, unit, next);
    return next;
  }
}
