/** Rows of numbers, of one width, that grow without being copied: in blocks of 8192 rows. */
const blockBits = 13;
const blockRows = 1 << blockBits;

export class GrowingRows<Block extends Uint16Array | Uint32Array> {
  readonly #width: number;
  readonly #newBlock: (length: number) => Block;
  readonly #blocks: Block[] = [];
  #count = 0;

  constructor(width: number, newBlock: (length: number) => Block) {
    this.#width = width;
    this.#newBlock = newBlock;
  }

  get count(): number {
    return this.#count;
  }

  /** @param row `width` numbers. */
  append(row: ArrayLike<number>): void {
    const within = this.#count & (blockRows - 1);
    if (within === 0) this.#blocks.push(this.#newBlock(blockRows * this.#width));
    this.blockOf(this.#count).set(row, within * this.#width);
    this.#count += 1;
  }

  /** The block that holds a row. It starts there at `startOf`. */
  blockOf(row: number): Block {
    const block = this.#blocks[row >>> blockBits];
    if (block === undefined) throw new RangeError(`row ${row} of ${this.#count}`);
    return block;
  }

  startOf(row: number): number {
    return (row & (blockRows - 1)) * this.#width;
  }

  /** One number of a row. */
  at(row: number, column = 0): number {
    return this.blockOf(row)[this.startOf(row) + column] ?? 0;
  }
}
