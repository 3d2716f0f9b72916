/** Models small enough for finite differences, one per family, and seeded rows for them. */
import type { EncodedPair } from '../../harness/data/preference-pair.ts';
import { initParameters, parameterShapes, type Parameters } from '../../harness/model/index.ts';
import { randomStream } from '../../harness/random/index.ts';
import type { ModelSpec } from '../../harness/spec/experiment-schema.ts';

export const vocabSize = 13;

const shared = { name: 'tiny', hiddenSize: 8, layers: 2, heads: 4, intermediateSize: 12, contextLength: 16, rewardPooling: 'last', initStandardDeviation: 0.3, headSize: null, tieEmbeddings: null, constants: null } as const;
export const tinyModels: readonly ModelSpec[] = [
  { ...shared, family: 'qwen2', keyValueHeads: 2 },
  { ...shared, family: 'gpt2', keyValueHeads: 4 },
];

/** Initial parameters with biases and norms moved off 0 and 1, so that a wrong gradient cannot hide behind a zero. */
export function bumpyParameters(model: ModelSpec, seed = 1): Parameters {
  const initial = initParameters(model, vocabSize, seed);
  return Object.fromEntries([...parameterShapes(model, vocabSize)].map(([name, shape]) => {
    const stream = randomStream(seed, 'bump', name);
    const values = initial[name] ?? new Float32Array();
    return [name, shape.length === 1 ? values.map((value) => value + 0.2 * stream.normal()) : values];
  }));
}

/** Pairs of random tokens; lengths 1..longest. */
export function randomPairs(count: number, seed: number, longest = 6): readonly EncodedPair[] {
  const stream = randomStream(seed, 'pairs');
  const tokens = (length: number): Int32Array => Int32Array.from({ length }, () => stream.integer(vocabSize));
  return Array.from({ length: count }, (_, index) => ({
    id: String(index), prompt: tokens(1 + stream.integer(longest)), chosen: tokens(1 + stream.integer(longest)), rejected: tokens(1 + stream.integer(longest)),
  }));
}
