/**
 * The one decoder: a pre-norm transformer over packed rows, assembled from the parts its family names. Token-wise work runs on [N, D] packed tokens;
 * attention alone pads to [B, S]. References: Vaswani et al. 2017; Qwen2 (arXiv 2407.10671); GPT-2 (Radford et al. 2019).
 */
import { add, gatherRows, gelu, layerNorm, matmul, multiply, packRows, padRows, reshape, rmsNorm, rope, silu, softmax, split, transpose, type Tensor } from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import type { BatchInputs } from './batch-inputs.ts';
import { families, headSizeOf, scoreName, type Family, type LinearPart } from './family.ts';
import { ropeTables } from './rope-tables.ts';

/** Parameters as tensors, by Hugging Face name. */
export type ParameterTensors = Readonly<Record<string, Tensor>>;

interface Decoder {
  readonly model: ModelSpec;
  readonly family: Family;
  readonly headSize: number;
  readonly batch: BatchInputs;
  readonly parameter: (name: string) => Tensor;
  /** Rotates queries or keys to their positions; the identity for learned positions. */
  readonly rotate: (x: Tensor) => Tensor;
}

/** Final hidden states of all packed tokens, after the last norm: [N, hiddenSize]. */
export function hiddenStates(model: ModelSpec, parameters: ParameterTensors, batch: BatchInputs): Tensor {
  const decoder = assemble(model, parameters, batch);
  const { family, parameter } = decoder;
  const { names, position } = family;
  let x = gatherRows(parameter(`${names.embedding}.weight`), batch.tokenIds); // [N, D]
  if (position.kind === 'learned') x = add(x, gatherRows(parameter(`${position.name}.weight`), batch.positions));
  for (let layer = 0; layer < model.layers; layer++) {
    const block = `${names.blocks}.${layer}`;
    x = add(x, attention(decoder, block, norm(decoder, `${block}.${names.attentionNorm}`, x)));
    x = add(x, mlp(decoder, block, norm(decoder, `${block}.${names.mlpNorm}`, x)));
  }
  return norm(decoder, names.finalNorm, x);
}

/** The reward head on every packed token: [N, 1]. A reward is a pooling of these (see batch-targets). */
export function tokenScores(parameters: ParameterTensors, hidden: Tensor): Tensor {
  return matmul(hidden, named(parameters, scoreName), { transposeB: true });
}

/** Next-token logits at the packed tokens `rows` [L] only, with the tied embedding: [L, vocabSize]. */
export function logitsAt(model: ModelSpec, parameters: ParameterTensors, hidden: Tensor, rows: Tensor): Tensor {
  const embedding = named(parameters, `${families[model.family].names.embedding}.weight`);
  return matmul(gatherRows(hidden, rows), embedding, { transposeB: true });
}

function assemble(model: ModelSpec, parameters: ParameterTensors, batch: BatchInputs): Decoder {
  const family = families[model.family];
  const headSize = headSizeOf(model);
  const parameter = (name: string): Tensor => named(parameters, name);
  if (family.position.kind === 'learned') return { model, family, headSize, batch, parameter, rotate: (x) => x };
  const { cos, sin } = ropeTables(model.contextLength, headSize, family.position.theta);
  return { model, family, headSize, batch, parameter, rotate: (x) => rope(x, batch.positions, cos, sin, headSize) };
}

function named(parameters: ParameterTensors, name: string): Tensor {
  const tensor = parameters[name];
  if (!tensor) throw new RangeError(`parameter ${name} is missing`);
  return tensor;
}

function norm({ family, parameter }: Decoder, name: string, x: Tensor): Tensor {
  const weight = parameter(`${name}.weight`);
  return family.norm.kind === 'rms' ? rmsNorm(x, weight, family.norm.epsilon) : layerNorm(x, weight, parameter(`${name}.bias`), family.norm.epsilon);
}

function linear(decoder: Decoder, block: string, part: LinearPart, x: Tensor): Tensor {
  const weight = decoder.parameter(`${block}.${part.name}.weight`);
  const product = matmul(x, weight, { transposeB: decoder.family.weightLayout === 'out-in' });
  return part.bias ? add(product, decoder.parameter(`${block}.${part.name}.bias`)) : product;
}

function mlp(decoder: Decoder, block: string, x: Tensor): Tensor {
  const parts = decoder.family.mlp;
  const up = linear(decoder, block, parts.up, x); // [N, F]
  const inner = parts.kind === 'gated-silu' ? multiply(silu(linear(decoder, block, parts.gate, x)), up) : gelu(up);
  return linear(decoder, block, parts.down, inner);
}

function attention(decoder: Decoder, block: string, x: Tensor): Tensor {
  const { family, headSize, batch, model, rotate } = decoder;
  const [query, key, value] = queryKeyValue(decoder, block, x);
  const q = grouped(decoder, heads(decoder, rotate(query), model.heads), headSize); // [B, KV, group * S, d]
  const k = heads(decoder, rotate(key), model.keyValueHeads); // [B, KV, S, d]
  const v = heads(decoder, value, model.keyValueHeads);
  const scores = ungrouped(decoder, matmul(q, k, { transposeB: true, scale: 1 / Math.sqrt(headSize) }), 'S'); // [B, H, S, S]
  const weights = grouped(decoder, softmax(add(scores, batch.attentionMask)), 'S'); // [B, KV, group * S, S]
  const mixed = ungrouped(decoder, matmul(weights, v), headSize); // [B, H, S, d]
  const padded = reshape(transpose(mixed, [0, 2, 1, 3]), ['B', 'S', model.hiddenSize]);
  return linear(decoder, block, family.attention.output, packRows(padded, batch.packIndex, batch.padIndex, batch.padMask));
}

/** Query heads that share a key/value head become more rows of one product, so that keys and values are never copied. Heads of a group are neighbours, as in Qwen2. */
function grouped({ model }: Decoder, x: Tensor, width: number | string): Tensor {
  return model.heads === model.keyValueHeads ? x : reshape(x, ['B', model.keyValueHeads, 'GS', width]);
}

function ungrouped({ model }: Decoder, x: Tensor, width: number | string): Tensor {
  return model.heads === model.keyValueHeads ? x : reshape(x, ['B', model.heads, 'S', width]);
}

function queryKeyValue(decoder: Decoder, block: string, x: Tensor): readonly [Tensor, Tensor, Tensor] {
  const { attention } = decoder.family;
  if (attention.kind === 'separate') return [linear(decoder, block, attention.query, x), linear(decoder, block, attention.key, x), linear(decoder, block, attention.value, x)];
  const D = decoder.model.hiddenSize;
  const [query, key, value] = split(linear(decoder, block, attention.queryKeyValue, x), [D, D, D], 1);
  return [query, key, value] as readonly [Tensor, Tensor, Tensor];
}

/** Packed [N, count * d] -> padded [B, count, S, d]. */
function heads({ batch, headSize }: Decoder, x: Tensor, count: number): Tensor {
  return transpose(reshape(padRows(x, batch.padIndex, batch.packIndex, batch.padMask), ['B', 'S', count, headSize]), [0, 2, 1, 3]);
}
