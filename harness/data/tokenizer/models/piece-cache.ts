/** Remembers the tokens of short pre-tokens: a text repeats its words. Ids lie one after the other in one array. */
import { IdList } from '../id-list.ts';

/** Distinct pieces kept, about 50 MB of words; then all are forgotten, so that a new text finds room. */
const capacity = 2 ** 18;
/** Longer pieces hardly come again. */
const longest = 64;
/** Longer slices keep the whole text they were cut from in memory, so they are copied. */
const shortestSlice = 13;

export class PieceCache {
  readonly #compute: (piece: string, ids: IdList) => void;
  readonly #starts = new Map<string, number>();
  /** At the start of a piece the number of its ids, then the ids. */
  #kept = new Int32Array(1024);
  #end = 0;

  constructor(compute: (piece: string, ids: IdList) => void) {
    this.#compute = compute;
  }

  encode(piece: string, ids: IdList): void {
    if (piece.length > longest) return this.#compute(piece, ids);
    const start = this.#starts.get(piece);
    if (start !== undefined) return ids.pushSome(this.#kept, start + 1, this.#kept[start] as number);
    const before = ids.length;
    this.#compute(piece, ids);
    this.#keep(piece, ids.copy(before));
  }

  #keep(piece: string, ids: Int32Array): void {
    if (this.#starts.size === capacity) this.#forget();
    if (this.#end + ids.length >= this.#kept.length) this.#grow();
    this.#starts.set(piece.length < shortestSlice ? piece : copyOf(piece), this.#end);
    this.#kept[this.#end] = ids.length;
    this.#kept.set(ids, this.#end + 1);
    this.#end += ids.length + 1;
  }

  #forget(): void {
    this.#starts.clear();
    this.#end = 0;
  }

  #grow(): void {
    const larger = new Int32Array(2 * this.#kept.length);
    larger.set(this.#kept);
    this.#kept = larger;
  }
}

function copyOf(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
