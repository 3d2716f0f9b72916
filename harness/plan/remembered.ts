/** What was made of equal parts: equal sections are one object, so an object's number stands for its content. */

type Part = object | string | number | null;

export class Remembered {
  readonly #made = new Map<string, unknown>();
  readonly #numbers = new WeakMap<object, number>();
  #nextNumber = 0;

  /** What was made before from these parts, or what `make` makes now. `what` says what it is: one type each. */
  once<T>(what: string, parts: readonly Part[], make: () => T): T {
    const key = `${what} ${this.key(parts)}`;
    if (this.#made.has(key)) return this.#made.get(key) as T;
    const made = make();
    this.#made.set(key, made);
    return made;
  }

  key(parts: readonly Part[]): string {
    return parts
      .map((part) => (typeof part === 'object' && part !== null ? `#${this.#number(part)}` : String(part)))
      .join(' ');
  }

  #number(value: object): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#nextNumber += 1;
    this.#numbers.set(value, this.#nextNumber);
    return this.#nextNumber;
  }
}
