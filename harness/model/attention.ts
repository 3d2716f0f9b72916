/**
 * Causal self-attention over padded rows, with grouped key/value heads (Ainslie et al., arXiv 2305.13245) and an
 * optional soft cap on the scores (Gemma 2, arXiv 2408.00118). The mask alone decides which token attends to which.
 */
import {
  add,
  constant,
  gatherRows,
  matmul,
  multiply,
  packRows,
  padRows,
  reshape,
  softmax,
  tanh,
  transpose,
  type Dim,
  type Tensor,
} from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { paddedSizes, type KeyInputs, type QueryInputs } from './batch-inputs.ts';
import { linear, type Decoder } from './decoder-parts.ts';
import { projected, type KeyValue } from './projections.ts';

/** What a layer's attention makes of its tokens. */
export interface Attended extends KeyValue {
  /** What the block adds to the residual stream at the queries' tokens: [M, D]. */
  readonly output: Tensor;
}

/** The rows that an attention layer works on. */
export interface AttentionRows {
  readonly keys: KeyInputs;
  readonly queries: QueryInputs;
}

/** x [N, D], normalized. */
export function attention(decoder: Decoder, block: string, x: Tensor, { keys, queries }: AttentionRows): Attended {
  const { family, headSize, model } = decoder;
  const { query, key, value } = projected(decoder, block, x, queries);
  const weights = attentionWeights(decoder, query, key, { keys, queries });
  const mixed = matmul(weights, heads(keys, value, model.keyValueHeads)); // [B, KV, group * Q, d]
  const packed = packedHeads({ model, places: queries }, mixed, headSize);
  return { output: linear(decoder, block, family.attention.output, packed), key, value };
}

/** [B, KV, group * Q, d] -> [M, H * d]. */
function packedHeads({ model, places }: Grid, x: Tensor, headSize: number): Tensor {
  const byHead = ungrouped({ model, places }, x, headSize); // [B, H, Q, d]
  const padded = reshape(transpose(byHead, [0, 2, 1, 3]), [...paddedSizes(places), model.heads * headSize]);
  return packRows(padded, places.packIndex, places.padIndex, places.padMask);
}

/** [B, KV, group * Q, S]. */
function attentionWeights(decoder: Decoder, query: Tensor, key: Tensor, { keys, queries }: AttentionRows): Tensor {
  const grid = { model: decoder.model, places: queries };
  const [, keyLength] = paddedSizes(keys);
  const scores = ungrouped(grid, attentionScores(decoder, query, key, { keys, queries }), keyLength); // [B, H, Q, S]
  return grouped(grid, maskedWeights(decoder, scores, queries.attentionMask), keyLength);
}

/** [B, KV, group * Q, S], before cap and mask. */
function attentionScores(decoder: Decoder, query: Tensor, key: Tensor, { keys, queries }: AttentionRows): Tensor {
  const { headSize, model } = decoder;
  const q = grouped({ model, places: queries }, heads(queries, query, model.heads), headSize); // [B, KV, group * Q, d]
  const k = heads(keys, key, model.keyValueHeads); // [B, KV, S, d]
  return matmul(q, k, { transposeB: true, scale: scoreScale(decoder) });
}

/** What products of queries and keys are multiplied by. */
export function scoreScale({ family, headSize }: Decoder): number {
  return 1 / Math.sqrt(family.attention.queryScalar ?? headSize);
}

/** Scaled scores [..., S] -> weights of the keys, those that the mask hides at 0. */
export function maskedWeights({ family }: Decoder, scores: Tensor, mask: Tensor): Tensor {
  return softmax(add(softCapped(scores, family.attention.softCap), mask));
}

/** cap tanh(x / cap): bounded by the cap, and nearly x where x is small beside it. */
export function softCapped(x: Tensor, cap: number | null): Tensor {
  return cap === null ? x : multiply(tanh(multiply(x, constant(1 / cap))), constant(cap));
}

/** Where the rows of a product come from: the head counts, and the padded places of the queries. */
interface Grid {
  readonly model: ModelSpec;
  readonly places: QueryInputs;
}

/**
 * Query heads that share a key/value head become more rows of one product, so that keys and values are never copied.
 * Heads of a group are neighbours, as in Qwen2.
 */
function grouped({ model, places }: Grid, x: Tensor, width: Dim): Tensor {
  const [rows, rowLength] = paddedSizes(places);
  return model.heads === model.keyValueHeads ? x : reshape(x, [rows, model.keyValueHeads, `G${rowLength}`, width]);
}

function ungrouped({ model, places }: Grid, x: Tensor, width: Dim): Tensor {
  const [rows, rowLength] = paddedSizes(places);
  return model.heads === model.keyValueHeads ? x : reshape(x, [rows, model.heads, rowLength, width]);
}

/** Packed [M, count * d] -> padded [B, count, Q, d]. */
function heads(places: Pick<KeyInputs, 'padIndex' | 'packIndex' | 'padMask'>, x: Tensor, count: number): Tensor {
  const { padIndex, packIndex, padMask } = places;
  const padded =
    packIndex === null || padMask === null ? gatherRows(x, padIndex) : padRows(x, padIndex, packIndex, padMask);
  return transpose(reshape(padded, [...paddedSizes(places), count, (x.shape[1] as number) / count]), [0, 2, 1, 3]);
}
