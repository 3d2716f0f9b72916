/** Queries, keys and values of a block, from projections of their own or from a fused one. */
import { gatherRows, reshape, split, type Dim, type Tensor } from '../graph/index.ts';
import type { QueryInputs } from './batch-inputs.ts';
import { linear, norm, type Decoder } from './decoder-parts.ts';

/** What a cache keeps of a token in one layer. */
export interface KeyValue {
  /** Turned to their positions: [N, KV * d]. */
  readonly key: Tensor;
  readonly value: Tensor; // [N, KV * d]
}

export interface Projected extends KeyValue {
  /** Turned to their positions: [M, H * d]. */
  readonly query: Tensor;
}

/** x [N, D], normalized; queries of the tokens `queries` only. */
export function projected(
  decoder: Decoder,
  block: string,
  x: Tensor,
  queries: Pick<QueryInputs, 'tokens' | 'positions'>,
): Projected {
  const [query, key, value] = queryKeyValue(decoder, block, x, queries);
  const { rotate, tokens } = decoder;
  const { queryKeyNorm } = decoder.family.attention;
  const normed = (x: Tensor, name: string | undefined): Tensor => headNorm(decoder, block, x, name);
  return {
    query: rotate(normed(query, queryKeyNorm?.query), queries.positions),
    key: rotate(normed(key, queryKeyNorm?.key), tokens.positions),
    value,
  };
}

/** x [N, heads * d] under the norm of queries or keys; `x` itself where the family has none. */
function headNorm(decoder: Decoder, block: string, x: Tensor, name: string | undefined): Tensor {
  if (name === undefined) return x;
  if (decoder.family.attention.queryKeyNorm?.over === 'all-heads') return norm(decoder, `${block}.${name}`, x);
  const [tokens, width] = x.shape as readonly [Dim, number];
  const byHead = reshape(x, [tokens, width / decoder.headSize, decoder.headSize]);
  return reshape(norm(decoder, `${block}.${name}`, byHead), [tokens, width]);
}

/** Rows of x [N, D] at the queries' tokens: [M, D]. */
export function atQueries({ tokens }: Pick<QueryInputs, 'tokens'>, x: Tensor): Tensor {
  return tokens === null ? x : gatherRows(x, tokens, true);
}

function queryKeyValue(
  decoder: Decoder,
  block: string,
  x: Tensor,
  queries: Pick<QueryInputs, 'tokens'>,
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
  const grouped = model.keyValueHeads * headSize;
  if (order === 'by-part') return split(all, [width, grouped, grouped], 1) as [Tensor, Tensor, Tensor];
  const [tokens] = all.shape as readonly [Dim];
  const byHead = split(reshape(all, [tokens, model.heads, 3 * headSize]), [headSize, headSize, headSize], 2);
  return byHead.map((part) => reshape(part, [tokens, width])) as [Tensor, Tensor, Tensor];
}
