/**
 * Sets of code points, pinned: what a set holds never depends on the Unicode version of the JavaScript engine.
 * Surrogates may belong to a set or not; a text that is well formed has none.
 */
import { readNumbers } from './read-numbers.ts';

const last = 0x10ffff;

export class CodePointSet {
  /** First and last code point of each range, by turns, ascending. */
  readonly #bounds: readonly number[];

  private constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  static readonly empty: CodePointSet = new CodePointSet([]);
  static readonly all: CodePointSet = new CodePointSet([0, last]);

  static range(from: number, to: number): CodePointSet {
    return new CodePointSet([from, to]);
  }

  static of(characters: string): CodePointSet {
    const points = [...characters].map((one) => one.codePointAt(0) as number);
    return new CodePointSet(joined(points.sort((a, b) => a - b).flatMap((point) => [point, point])));
  }

  /** A table of `tables.ts`: how many code points are outside, then how many more than one are inside, by turns. */
  static read(table: string): CodePointSet {
    const numbers = readNumbers(table);
    const bounds: number[] = [];
    let at = 0;
    for (let index = 0; index < numbers.length; index += 2) {
      const first = at + (numbers[index] as number);
      at = first + (numbers[index + 1] as number) + 1;
      bounds.push(first, at - 1);
    }
    return new CodePointSet(bounds);
  }

  /** The code points of a table of runs (length less one, value) whose value is among these. */
  static readRuns(table: string, values: ReadonlySet<number>): CodePointSet {
    const numbers = readNumbers(table);
    const bounds: number[] = [];
    let at = 0;
    for (let index = 0; index < numbers.length; index += 2) {
      const first = at;
      at += (numbers[index] as number) + 1;
      if (values.has(numbers[index + 1] as number)) bounds.push(first, at - 1);
    }
    return new CodePointSet(joined(bounds));
  }

  get isEmpty(): boolean {
    return this.#bounds.length === 0;
  }

  /** Inclusive ranges, ascending. */
  *ranges(): Iterable<readonly [first: number, last: number]> {
    for (let index = 0; index < this.#bounds.length; index += 2)
      yield [this.#bounds[index] as number, this.#bounds[index + 1] as number];
  }

  has(point: number): boolean {
    let low = 0;
    let high = this.#bounds.length / 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#bounds[2 * middle + 1] as number) < point) low = middle + 1;
      else high = middle;
    }
    return low < this.#bounds.length / 2 && (this.#bounds[2 * low] as number) <= point;
  }

  not(): CodePointSet {
    const bounds: number[] = [];
    let at = 0;
    for (let index = 0; index < this.#bounds.length; index += 2) {
      const first = this.#bounds[index] as number;
      if (first > at) bounds.push(at, first - 1);
      at = (this.#bounds[index + 1] as number) + 1;
    }
    if (at <= last) bounds.push(at, last);
    return new CodePointSet(bounds);
  }

  or(other: CodePointSet): CodePointSet {
    return new CodePointSet(joined(merged(this.#bounds, other.#bounds)));
  }

  and(other: CodePointSet): CodePointSet {
    return this.not().or(other.not()).not();
  }

  without(other: CodePointSet): CodePointSet {
    return this.and(other.not());
  }

  /**
   * A class of a regular expression, for texts without code points above `highest`. It is written with the characters
   * themselves: V8 does not compile a source of more than 20 KB.
   */
  toClass(highest: number = last): string {
    const inside = this.and(CodePointSet.range(0, highest));
    const outside = CodePointSet.range(0, highest).without(this);
    return outside.#bounds.length < inside.#bounds.length ? `[^${outside.#inClass()}]` : `[${inside.#inClass()}]`;
  }

  #inClass(): string {
    let ranges = '';
    for (const [first, end] of this.ranges()) ranges += escaped(first) + (end > first ? `-${escaped(end)}` : '');
    return ranges;
  }
}

function escaped(point: number): string {
  const isPlain = /[a-z0-9]/i.test(String.fromCodePoint(point)) || (point > 0xa0 && !isSpecial(point));
  return isPlain ? String.fromCodePoint(point) : `\\u${point.toString(16).padStart(4, '0')}`;
}

/** Surrogates, and what an editor or a message would not show. */
function isSpecial(point: number): boolean {
  return (point >= 0xd800 && point <= 0xdfff) || (point >= 0x2000 && point <= 0x206f) || point === 0xfeff;
}

/** The ranges of both, ascending by where they start. */
function merged(one: readonly number[], other: readonly number[]): number[] {
  const bounds: number[] = [];
  let at = 0;
  for (let index = 0; index < one.length; index += 2) {
    const first = one[index] as number;
    while (at < other.length && (other[at] as number) < first)
      bounds.push(other[at++] as number, other[at++] as number);
    bounds.push(first, one[index + 1] as number);
  }
  while (at < other.length) bounds.push(other[at++] as number);
  return bounds;
}

/** Ranges that overlap or touch become one. */
function joined(bounds: readonly number[]): number[] {
  const result: number[] = [];
  for (let index = 0; index < bounds.length; index += 2) {
    const end = result.at(-1);
    if (end !== undefined && (bounds[index] as number) <= end + 1)
      result[result.length - 1] = Math.max(end, bounds[index + 1] as number);
    else result.push(bounds[index] as number, bounds[index + 1] as number);
  }
  return result;
}
