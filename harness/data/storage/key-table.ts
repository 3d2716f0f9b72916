/**
 * Numbers for 64-bit keys: 0, 1, ... in the order in which each is first seen. A hash table with open addressing in
 * typed arrays, about 24 bytes a key; a Map of strings takes ten times that.
 */
export class KeyTable {
  #keys = new Uint32Array(2 << 10);
  /** Number of the key + 1; 0 = free. At most half are taken. */
  #slots = new Uint32Array(2 << 10);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @param key Two words, well mixed. A key that is not there yet is added. */
  numberOf(key: Uint32Array): number {
    const [low = 0, high = 0] = key;
    const slot = this.#slotOf(low, high);
    const known = this.#slots[slot] ?? 0;
    if (known > 0) return known - 1;
    if (2 * (this.#count + 1) > this.#slots.length) {
      this.#grow();
      return this.numberOf(key);
    }
    this.#keys.set([low, high], 2 * this.#count);
    this.#count += 1;
    this.#slots[slot] = this.#count;
    return this.#count - 1;
  }

  /** Where the key is, or where it would be. */
  #slotOf(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] ?? 0;
      if (number === 0) return slot;
      if (this.#keys[2 * number - 2] === low && this.#keys[2 * number - 1] === high) return slot;
    }
  }

  #grow(): void {
    const keys = new Uint32Array(2 * this.#keys.length);
    keys.set(this.#keys);
    this.#keys = keys;
    this.#slots = new Uint32Array(2 * this.#slots.length);
    for (let number = 0; number < this.#count; number++) {
      const slot = this.#slotOf(keys[2 * number] ?? 0, keys[2 * number + 1] ?? 0);
      this.#slots[slot] = number + 1;
    }
  }
}
