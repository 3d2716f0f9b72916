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
  split,
  tanh,
  transpose,
  type Dim,
  type Tensor,
} from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { paddedSizes, type KeyInputs, type QueryInputs } from './batch-inputs.ts';
import { linear, type Decoder } from './decoder-parts.ts';

/** x [N, D], normalized -> what the block adds to the residual stream at the queries' tokens: [M, D]. */
export function attention(decoder: Decoder, block: string, x: Tensor, queries: QueryInputs): Tensor {
  const { family, headSize, batch, model } = decoder;
  const [query, key, value] = queryKeyValue(decoder, block, x, queries);
  const weights = attentionWeights(decoder, query, key, queries);
  const mixed = matmul(weights, heads(batch, value, model.keyValueHeads)); // [B, KV, group * Q, d]
  const packed = packedHeads({ model, places: queries }, mixed, headSize);
  return linear(decoder, block, family.attention.output, packed);
}

/** [B, KV, group * Q, d] -> [M, H * d]. */
function packedHeads({ model, places }: Grid, x: Tensor, headSize: number): Tensor {
  const byHead = ungrouped({ model, places }, x, headSize); // [B, H, Q, d]
  const padded = reshape(transpose(byHead, [0, 2, 1, 3]), [...paddedSizes(places), model.heads * headSize]);
  return packRows(padded, places.packIndex, places.padIndex, places.padMask);
}

/** [B, KV, group * Q, S]. */
function attentionWeights(decoder: Decoder, query: Tensor, key: Tensor, queries: QueryInputs): Tensor {
  const { family, batch, model } = decoder;
  const grid = { model, places: queries };
  const [, keyLength] = paddedSizes(batch);
  const scores = ungrouped(grid, attentionScores(decoder, query, key, queries), keyLength); // [B, H, Q, S]
  const capped = softCapped(scores, family.attention.softCap);
  return grouped(grid, softmax(add(capped, queries.attentionMask)), keyLength);
}

/** [B, KV, group * Q, S], before cap and mask. */
function attentionScores(decoder: Decoder, query: Tensor, key: Tensor, queries: QueryInputs): Tensor {
  const { family, headSize, batch, model, rotate } = decoder;
  const rotated = heads(queries, rotate(query, queries.positions), model.heads); // [B, H, Q, d]
  const q = grouped({ model, places: queries }, rotated, headSize); // [B, KV, group * Q, d]
  const k = heads(batch, rotate(key, batch.positions), model.keyValueHeads); // [B, KV, S, d]
  return matmul(q, k, { transposeB: true, scale: 1 / Math.sqrt(family.attention.queryScalar ?? headSize) });
}

/** Rows of x [N, D] at the queries' tokens: [M, D]. */
export function atQueries({ tokens }: QueryInputs, x: Tensor): Tensor {
  return tokens === null ? x : gatherRows(x, tokens, true);
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

/** Queries [M, H * d], keys and values [N, KV * d]. */
function queryKeyValue(
  decoder: Decoder,
  block: string,
  x: Tensor,
  queries: QueryInputs,
): readonly [Tensor, Tensor, Tensor] {
  const { projection } = decoder.family.attention;
  if (projection.kind === 'fused') {
    const [query, key, value] = unfused(decoder, linear(decoder, block, projection.queryKeyValue, x), projection.order);
    return [atQueries(queries, query), key, value];
  }
  return [
    linear(decoder, block, projection.query, atQueries(queries, x)),
    linear(decoder, block, projection.key, x),
    linear(decoder, block, projection.value, x),
  ];
}

function unfused(
  { model, headSize }: Decoder,
  all: Tensor,
  order: 'by-part' | 'by-head',
): readonly [Tensor, Tensor, Tensor] {
  const width = model.heads * headSize;
  if (order === 'by-part') return split(all, [width, width, width], 1) as [Tensor, Tensor, Tensor];
  const [tokens] = all.shape as readonly [Dim];
  const byHead = split(reshape(all, [tokens, model.heads, 3 * headSize]), [headSize, headSize, headSize], 2);
  return byHead.map((part) => reshape(part, [tokens, width])) as [Tensor, Tensor, Tensor];
}

/** Packed [M, count * d] -> padded [B, count, Q, d]. */
function heads(places: Pick<KeyInputs, 'padIndex' | 'packIndex' | 'padMask'>, x: Tensor, count: number): Tensor {
  const { padIndex, packIndex, padMask } = places;
  const padded =
    packIndex === null || padMask === null ? gatherRows(x, padIndex) : padRows(x, padIndex, packIndex, padMask);
  return transpose(reshape(padded, [...paddedSizes(places), count, (x.shape[1] as number) / count]), [0, 2, 1, 3]);
}
