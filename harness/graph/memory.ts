/**
 * The peak memory of one run of a program, from the graph itself: state as executors keep it, what is fed,
 * and every intermediate result from the operation that makes it to the last one that reads it, in the order of the
 * program. An upper estimate for an executor that fuses or works in place.
 */
import { bindSizes, sizeUnder, type Sizes } from './cost.ts';
import type { Program } from './program.ts';
import type { Tensor } from './tensor.ts';

export interface PeakMemory {
  /** State, fed arrays, constants and the widest moment of the intermediate results: the sum of the other four. */
  readonly totalBytes: number;
  /**
   * Every state at the width it is stored in, twice where a run changes it: executors read one buffer and write the
   * other.
   */
  readonly stateBytes: number;
  readonly feedBytes: number;
  readonly constantBytes: number;
  /** The peak of what lies between inputs and outputs. */
  readonly intermediateBytes: number;
}

const bytesOf = { float32: 4, int32: 4, float16: 2, bfloat16: 2 } as const;

/** Peak under the given sizes of the program's symbols. Throws where a symbol is not bound. */
export function peakMemoryOf(program: Program, given: Readonly<Record<string, number>>): PeakMemory {
  const sizes = bindSizes(program, given);
  const bytes = (tensor: Tensor): number => sizeUnder(tensor.shape, sizes) * bytesOf[tensor.dtype];
  const total = (tensors: readonly Tensor[]): number => tensors.reduce((sum, tensor) => sum + bytes(tensor), 0);
  const parts = {
    stateBytes: stateBytesOf(program, sizes),
    feedBytes: total(program.inputs),
    constantBytes: total(program.tensors.filter(({ op }) => op === 'constant')),
    intermediateBytes: widestMoment(program, bytes),
  };
  return { totalBytes: Object.values(parts).reduce((sum, part) => sum + part), ...parts };
}

function stateBytesOf({ state }: Program, sizes: Sizes): number {
  return state.reduce((sum, { input, next, storage }) => {
    const copies = next === input ? 1 : 2;
    return sum + sizeUnder(input.shape, sizes) * bytesOf[storage ?? 'float32'] * copies;
  }, 0);
}

/**
 * Next states are written to buffers of their own, outputs stay alive to the end, and a view is alive with the values
 * it shows.
 */
function widestMoment(program: Program, bytes: (tensor: Tensor) => number): number {
  const states = new Set(program.state.map(({ next }) => next));
  const isAllocated = (tensor: Tensor): boolean => !isGiven(tensor) && !states.has(tensor);
  const freedAfter = byPosition(lastUses(program));
  let alive = 0;
  let widest = 0;
  for (const [index, tensor] of program.tensors.entries()) {
    if (isAllocated(tensor) && !isView(tensor)) alive += bytes(tensor);
    widest = Math.max(widest, alive);
    for (const done of freedAfter.get(index) ?? []) if (isAllocated(done)) alive -= bytes(done);
  }
  return widest;
}

/** Position -> the tensors last used there. */
function byPosition(lastUse: ReadonlyMap<Tensor, number>): ReadonlyMap<number, readonly Tensor[]> {
  const result = new Map<number, Tensor[]>();
  for (const [tensor, index] of lastUse) result.set(index, [...(result.get(index) ?? []), tensor]);
  return result;
}

/**
 * The position of the last operation that reads each tensor's values, through however many views; only of tensors with
 * values of their own.
 */
function lastUses(program: Program): ReadonlyMap<Tensor, number> {
  const last = new Map<Tensor, number>();
  const ownerOf = new Map<Tensor, Tensor>();
  const owner = (tensor: Tensor): Tensor => ownerOf.get(tensor) ?? tensor;
  for (const [index, tensor] of program.tensors.entries()) {
    const [source] = tensor.inputs;
    if (isView(tensor) && source !== undefined) ownerOf.set(tensor, owner(source));
    else last.set(tensor, index);
    for (const input of tensor.inputs) last.set(owner(input), index);
  }
  for (const output of Object.values(program.outputs)) last.set(owner(output), program.tensors.length);
  return last;
}

function isGiven({ op }: Tensor): boolean {
  return op === 'input' || op === 'constant';
}

/**
 * Operations that give another shape or meaning to the values they read, and that every executor does without a copy.
 */
function isView({ op }: Tensor): boolean {
  return op === 'reshape' || op === 'stopGradient' || op === 'after' || op === 'sizeOf';
}
