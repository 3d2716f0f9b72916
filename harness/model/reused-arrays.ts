/** Arrays that grow to the largest size asked for and are handed out again: a step then allocates next to nothing. */
export class ReusedArrays {
  readonly #integers = new Map<string, Int32Array<ArrayBuffer>>();
  readonly #floats = new Map<string, Float32Array<ArrayBuffer>>();

  /** A view of `length` values, as the last use left them; valid until the next call of the same name. */
  integers(name: string, length: number): Int32Array<ArrayBuffer> {
    return viewOf(this.#integers, { name, length, make: (size) => new Int32Array(size) });
  }

  floats(name: string, length: number): Float32Array<ArrayBuffer> {
    return viewOf(this.#floats, { name, length, make: (size) => new Float32Array(size) });
  }
}

interface Wanted<A> {
  readonly name: string;
  readonly length: number;
  readonly make: (size: number) => A;
}

function viewOf<A extends Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>>(
  kept: Map<string, A>,
  { name, length, make }: Wanted<A>,
): A {
  let array = kept.get(name);
  if (array === undefined || array.length < length) {
    array = make(length + (length >> 2));
    kept.set(name, array);
  }
  return array.subarray(0, length) as A;
}
