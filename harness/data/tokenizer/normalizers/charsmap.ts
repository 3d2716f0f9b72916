/**
 * SentencePiece's compiled map of characters: a double array (Aoe 1989; Yata's darts-clone) over UTF-8 bytes, and the
 * texts that its values point into, each ended by a zero byte.
 */
/** 256 units, so that no byte leads out of the block of its node. */
const blockBytes = 1024;

export class Charsmap {
  readonly #units: Uint32Array;
  readonly #texts: Buffer;

  /** @throws RangeError where the bytes are no such map */
  constructor(bytes: Buffer) {
    const size = bytes.length < 4 ? 0 : bytes.readUInt32LE(0);
    if (bytes.length < 4 || size + 4 > bytes.length) throw new RangeError('it ends too early');
    if (size === 0 || size % blockBytes !== 0) throw new RangeError(`its trie has ${size} bytes, not whole blocks`);
    this.#units = Uint32Array.from({ length: size >> 2 }, (_, index) => bytes.readUInt32LE(4 + 4 * index));
    this.#texts = bytes.subarray(4 + 4 * (size >> 2));
  }

  /** What replaces a text: what replaces the shortest part that it begins with. null: it stays. */
  replacementOf(text: string): string | null {
    const value = this.#shortestPrefix(Buffer.from(text));
    if (value === null) return null;
    const end = this.#texts.indexOf(0, value);
    return this.#texts.toString('utf8', value, end === -1 ? this.#texts.length : end);
  }

  #shortestPrefix(key: Buffer): number | null {
    let place = offsetOf(this.#units[0] ?? 0);
    for (const byte of key) {
      if (byte === 0) return null;
      place ^= byte;
      const unit = this.#units[place];
      if (unit === undefined || labelOf(unit) !== byte) return null;
      place ^= offsetOf(unit);
      if ((unit & 0x100) !== 0) return (this.#units[place] ?? 0) & 0x7fffffff;
    }
    return null;
  }
}

/** With the highest bit, which only values have. */
function labelOf(unit: number): number {
  return (unit & 0x800000ff) >>> 0;
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
