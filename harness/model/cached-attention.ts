/**
 * Attention of one new token a row to the tokens before it, whose keys and values lie in a cache. The new token's own
 * are not in the cache yet: its slot there holds zeros, so its score and its share of the mixture are added to what the
 * cache gives. Nothing that is as large as the cache is ever copied.
 */
import { add, constant, input, matmul, multiply, reshape, sum, type Dim, type Tensor } from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { maskedWeights, scoreScale, type Attended } from './attention.ts';
import type { TokenInputs } from './batch-inputs.ts';
import { linear, type Decoder } from './decoder-parts.ts';
import { headSizeOf } from './model-sizes.ts';
import { projected, type KeyValue } from './projections.ts';

/** One new token in each of B rows, and the cache of S slots a row before it. */
export interface StepInputs extends TokenInputs {
  /** Added to the scores: 0 = sees, -1e9 = does not. The slot of the new token is seen. */
  readonly attentionMask: Tensor; // [B, 1, 1, S]
  /** The same for layers with a window. */
  readonly windowMask: Tensor; // [B, 1, 1, S]
  /** 1 at the slot of the new token, which is the same in all rows, 0 elsewhere. */
  readonly current: Tensor; // [S]
  /** Keys and values of each layer. */
  readonly layers: readonly CachedLayer[];
}

export interface CachedLayer {
  /** Zeros at the slot of the new token, as in `value`. */
  readonly key: Tensor; // [B, KV, S, d]
  readonly value: Tensor; // [B, KV, S, d]
}

/** Names of the tensors of layer `layer`: fed as the cache, and given out for it. */
export const cacheNames = {
  key: (layer: number): string => `key.${layer}`,
  value: (layer: number): string => `value.${layer}`,
} as const;

export function declareStep(model: ModelSpec): StepInputs {
  const shape = ['B', model.keyValueHeads, 'S', headSizeOf(model)];
  return {
    tokenIds: input('tokenIds', ['B'], 'int32'),
    positions: input('positions', ['B'], 'int32'),
    attentionMask: input('attentionMask', ['B', 1, 1, 'S']),
    windowMask: input('windowMask', ['B', 1, 1, 'S']),
    current: input('current', ['S']),
    layers: Array.from({ length: model.layers }, (_, layer) => ({
      key: input(cacheNames.key(layer), shape),
      value: input(cacheNames.value(layer), shape),
    })),
  };
}

/** What a layer makes of a step: its part of the cache, and its mask. */
interface LayerStep extends CachedLayer, Pick<StepInputs, 'current'> {
  readonly mask: Tensor; // [B, 1, 1, S]
}

/** x [B, D], normalized. */
export function cachedAttention(decoder: Decoder, block: string, x: Tensor, step: LayerStep): Attended {
  const { family, model, headSize, tokens } = decoder;
  const { query, key, value } = projected(decoder, block, x, { tokens: null, positions: tokens.positions });
  const mixed = mixedValues(decoder, query, { key, value }, step); // [B, KV, group, d]
  const packed = reshape(mixed, [rowsOf(x), model.heads * headSize]);
  return { output: linear(decoder, block, family.attention.output, packed), key, value };
}

function mixedValues(decoder: Decoder, query: Tensor, own: KeyValue, step: LayerStep): Tensor {
  const weights = maskedWeights(decoder, cachedScores(decoder, query, own.key, step), step.mask);
  const ownWeight = sum(multiply(weights, step.current), [3], true); // [B, KV, group, 1]
  return add(matmul(weights, step.value), matmul(ownWeight, byHead(decoder, own.value, 1)));
}

/** [B, KV, group, S]. A scale of the queries leaves the product one that needs no rearranged keys. */
function cachedScores(decoder: Decoder, query: Tensor, key: Tensor, step: LayerStep): Tensor {
  const { heads, keyValueHeads } = decoder.model;
  const q = multiply(byHead(decoder, query, heads / keyValueHeads), constant(scoreScale(decoder)));
  const own = matmul(q, byHead(decoder, key, 1), { transposeB: true }); // [B, KV, group, 1]
  return add(matmul(q, step.key, { transposeB: true }), multiply(own, step.current));
}

/** [B, KV * count * d] -> [B, KV, count, d]. */
function byHead({ model, headSize }: Decoder, x: Tensor, count: number): Tensor {
  return reshape(x, [rowsOf(x), model.keyValueHeads, count, headSize]);
}

function rowsOf(x: Tensor): Dim {
  return x.shape[0] as Dim;
}
