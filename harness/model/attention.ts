/**
 * Causal self-attention over padded rows, with grouped key/value heads (Ainslie et al., arXiv 2305.13245) and an
 * optional soft cap on the scores (Gemma 2, arXiv 2408.00118). The mask alone decides which token attends to which.
 */
import {
  add,
  concat,
  constant,
  gatherRows,
  matmul,
  multiply,
  packRows,
  padRows,
  reshape,
  softmax,
  split,
  takeRange,
  tanh,
  transpose,
  type Dim,
  type Tensor,
} from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { paddedSizes, type KeyInputs, type QueryBlock, type QueryInputs } from './batch-inputs.ts';
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
  const padded = {
    query: heads(queries, query, model.heads),
    key: heads(keys, key, model.keyValueHeads),
    value: heads(keys, value, model.keyValueHeads),
  };
  const mixed =
    queries.blocks.length === 0
      ? mixedValues(decoder, padded, queries.attentionMask)
      : mixedInBlocks(decoder, padded, queries.blocks);
  const packed = packedHeads(queries, mixed, model.heads * headSize);
  return { output: linear(decoder, block, family.attention.output, packed), key, value };
}

/** Queries, and the keys that they may see with their values, by heads. */
interface PaddedHeads {
  readonly query: Tensor; // [B, H, Q, d]
  readonly key: Tensor; // [B, KV, S, d]
  readonly value: Tensor; // [B, KV, S, d]
}

/** [B, H, Q, d] -> [M, H * d]. */
function packedHeads(places: QueryInputs, mixed: Tensor, width: number): Tensor {
  const padded = reshape(transpose(mixed, [0, 2, 1, 3]), [...paddedSizes(places), width]);
  return packRows(padded, places.packIndex, places.padIndex, places.padMask);
}

/** [B, H, Q, d]. */
function mixedValues(decoder: Decoder, { query, key, value }: PaddedHeads, mask: Tensor): Tensor {
  const { model, headSize } = decoder;
  const scores = matmul(grouped(model, query), key, { transposeB: true, scale: scoreScale(decoder) });
  const masked = maskedScores(decoder, ungrouped(model, scores, query, key.shape[2] as Dim), mask); // [B, H, Q, S]
  // Nothing between softmax and product: its gradient takes its row sums from the product then.
  return ungrouped(model, matmul(softmax(grouped(model, masked)), value), query, headSize);
}

/**
 * The same, some queries at a time against the keys that they see: what the mask hides is hardly computed, and scores
 * stay in a cache from one operation to the next.
 */
function mixedInBlocks(decoder: Decoder, { query, key, value }: PaddedHeads, blocks: readonly QueryBlock[]): Tensor {
  const [rows, headCount, queries, size] = query.shape as readonly [Dim, number, Dim, number];
  const length = blocks[0]?.mask.shape[2] as Dim;
  const parts = split(
    reshape(query, [rows, headCount, blocks.length, length, size]),
    blocks.map(() => 1),
    2,
  );
  const mixed = blocks.map(({ keys, mask }, index) => {
    const part = {
      query: reshape(parts[index] as Tensor, [rows, headCount, length, size]),
      key: takeRange(key, 2, keys),
      value: takeRange(value, 2, keys),
    };
    return reshape(mixedValues(decoder, part, mask), [rows, headCount, 1, length, size]);
  });
  return reshape(concat(mixed, 2), [rows, headCount, queries, size]);
}

/** What products of queries and keys are multiplied by. */
export function scoreScale({ family, headSize }: Decoder): number {
  return 1 / Math.sqrt(family.attention.queryScalar ?? headSize);
}

/** Scaled scores [..., S] -> weights of the keys, those that the mask hides at 0. */
export function maskedWeights(decoder: Decoder, scores: Tensor, mask: Tensor): Tensor {
  return softmax(maskedScores(decoder, scores, mask));
}

function maskedScores({ family }: Decoder, scores: Tensor, mask: Tensor): Tensor {
  return add(softCapped(scores, family.attention.softCap), mask);
}

/** cap tanh(x / cap): bounded by the cap, and nearly x where x is small beside it. */
export function softCapped(x: Tensor, cap: number | null): Tensor {
  return cap === null ? x : multiply(tanh(multiply(x, constant(1 / cap))), constant(cap));
}

/**
 * [B, H, Q, width] -> [B, KV, group * Q, width]. Query heads that share a key/value head become more rows of one
 * product, so that keys and values are never copied. Heads of a group are neighbours, as in Qwen2.
 */
function grouped({ heads, keyValueHeads }: ModelSpec, x: Tensor): Tensor {
  const [rows, , queries, width] = x.shape as readonly [Dim, Dim, Dim, Dim];
  return heads === keyValueHeads ? x : reshape(x, [rows, keyValueHeads, `G${queries}`, width]);
}

/** [B, KV, group * Q, width] -> [B, H, Q, width], with B, H and Q as in `like`. */
function ungrouped({ heads, keyValueHeads }: ModelSpec, x: Tensor, like: Tensor, width: Dim): Tensor {
  return heads === keyValueHeads ? x : reshape(x, [...like.shape.slice(0, 3), width]);
}

/** Packed [M, count * d] -> padded [B, count, Q, d]. */
function heads(places: Pick<KeyInputs, 'padIndex' | 'packIndex' | 'padMask'>, x: Tensor, count: number): Tensor {
  const { padIndex, packIndex, padMask } = places;
  const padded =
    packIndex === null || padMask === null ? gatherRows(x, padIndex) : padRows(x, padIndex, packIndex, padMask);
  return transpose(reshape(padded, [...paddedSizes(places), count, (x.shape[1] as number) / count]), [0, 2, 1, 3]);
}
