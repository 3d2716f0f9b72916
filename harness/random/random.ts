/**
 * Counter-based, splittable random numbers: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2,
 * 3", SC 2011). A stream is named by a seed and a purpose, so adding a consumer never shifts the numbers of another
 * one.
 */
import { createHash } from 'node:crypto';

export interface RandomStream {
  /** Next 32 random bits. */
  uint32(): number;
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal (Box-Muller, one value a call). */
  normal(): number;
  /** Uniform integer in [0, bound), without modulo bias. */
  integer(bound: number): number;
  /** One element; throws on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** A new array in random order (Fisher-Yates); the input is left alone. */
  shuffled<T>(items: readonly T[]): T[];
}

/** 128 bits as four unsigned integers. */
type Block = [number, number, number, number];

/** One Philox4x32-10 block: 128 bits of counter and 64 bits of key give 128 random bits. */
export function philox4x32(counter: Readonly<Block>, key: readonly [number, number]): Block {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = multiplyHighLow(0xd2511f53, c0);
    const [high1, low1] = multiplyHighLow(0xcd9e8d57, c2);
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/**
 * The stream of `purpose` under `seed`, e.g. `randomStream(3, 'shuffle')`. Equal arguments give equal numbers on every
 * machine.
 */
export function randomStream(seed: number, ...purpose: readonly (string | number)[]): RandomStream {
  const uint32 = randomBits(JSON.stringify([seed, ...purpose]));
  const uniform = (): number => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53;
  const integer = (bound: number): number => integerBelow(bound, uint32);
  return {
    uint32,
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer,
    pick: (items) => pickOne(items, integer),
    shuffled: (items) => shuffle(items, integer),
  };
}

/** The bits of the stream of this name, 32 a call: its digest gives the key and the upper half of the counter. */
function randomBits(name: string): () => number {
  const digest = createHash('sha256').update(name).digest();
  const [key0, key1, counter2, counter3] = [0, 4, 8, 12].map((at) => digest.readUInt32LE(at)) as Block;
  let block: readonly number[] = [];
  let blockIndex = 0;
  let used = 4;
  return () => {
    if (used === 4) {
      const counter: Block = [blockIndex >>> 0, Math.floor(blockIndex / 2 ** 32), counter2, counter3];
      block = philox4x32(counter, [key0, key1]);
      blockIndex += 1;
      used = 0;
    }
    return block[used++] as number;
  };
}

function integerBelow(bound: number, uint32: () => number): number {
  if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32)
    throw new RangeError(`integer(bound): bound must be 1..2^32, found ${bound}`);
  const limit = 2 ** 32 - (2 ** 32 % bound);
  let value = uint32();
  while (value >= limit) value = uint32();
  return value % bound;
}

function pickOne<T>(items: readonly T[], integer: (bound: number) => number): T {
  if (items.length === 0) throw new RangeError('pick: the list is empty');
  return items[integer(items.length)] as T;
}

function shuffle<T>(items: readonly T[], integer: (bound: number) => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = integer(i + 1);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** 32 x 32 -> 64 bit product as [high, low]; JavaScript numbers hold only 53 bits, so split one factor in halves. */
function multiplyHighLow(a: number, b: number): [number, number] {
  const low = Math.imul(a, b) >>> 0;
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = (middle & 0xffff) + aLow * bHigh;
  const high = (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(carry / 65536)) >>> 0;
  return [high, low];
}
