/**
 * The one decoder: a pre-norm transformer over packed rows, assembled from the parts its family names. Token-wise work
 * runs on [N, D] packed tokens; attention alone pads to [B, S]. References: Vaswani et al. 2017; the families' own in
 * `harness/families`.
 */
import { add, constant, gatherRows, matmul, multiply, type Tensor } from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { attention, softCapped, type Attended, type AttentionRows } from './attention.ts';
import { allQueries, type BatchInputs, type QueryInputs } from './batch-inputs.ts';
import { cachedAttention, type StepInputs } from './cached-attention.ts';
import {
  assemble,
  inLayer,
  named,
  norm,
  type Assembled,
  type Decoder,
  type ParameterTensors,
} from './decoder-parts.ts';
import { familyOf } from './family-of.ts';
import { lmHeadName, scoreBiasName, scoreName } from './head-names.ts';
import { feedForward } from './feed-forward.ts';
import { atQueries, type KeyValue } from './projections.ts';
import { maskOf, type MaskName } from './windows.ts';

/**
 * Final hidden states after the last norm: of all packed tokens, [N, hiddenSize], or of the tokens `read` only, [M,
 * hiddenSize]: all the last layer then does for the others are their keys and values.
 */
export function hiddenStates(
  model: ModelSpec,
  parameters: ParameterTensors,
  batch: BatchInputs,
  read: QueryInputs = allQueries(batch, maskOf(model, model.layers - 1)),
): Tensor {
  return readStates(model, parameters, packedRows(batch, read));
}

/** The same with queries and keys in separate rows. */
export function readStates(model: ModelSpec, parameters: ParameterTensors, rows: ReadRows): Tensor {
  return statesAndCache(model, parameters, rows).states;
}

/** The rows that layers work on, by their masks: every token once, and in the last layer those whose state is read. */
export interface ReadRows extends Readonly<Record<MaskName, AttentionRows>> {
  readonly read: AttentionRows;
}

/** All layers have the rows of a batch. */
export function packedRows(batch: BatchInputs, read: QueryInputs): ReadRows {
  return {
    attentionMask: { keys: batch, queries: allQueries(batch, 'attentionMask') },
    windowMask: { keys: batch, queries: allQueries(batch, 'windowMask') },
    read: { keys: batch, queries: read },
  };
}

/** Final hidden states, and what each layer keeps of its tokens for those that come after them. */
export interface StatesAndCache {
  readonly states: Tensor;
  readonly cache: readonly KeyValue[];
}

/** The states of `readStates`, with the keys and values of all tokens. */
export function statesAndCache(model: ModelSpec, parameters: ParameterTensors, rows: ReadRows): StatesAndCache {
  return throughLayers(assemble(model, parameters, rows.read.keys), (layer) => {
    const layerRows = layer === model.layers - 1 ? rows.read : rows[maskOf(model, layer)];
    return {
      kept: (x) => atQueries(layerRows.queries, x),
      attend: (decoder, block, x) => attention(decoder, block, x, layerRows),
    };
  });
}

/** Final hidden states [B, hiddenSize] of one new token a row, which follows those in the cache. */
export function stepStates(model: ModelSpec, parameters: ParameterTensors, step: StepInputs): StatesAndCache {
  return throughLayers(assemble(model, parameters, step), (layer) => ({
    kept: (x) => x,
    attend: (decoder, block, x) => {
      const cached = step.layers[layer];
      if (cached === undefined) throw new RangeError(`the cache has no layer ${layer}`);
      return cachedAttention(decoder, block, x, { ...step, ...cached, mask: step[maskOf(model, layer)] });
    },
  }));
}

/** How the tokens of a layer come to attend to others. */
interface LayerAttention {
  /** Rows of the residual stream at the tokens that have queries. */
  readonly kept: (x: Tensor) => Tensor;
  readonly attend: (decoder: Decoder, block: string, x: Tensor) => Attended;
}

function throughLayers(assembled: Assembled, attentionOf: (layer: number) => LayerAttention): StatesAndCache {
  const { family, model } = assembled;
  const cache: KeyValue[] = [];
  let x = embedded(assembled); // [N, D]
  for (let layer = 0; layer < model.layers; layer++) {
    const { output, key, value } = blockOutput(
      inLayer(assembled, layer),
      `${family.blocks}.${layer}`,
      x,
      attentionOf(layer),
    );
    cache.push({ key, value });
    x = output;
  }
  return { states: norm(assembled, family.normNames.final, x), cache };
}

/** The reward head on every packed token: [N, 1]. A reward is a pooling of these (see batch-targets). */
export function tokenScores(parameters: ParameterTensors, hidden: Tensor): Tensor {
  const scores = matmul(hidden, named(parameters, scoreName), { transposeB: true });
  const bias = parameters[scoreBiasName];
  return bias === undefined ? scores : add(scores, bias);
}

/**
 * Next-token logits at the packed tokens `rows` [L] only: [L, vocabSize].
 * @param areDistinct No token comes twice.
 */
export function logitsAt(
  model: ModelSpec,
  parameters: ParameterTensors,
  hidden: Tensor,
  { rows, areDistinct = false }: { readonly rows: Tensor; readonly areDistinct?: boolean },
): Tensor {
  return nextLogits(model, parameters, gatherRows(hidden, rows, areDistinct));
}

/** Next-token logits of every state: [L, hiddenSize] -> [L, vocabSize]. */
export function nextLogits(model: ModelSpec, parameters: ParameterTensors, states: Tensor): Tensor {
  const { embedding, head } = familyOf(model);
  const weight = named(parameters, lmHeadName(model) ?? `${embedding.name}.weight`);
  return softCapped(matmul(states, weight, { transposeB: true }), head.softCap);
}

function embedded({ model, family, parameter, tokens }: Assembled): Tensor {
  const { embedding, position } = family;
  const rows = gatherRows(parameter(`${embedding.name}.weight`), tokens.tokenIds);
  const scaled = embedding.scale === 'one' ? rows : multiply(rows, constant(Math.sqrt(model.hiddenSize)));
  return position.kind === 'learned'
    ? add(scaled, gatherRows(parameter(`${position.name}.weight`), tokens.positions))
    : scaled;
}

function blockOutput(decoder: Decoder, block: string, x: Tensor, layer: LayerAttention): Attended {
  const kept = layer.kept(x);
  const { output, ...keyValue } = attended(decoder, block, x, layer);
  const middle = add(kept, output);
  const end = add(middle, fed(decoder, block, decoder.family.residual === 'parallel' ? kept : middle));
  return { output: end, ...keyValue };
}

function attended(decoder: Decoder, block: string, x: Tensor, { attend }: LayerAttention): Attended {
  const { attention: before, afterAttention: after } = decoder.family.normNames;
  const { output, ...keyValue } = attend(decoder, block, normed(decoder, block, before, x));
  return { output: normed(decoder, block, after, output), ...keyValue };
}

function fed(decoder: Decoder, block: string, x: Tensor): Tensor {
  const { mlp: before, afterMlp: after } = decoder.family.normNames;
  return normed(decoder, block, after, feedForward(decoder, block, normed(decoder, block, before, x)));
}

/** `x` itself where the family has no such norm. */
function normed(decoder: Decoder, block: string, name: string | null, x: Tensor): Tensor {
  return name === null ? x : norm(decoder, `${block}.${name}`, x);
}
