/** Arrays of float32 in memories that kernels can work on. */
import { webAssembly, type WasmMemory } from './web-assembly.ts';

/** An array in a memory of WebAssembly; `address` is a multiple of 64, and no other array shares its last 16 bytes. */
export interface PlacedArray {
  readonly memory: WasmMemory;
  readonly address: number;
  readonly values: Float32Array<ArrayBuffer>;
}

const pageBytes = 2 ** 16;
const cacheLineBytes = 64;
/** Of one memory: 32-bit addresses, less the last page, so that an end is an address too. */
const mostBytes = 2 ** 32 - pageBytes;
/** Groups of arrays share memories up to this size: each reserves addresses of its own, which are not endless. */
const sharedBytes = 2 ** 30;

/** Bytes that an array of so many values takes. */
export function placedBytes(length: number): number {
  return Math.ceil((4 * length) / cacheLineBytes) * cacheLineBytes;
}

/** Whether arrays of these lengths fit into one memory. */
export function fitOneMemory(lengths: readonly number[]): boolean {
  return lengths.reduce((sum, length) => sum + placedBytes(length), 0) <= mostBytes;
}

/**
 * Zeroed arrays of the given lengths, each group in one memory. Pages that nobody touches take no memory.
 * @throws RangeError where a group does not fit one memory.
 */
export function placeArrays(groups: readonly (readonly number[])[]): readonly (readonly PlacedArray[])[] {
  return inMemories(groups).flatMap((some) => {
    const bytes = some.flat().reduce((sum, length) => sum + placedBytes(length), 0);
    if (bytes > mostBytes) throw new RangeError(`arrays of ${bytes} bytes do not fit one memory of ${mostBytes}`);
    const pages = Math.max(1, Math.ceil(bytes / pageBytes));
    const memory = new webAssembly.Memory({ initial: pages, maximum: pages });
    let end = 0;
    return some.map((lengths) =>
      lengths.map((length): PlacedArray => {
        const address = end;
        end += placedBytes(length);
        return { memory, address, values: new Float32Array(memory.buffer, address, length) };
      }),
    );
  });
}

/** Groups in order, cut where another one would make a shared memory too large. */
function inMemories(groups: readonly (readonly number[])[]): readonly (readonly (readonly number[])[])[] {
  const memories: (readonly number[])[][] = [];
  let filled = Infinity;
  for (const group of groups) {
    const bytes = group.reduce((sum, length) => sum + placedBytes(length), 0);
    if (filled + bytes > sharedBytes) {
      memories.push([]);
      filled = 0;
    }
    memories.at(-1)?.push(group);
    filled += bytes;
  }
  return memories;
}
