/**
 * A WebAssembly module with one function over one imported memory, as bytes (WebAssembly Core Specification 2.0,
 * chapter 5): the few instructions that kernels over arrays of float32 need, four values at a time.
 */

/** Instructions of the vector extension that take their operands from the stack and have no immediates. */
const vectorOps = {
  splat: 0x13,
  less: 0x43,
  andNot: 0x4f,
  absolute: 0xe0,
  negate: 0xe1,
  squareRoot: 0xe3,
  add: 0xe4,
  subtract: 0xe5,
  multiply: 0xe6,
  divide: 0xe7,
} as const;

export type VectorOp = keyof typeof vectorOps;

const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;
const EMPTY_BLOCK = 0x40;

type Bytes = readonly number[];

/** "\0asm", version 1. */
const header: Bytes = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

export const instructions = {
  get: (local: number): Bytes => [0x20, ...unsigned(local)],
  set: (local: number): Bytes => [0x21, ...unsigned(local)],
  tee: (local: number): Bytes => [0x22, ...unsigned(local)],
  int: (value: number): Bytes => [0x41, ...signed(value)],
  float: (value: number): Bytes => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  addInts: [0x6a] as Bytes,
  isBelow: [0x49] as Bytes,
  /** Four values at the address on the stack, which is a multiple of 16. */
  load: [0xfd, 0x00, 0x04, 0x00] as Bytes,
  store: [0xfd, 0x0b, 0x04, 0x00] as Bytes,
  vector: (op: VectorOp): Bytes => [0xfd, ...unsigned(vectorOps[op])],
  /** Repeats `body` as long as it leaves an integer other than 0. */
  repeatWhile: (body: Bytes): Bytes => [0x03, EMPTY_BLOCK, ...body, 0x0d, 0x00, 0x0b],
} as const;

export interface FunctionParts {
  /** Locals 0 and up, in this order. */
  readonly intParameters: number;
  readonly floatParameters: number;
  /** Locals behind the parameters: integers first. */
  readonly intLocals: number;
  readonly vectorLocals: number;
  readonly body: Bytes;
}

/** The module imports `memory.memory` and exports the function as `run`. */
export function encodeModule(parts: FunctionParts): Uint8Array<ArrayBuffer> {
  const { intParameters, floatParameters, intLocals, vectorLocals, body } = parts;
  const parameters = [...filled(intParameters, I32), ...filled(floatParameters, F32)];
  const locals = vectorOf([
    [...unsigned(intLocals), I32],
    [...unsigned(vectorLocals), V128],
  ]);
  return Uint8Array.from([
    ...header,
    ...section(1, vectorOf([[0x60, ...vectorOf(parameters.map((type) => [type])), 0x00]])),
    ...section(2, vectorOf([[...nameOf('memory'), ...nameOf('memory'), 0x02, 0x00, 0x00]])),
    ...section(3, vectorOf([[0x00]])),
    ...section(7, vectorOf([[...nameOf('run'), 0x00, 0x00]])),
    ...section(10, vectorOf([sized([...locals, ...body, 0x0b])])),
  ]);
}

function section(id: number, content: Bytes): Bytes {
  return [id, ...sized(content)];
}

function sized(content: Bytes): Bytes {
  return [...unsigned(content.length), ...content];
}

function vectorOf(items: readonly Bytes[]): Bytes {
  return [...unsigned(items.length), ...items.flat()];
}

function nameOf(name: string): Bytes {
  return sized([...new TextEncoder().encode(name)]);
}

function filled(count: number, type: number): Bytes {
  return Array.from({ length: count }, () => type);
}

/** LEB128. */
function unsigned(value: number): Bytes {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): Bytes {
  const isLast = value >= -0x40 && value < 0x40;
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
