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

/** In the order of the nucleus. */
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

/** The fewest tokens whose probabilities reach `mass`, most probable first; of equals the smaller id first. */
export function nucleus(probabilities: Float32Array, mass: number): readonly number[] {
  const tokens: number[] = [];
  let sum = 0;
  for (const key of sortedKeys(probabilities, mass)) {
    const token = idLimit - 1 - (key % idLimit);
    tokens.push(token);
    sum += probabilities[token]!;
    if (sum >= mass) break;
  }
  return tokens;
}

/** Token ids stay below this. */
const idLimit = 2 ** 22;

/**
 * Probability and token as one number each, in descending order: numbers sort much faster than pairs. The bits of a
 * positive float32 have the order of its value. Tokens that all together cannot hold what is beyond `mass` are left
 * out beforehand.
 */
function sortedKeys(probabilities: Float32Array, mass: number): Float64Array {
  const bits = new Int32Array(probabilities.buffer, probabilities.byteOffset, probabilities.length);
  const total = probabilities.reduce((sum, probability) => sum + probability, 0);
  const least = ((total - mass) / probabilities.length) * (1 - 1e-6);
  const keys = new Float64Array(probabilities.length);
  let count = 0;
  for (let token = 0; token < probabilities.length; token++)
    if (probabilities[token]! >= least) keys[count++] = bits[token]! * idLimit + (idLimit - 1 - token);
  return keys.subarray(0, count).sort().reverse();
}

function notFinite(): UserError {
  return new UserError('the model gives next-token values that are not finite', {
    exitCode: 4,
    hint: 'Its weights are damaged, or it was trained until it diverged: use another checkpoint.',
  });
}
