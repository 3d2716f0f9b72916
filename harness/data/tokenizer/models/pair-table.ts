/** A hash table from pairs of numbers (0 to 2^31 - 1) to numbers, with open addressing: 12 bytes a slot. */
const none = -1;

export class PairTable {
  #lefts: Int32Array;
  #rights: Int32Array;
  #values: Int32Array;
  #mask: number;
  #size = 0;

  constructor(expected = 16) {
    this.#mask = 2 ** Math.ceil(Math.log2(Math.max(16, 2 * expected))) - 1;
    this.#lefts = new Int32Array(this.#mask + 1).fill(none);
    this.#rights = new Int32Array(this.#mask + 1);
    this.#values = new Int32Array(this.#mask + 1);
  }

  /** -1 where the pair is not there. */
  get(left: number, right: number): number {
    const slot = this.#slotOf(left, right);
    return this.#lefts[slot] === none ? none : (this.#values[slot] as number);
  }

  set(left: number, right: number, value: number): void {
    const slot = this.#slotOf(left, right);
    if (this.#lefts[slot] === none) this.#size += 1;
    this.#lefts[slot] = left;
    this.#rights[slot] = right;
    this.#values[slot] = value;
    if (2 * this.#size > this.#mask) this.#grow();
  }

  /** Where the pair is, or the free slot where it would be. */
  #slotOf(left: number, right: number): number {
    let slot = (Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & this.#mask;
    while (this.#lefts[slot] !== none && (this.#lefts[slot] !== left || this.#rights[slot] !== right))
      slot = (slot + 1) & this.#mask;
    return slot;
  }

  #grow(): void {
    const [lefts, rights, values] = [this.#lefts, this.#rights, this.#values];
    const larger = new PairTable(lefts.length);
    for (let slot = 0; slot < lefts.length; slot++)
      if (lefts[slot] !== none) larger.set(lefts[slot] as number, rights[slot] as number, values[slot] as number);
    this.#lefts = larger.#lefts;
    this.#rights = larger.#rights;
    this.#values = larger.#values;
    this.#mask = larger.#mask;
  }
}
