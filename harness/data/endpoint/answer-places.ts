/**
 * Where each answer lies in its ledger: an open-addressing hash table in typed arrays, 28 bytes a slot, so that a
 * million answers take about 60 MB and their text none.
 */
const shaWords = 4; // 128 bits of the sha256

export interface Place {
  readonly at: number;
  readonly bytes: number;
}

export class AnswerPlaces {
  #size = 0;
  #slots = 1024;
  #keys = new Uint32Array(this.#slots * shaWords);
  #at = new Float64Array(this.#slots);
  /** 0 = free. */
  #bytes = new Uint32Array(this.#slots);

  get(sha: string): Place | null {
    const slot = this.#slotOf(wordsOf(sha));
    const bytes = this.#bytes[slot] ?? 0;
    return bytes === 0 ? null : { at: this.#at[slot] ?? 0, bytes };
  }

  /** The first place of a sha stays. */
  add(sha: string, place: Place): void {
    if (this.#size >= this.#slots * 0.75) this.#grow();
    this.#put(wordsOf(sha), place);
  }

  #put(words: Uint32Array, { at, bytes }: Place): void {
    const slot = this.#slotOf(words);
    if (this.#bytes[slot] !== 0) return;
    this.#keys.set(words, slot * shaWords);
    this.#at[slot] = at;
    this.#bytes[slot] = bytes;
    this.#size += 1;
  }

  /** Where the sha is, or the free slot where it belongs. */
  #slotOf(words: Uint32Array): number {
    let slot = (words[0] ?? 0) % this.#slots;
    while (this.#bytes[slot] !== 0 && !this.#holds(slot, words)) slot = (slot + 1) % this.#slots;
    return slot;
  }

  #holds(slot: number, words: Uint32Array): boolean {
    return words.every((word, index) => this.#keys[slot * shaWords + index] === word);
  }

  #grow(): void {
    const [keys, at, bytes, slots] = [this.#keys, this.#at, this.#bytes, this.#slots];
    this.#slots = slots * 2;
    this.#size = 0;
    this.#keys = new Uint32Array(this.#slots * shaWords);
    this.#at = new Float64Array(this.#slots);
    this.#bytes = new Uint32Array(this.#slots);
    for (let slot = 0; slot < slots; slot++) {
      const place = { at: at[slot] ?? 0, bytes: bytes[slot] ?? 0 };
      if (place.bytes > 0) this.#put(keys.subarray(slot * shaWords, (slot + 1) * shaWords), place);
    }
  }
}

function wordsOf(sha: string): Uint32Array {
  return Uint32Array.from({ length: shaWords }, (_, word) => Number.parseInt(sha.slice(word * 8, word * 8 + 8), 16));
}
