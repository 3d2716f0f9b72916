/**
 * Causal self-attention over padded rows, with grouped key/value heads (Ainslie et al., arXiv 2305.13245) and an optional soft cap on the scores
 * (Gemma 2, arXiv 2408.00118). Who sees whom is the mask's business alone.
 */
import { add, constant, matmul, multiply, packRows, padRows, reshape, softmax, split, tanh, transpose, type Dim, type Tensor } from '../graph/index.ts';
import { paddedSizes } from './batch-inputs.ts';
import { linear, type Decoder } from './decoder-parts.ts';

/** x [N, D], normalized -> what the block adds to the residual stream: [N, D]. */
export function attention(decoder: Decoder, block: string, x: Tensor): Tensor {
  const { family, headSize, batch, model, rotate } = decoder;
  const { queryScalar, softCap, output } = family.attention;
  const [rows, rowLength] = paddedSizes(batch);
  const [query, key, value] = queryKeyValue(decoder, block, x);
  const q = grouped(decoder, heads(decoder, rotate(query), model.heads), headSize); // [B, KV, group * S, d]
  const k = heads(decoder, rotate(key), model.keyValueHeads); // [B, KV, S, d]
  const v = heads(decoder, value, model.keyValueHeads);
  const scores = ungrouped(decoder, matmul(q, k, { transposeB: true, scale: 1 / Math.sqrt(queryScalar ?? headSize) }), rowLength); // [B, H, S, S]
  const weights = grouped(decoder, softmax(add(softCapped(scores, softCap), batch.attentionMask)), rowLength); // [B, KV, group * S, S]
  const mixed = ungrouped(decoder, matmul(weights, v), headSize); // [B, H, S, d]
  const padded = reshape(transpose(mixed, [0, 2, 1, 3]), [rows, rowLength, model.heads * headSize]);
  return linear(decoder, block, output, packRows(padded, batch.packIndex, batch.padIndex, batch.padMask));
}

/** cap tanh(x / cap): bounded by the cap, and nearly x where x is small beside it. */
export function softCapped(x: Tensor, cap: number | null): Tensor {
  return cap === null ? x : multiply(tanh(multiply(x, constant(1 / cap))), constant(cap));
}

/** Query heads that share a key/value head become more rows of one product, so that keys and values are never copied. Heads of a group are neighbours, as in Qwen2. */
function grouped({ model, batch }: Decoder, x: Tensor, width: Dim): Tensor {
  const [rows, rowLength] = paddedSizes(batch);
  return model.heads === model.keyValueHeads ? x : reshape(x, [rows, model.keyValueHeads, `G${rowLength}`, width]);
}

function ungrouped({ model, batch }: Decoder, x: Tensor, width: Dim): Tensor {
  const [rows, rowLength] = paddedSizes(batch);
  return model.heads === model.keyValueHeads ? x : reshape(x, [rows, model.heads, rowLength, width]);
}

/** Queries [N, H * d], keys and values [N, KV * d]. */
function queryKeyValue(decoder: Decoder, block: string, x: Tensor): readonly [Tensor, Tensor, Tensor] {
  const { family, model, headSize } = decoder;
  const { projection } = family.attention;
  if (projection.kind === 'separate') return [linear(decoder, block, projection.query, x), linear(decoder, block, projection.key, x), linear(decoder, block, projection.value, x)];
  const all = linear(decoder, block, projection.queryKeyValue, x);
  const width = model.heads * headSize;
  if (projection.order === 'by-part') return split(all, [width, width, width], 1) as [Tensor, Tensor, Tensor];
  const [tokens] = all.shape as readonly [Dim];
  const byHead = split(reshape(all, [tokens, model.heads, 3 * headSize]), [headSize, headSize, headSize], 2);
  return byHead.map((part) => reshape(part, [tokens, width])) as [Tensor, Tensor, Tensor];
}

/** Packed [N, count * d] -> padded [B, count, S, d]. */
function heads({ batch, headSize }: Decoder, x: Tensor, count: number): Tensor {
  const padded = padRows(x, batch.padIndex, batch.packIndex, batch.padMask);
  return transpose(reshape(padded, [...paddedSizes(batch), count, headSize]), [0, 2, 1, 3]);
}
