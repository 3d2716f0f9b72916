/** Stages by what they are made from: equal sections are one object, so an object's number stands for its content. */
import type { PlannedStage } from './stage.ts';

type Part = object | string | number | null;

export class Remembered {
  readonly #stages = new Map<string, PlannedStage>();
  readonly #numbers = new WeakMap<object, number>();
  #nextNumber = 0;

  /** The stage made before from these parts, or the one that `make` makes now. */
  stage<S extends PlannedStage>(what: string, parts: readonly Part[], make: () => S): S {
    const key = `${what} ${this.key(parts)}`;
    const known = this.#stages.get(key);
    if (known !== undefined) return known as S;
    const stage = make();
    this.#stages.set(key, stage);
    return stage;
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
