/**
 * One pass over arrays of equal length in place of one for each operation: the value of every element is computed from
 * the elements at its place and some scalars. Every operation rounds to float32 as it would alone, so the values are
 * those of separate passes; denormals that would be stored become 0, as everywhere in this engine's processors.
 */
import { encodeModule, instructions, type VectorOp } from './encode-module.ts';
import { webAssembly, type WasmMemory, type WasmModule } from './web-assembly.ts';

/** Operations with the numbers of their operands: earlier values of the kernel. */
export type KernelValue =
  | { readonly kind: 'array'; readonly index: number }
  | { readonly kind: 'scalar'; readonly index: number }
  | { readonly kind: 'operation'; readonly op: VectorOp; readonly operands: readonly number[] };

export interface ElementwiseKernel {
  readonly arrays: number;
  readonly scalars: number;
  readonly values: readonly KernelValue[];
  /** Which value is written back to which array. Reads of an element come before writes. */
  readonly stores: readonly { readonly value: number; readonly array: number }[];
}

/** @param bytes Of each array, a multiple of 16. */
export type RunKernel = (bytes: number, ...addressesThenScalars: readonly number[]) => void;

const smallestNormal = 2 ** -126;
const bytesAtOnce = 16;

/** Compiled once for all kernels that are equal. */
const modules = new Map<string, WasmModule>();

/** The kernel over arrays of this memory, given by their addresses, which are multiples of 16. */
export function kernelOver(kernel: ElementwiseKernel, memory: WasmMemory): RunKernel {
  const instance = new webAssembly.Instance(moduleOf(kernel), { memory: { memory } });
  return instance.exports['run'] as RunKernel;
}

function moduleOf(kernel: ElementwiseKernel): WasmModule {
  const key = JSON.stringify(kernel);
  const known = modules.get(key);
  if (known !== undefined) return known;
  const module = new webAssembly.Module(encodeKernel(kernel));
  modules.set(key, module);
  return module;
}

/** Numbers of the locals: the parameters, the offset in all arrays, then a vector a value and one for the threshold. */
interface Locals {
  readonly address: (array: number) => number;
  readonly scalar: (scalar: number) => number;
  readonly offset: number;
  readonly value: (value: number) => number;
  readonly threshold: number;
}

function localsOf({ arrays, scalars, values }: ElementwiseKernel): Locals {
  const offset = 1 + arrays + scalars;
  return {
    address: (array) => 1 + array,
    scalar: (scalar) => 1 + arrays + scalar,
    offset,
    value: (value) => offset + 1 + value,
    threshold: offset + 1 + values.length,
  };
}

function encodeKernel(kernel: ElementwiseKernel): Uint8Array<ArrayBuffer> {
  const locals = localsOf(kernel);
  return encodeModule({
    intParameters: 1 + kernel.arrays,
    floatParameters: kernel.scalars,
    intLocals: 1,
    vectorLocals: kernel.values.length + 1,
    body: [...beforeLoop(kernel, locals), ...instructions.repeatWhile(loopBody(kernel, locals))],
  });
}

function beforeLoop({ values }: ElementwiseKernel, locals: Locals): readonly number[] {
  const { get, set, float, vector } = instructions;
  const splats = values.flatMap((value, index) =>
    value.kind === 'scalar'
      ? [...get(locals.scalar(value.index)), ...vector('splat'), ...set(locals.value(index))]
      : [],
  );
  return [...float(smallestNormal), ...vector('splat'), ...set(locals.threshold), ...splats];
}

function loopBody({ values, stores }: ElementwiseKernel, locals: Locals): readonly number[] {
  const { get, set, tee, int, addInts, isBelow } = instructions;
  const computed = values.flatMap((value, index) =>
    value.kind === 'scalar' ? [] : [...computedValue(value, locals), ...set(locals.value(index))],
  );
  const stored = stores.flatMap((store) => storedValue(store, locals));
  const advance = [...get(locals.offset), ...int(bytesAtOnce), ...addInts, ...tee(locals.offset)];
  return [...computed, ...stored, ...advance, ...get(0), ...isBelow];
}

function computedValue(value: Exclude<KernelValue, { kind: 'scalar' }>, locals: Locals): readonly number[] {
  if (value.kind === 'array') return [...placeIn(value.index, locals), ...instructions.load];
  const operands = value.operands.flatMap((operand) => instructions.get(locals.value(operand)));
  return [...operands, ...instructions.vector(value.op)];
}

/** The value, all bits cleared where it is a denormal: below the threshold, which a NaN is not. */
function storedValue({ value, array }: ElementwiseKernel['stores'][number], locals: Locals): readonly number[] {
  const { get, vector, store } = instructions;
  const held = get(locals.value(value));
  const isDenormal = [...held, ...vector('absolute'), ...get(locals.threshold), ...vector('less')];
  return [...placeIn(array, locals), ...held, ...isDenormal, ...vector('andNot'), ...store];
}

function placeIn(array: number, locals: Locals): readonly number[] {
  return [...instructions.get(locals.address(array)), ...instructions.get(locals.offset), ...instructions.addInts];
}
