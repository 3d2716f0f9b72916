/** How the next token is drawn from what a model says of it. */
import { UserError } from '../spec/user-error.ts';

export interface Sampling {
  /** Divides the logits; 0 takes the most probable token. */
  readonly temperature: number;
  /** Tokens are drawn from the smallest set whose probability reaches this (Holtzman et al. 2020); 1 = from all. */
  readonly topP: number;
  /** Of one response, the end token not counted. */
  readonly maxTokens: number;
  readonly seed: number;
}

/** Throws RangeError for a value outside its range. */
export function checkSampling({ temperature, topP, maxTokens, seed }: Sampling): void {
  if (!(temperature >= 0 && temperature < Infinity))
    throw new RangeError(`temperature must be 0 or more, found ${temperature}`);
  if (!(topP > 0 && topP <= 1)) throw new RangeError(`topP must be above 0 and at most 1, found ${topP}`);
  if (!Number.isInteger(maxTokens) || maxTokens < 1)
    throw new RangeError(`maxTokens must be a whole number from 1, found ${maxTokens}`);
  if (!Number.isInteger(seed)) throw new RangeError(`seed must be a whole number, found ${seed}`);
}

/** The token with the highest logit, the first of equals. Throws UserError (exit 4) where one is not a number. */
export function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token]!;
    if (Number.isNaN(logit)) throw notFinite();
    if (logit > logits[best]!) best = token;
  }
  return best;
}

/**
 * The token that `uniform` in [0, 1) falls on. `probabilities` may sum to a little more or less than 1: shares of their
 * sum in float64 count. Throws UserError (exit 4) where one is not a number.
 */
export function drawn(probabilities: Float32Array, topP: number, uniform: number): number {
  let total = 0;
  for (let token = 0; token < probabilities.length; token++) total += probabilities[token]!;
  if (!(total > 0 && total < Infinity)) throw notFinite();
  return topP === 1 ? drawnOfAll(probabilities, uniform * total) : drawnOfNucleus(probabilities, topP * total, uniform);
}

/** In the order of token ids. */
function drawnOfAll(probabilities: Float32Array, mark: number): number {
  let sum = 0;
  let last = 0;
  for (let token = 0; token < probabilities.length; token++) {
    const probability = probabilities[token]!;
    if (probability === 0) continue;
    sum += probability;
    last = token;
    if (sum > mark) return token;
  }
  return last;
}

/** In the order of token ids. */
function drawnOfNucleus(probabilities: Float32Array, mass: number, uniform: number): number {
  const tokens = nucleus(probabilities, mass);
  let total = 0;
  for (const token of tokens) total += probabilities[token]!;
  let sum = 0;
  for (const token of tokens) {
    sum += probabilities[token]!;
    if (sum > uniform * total) return token;
  }
  return tokens.at(-1)!;
}

/**
 * The fewest tokens whose probabilities reach `mass`, the most probable first and of equals the smaller id first; in
 * the order of token ids. Only tokens about as probable as the last one taken are sorted: sorting all of them at every
 * position takes longer than a small model.
 */
export function nucleus(probabilities: Float32Array, mass: number): Int32Array {
  const last = lastOfNucleus(probabilities, mass);
  const least = probabilities[last]!;
  const tokens = new Int32Array(probabilities.length);
  let count = 0;
  for (let token = 0; token < probabilities.length; token++) {
    const probability = probabilities[token]!;
    if (probability > least || (probability === least && token <= last)) tokens[count++] = token;
  }
  return tokens.subarray(0, count);
}

function lastOfNucleus(probabilities: Float32Array, mass: number): number {
  const { bucket, before } = lastBucket(probabilities, mass);
  const bits = bitsOf(probabilities);
  const tokens: number[] = [];
  for (let token = 0; token < bits.length; token++) if (bits[token]! >> bucketShift === bucket) tokens.push(token);
  tokens.sort((a, b) => bits[b]! - bits[a]! || a - b);
  let sum = before;
  return tokens.find((token) => (sum += probabilities[token]!) >= mass) ?? tokens.at(-1)!;
}

/** Of the bits of a float32: its exponent and the first three bits of its fraction make a bucket, in its order. */
const bucketShift = 20;
const buckets = (1 << (31 - bucketShift)) + 1;

/** The bucket in which the sum of probabilities, from the highest down, reaches `mass`, and the sum before it. */
function lastBucket(probabilities: Float32Array, mass: number): { readonly bucket: number; readonly before: number } {
  const bits = bitsOf(probabilities);
  const sums = new Float64Array(buckets);
  for (let token = 0; token < bits.length; token++) sums[bits[token]! >> bucketShift]! += probabilities[token]!;
  let before = 0;
  let lowest = 0;
  for (let bucket = buckets - 1; bucket >= 0; bucket--) {
    const sum = sums[bucket]!;
    if (sum === 0) continue;
    if (before + sum >= mass) return { bucket, before };
    before += sum;
    lowest = bucket;
  }
  return { bucket: lowest, before: before - sums[lowest]! };
}

/** Of floats that are not negative: they have the order of the values. */
function bitsOf({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}

function notFinite(): UserError {
  return new UserError('the model gives next-token values that are not finite', {
    exitCode: 4,
    hint: 'Its weights are damaged, or it was trained until it diverged: use another checkpoint.',
  });
}
