/**
 * How often each pair of symbols occurs, and in which words: a hash table with open addressing and, for each pair, a
 * list of words, all in typed arrays. A list may name a word that no longer holds the pair, or one twice; it is let go
 * of as a whole when the pair has been merged.
 */

/** No pair: symbols are 1 and up, so both halves of a key are. */
const empty = 0;
/** End of a list. */
const none = -1;

export class PairCounts {
  #keys = new Uint32Array(1024);
  #counts = new Float64Array(1024);
  /** First entry of the pair's list of words. */
  #heads = new Int32Array(1024);
  #used = 0;
  readonly #words = new WordLists();

  /** Counts of all pairs there are. */
  *entries(): Generator<readonly [key: number, count: number]> {
    for (const [slot, key] of this.#keys.entries()) if (key !== empty) yield [key, this.#counts[slot] as number];
  }

  countOf(key: number): number {
    return this.#counts[this.#slotOf(key)] as number;
  }

  subtract(key: number, count: number): void {
    const slot = this.#slotOf(key);
    if (this.#keys[slot] !== empty) this.#counts[slot] = (this.#counts[slot] as number) - count;
  }

  /** Says whether the pair is new. */
  add(key: number, count: number, word: number): boolean {
    if (2 * this.#used >= this.#keys.length) this.#rebuild();
    const slot = this.#slotOf(key);
    const isNew = this.#keys[slot] === empty;
    if (isNew) {
      this.#used += 1;
      this.#keys[slot] = key;
      this.#counts[slot] = 0;
      this.#heads[slot] = none;
    }
    this.#counts[slot] = (this.#counts[slot] as number) + count;
    this.#heads[slot] = this.#words.prepend(word, this.#heads[slot] as number);
    return isNew;
  }

  /** Forgets the pair, then calls `visit` for each word of its list. */
  take(key: number, visit: (word: number) => void): void {
    const slot = this.#slotOf(key);
    const head = this.#heads[slot] as number;
    this.#heads[slot] = none;
    this.#words.visit(head, visit);
    this.#words.free(head);
    // `visit` may have moved the table, and counts the pairs of the word itself.
    this.#counts[this.#slotOf(key)] = 0;
  }

  /** The slot of the key, or the empty one where it would go. */
  #slotOf(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = (Math.imul(key ^ (key >>> 15), 0x9e3779b1) >>> 7) & mask;
    for (let found = this.#keys[slot]; found !== key && found !== empty; found = this.#keys[slot])
      slot = (slot + 1) & mask;
    return slot;
  }

  /** Without the pairs that are no more; twice as large where most of them still are. */
  #rebuild(): void {
    const [keys, counts, heads] = [this.#keys, this.#counts, this.#heads];
    const live = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
    const size = 4 * live > keys.length ? 2 * keys.length : keys.length;
    this.#keys = new Uint32Array(size);
    this.#counts = new Float64Array(size);
    this.#heads = new Int32Array(size);
    this.#used = live;
    for (const [from, count] of counts.entries()) {
      if (keys[from] === empty) continue;
      if (count <= 0) {
        this.#words.free(heads[from] as number);
        continue;
      }
      const slot = this.#slotOf(keys[from] as number);
      this.#keys[slot] = keys[from] as number;
      this.#counts[slot] = count;
      this.#heads[slot] = heads[from] as number;
    }
  }
}

/** Linked lists of words in two arrays. Entries of a list that was let go of are used again. */
class WordLists {
  #words = new Int32Array(1024);
  #next = new Int32Array(1024);
  #size = 0;
  /** First of the entries that are free. */
  #free = none;

  /** The new head of the list. A word that is added twice in a row stands in it once. */
  prepend(word: number, head: number): number {
    if (head !== none && this.#words[head] === word) return head;
    const entry = this.#take();
    this.#words[entry] = word;
    this.#next[entry] = head;
    return entry;
  }

  visit(head: number, visit: (word: number) => void): void {
    for (let entry = head; entry !== none; entry = this.#next[entry] as number) visit(this.#words[entry] as number);
  }

  free(head: number): void {
    if (head === none) return;
    let last = head;
    for (let next = this.#next[last] as number; next !== none; next = this.#next[last] as number) last = next;
    this.#next[last] = this.#free;
    this.#free = head;
  }

  #take(): number {
    if (this.#free !== none) {
      const entry = this.#free;
      this.#free = this.#next[entry] as number;
      return entry;
    }
    if (this.#size === this.#words.length) {
      this.#words = doubled(this.#words);
      this.#next = doubled(this.#next);
    }
    return this.#size++;
  }
}

function doubled(values: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * values.length);
  larger.set(values);
  return larger;
}
