/** The text of a pattern in Oniguruma's syntax, read from left to right, one code point at a time. */

/** Why a pattern is not translated. */
export class UnsupportedPattern extends Error {
  override readonly name = 'UnsupportedPattern';
}

export class PatternText {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#characters.length;
  }

  /** The next character without taking it; '' at the end. */
  peek(ahead = 0): string {
    return this.#characters[this.#at + ahead] ?? '';
  }

  next(): string {
    if (this.isAtEnd) throw new UnsupportedPattern('it ends too early');
    return this.#characters[this.#at++] as string;
  }

  /** Takes these characters if they come next. */
  take(expected: string): boolean {
    if (this.#characters.slice(this.#at, this.#at + expected.length).join('') !== expected) return false;
    this.#at += expected.length;
    return true;
  }

  expect(expected: string): void {
    if (!this.take(expected)) throw new UnsupportedPattern(`"${expected}" is missing`);
  }

  /** Takes the longest run of characters that fit, up to `limit` of them. */
  takeWhile(fits: RegExp, limit = Infinity): string {
    let taken = '';
    while (taken.length < limit && fits.test(this.peek())) taken += this.next();
    return taken;
  }

  /** Takes what stands before `end`, and `end` too. */
  takeUntil(end: string): string {
    let taken = '';
    while (!this.take(end)) taken += this.next();
    return taken;
  }

  /** Reading may go on from a place kept before. */
  get place(): number {
    return this.#at;
  }

  returnTo(place: number): void {
    this.#at = place;
  }
}
