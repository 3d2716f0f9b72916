/**
 * The one decoder: a pre-norm transformer over packed rows, assembled from the parts its family names. Token-wise work
 * runs on [N, D] packed tokens; attention alone pads to [B, S]. References: Vaswani et al. 2017; the families' own in
 * families.ts.
 */
import { add, constant, gatherRows, matmul, multiply, type Tensor } from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { atQueries, attention, softCapped } from './attention.ts';
import { allQueries, type BatchInputs, type KeyInputs, type QueryInputs } from './batch-inputs.ts';
import { assemble, named, norm, type Decoder, type ParameterTensors } from './decoder-parts.ts';
import { familyOf } from './family-of.ts';
import { lmHeadName, scoreName } from './head-names.ts';
import { feedForward } from './feed-forward.ts';

/**
 * Final hidden states after the last norm: of all packed tokens, [N, hiddenSize], or of the tokens `read` only, [M,
 * hiddenSize]: all the last layer then does for the others are their keys and values.
 */
export function hiddenStates(
  model: ModelSpec,
  parameters: ParameterTensors,
  batch: BatchInputs,
  read: QueryInputs = allQueries(batch),
): Tensor {
  return readStates(model, parameters, { keys: batch, all: allQueries(batch), read });
}

/**
 * The same with queries and keys in separate rows: `all` holds every token once, `read` those whose state is
 * read.
 */
export function readStates(
  model: ModelSpec,
  parameters: ParameterTensors,
  { keys, all, read }: { readonly keys: KeyInputs; readonly all: QueryInputs; readonly read: QueryInputs },
): Tensor {
  const decoder = assemble(model, parameters, keys);
  const { family } = decoder;
  let x = embedded(decoder); // [N, D]
  for (let layer = 0; layer < model.layers; layer++)
    x = blockOutput(decoder, `${family.blocks}.${layer}`, x, layer === model.layers - 1 ? read : all);
  return norm(decoder, family.normNames.final, x);
}

/** The reward head on every packed token: [N, 1]. A reward is a pooling of these (see batch-targets). */
export function tokenScores(parameters: ParameterTensors, hidden: Tensor): Tensor {
  return matmul(hidden, named(parameters, scoreName), { transposeB: true });
}

/** Next-token logits at the packed tokens `rows` [L] only: [L, vocabSize]. */
export function logitsAt(model: ModelSpec, parameters: ParameterTensors, hidden: Tensor, rows: Tensor): Tensor {
  const { embedding, head } = familyOf(model);
  const weight = named(parameters, lmHeadName(model) ?? `${embedding.name}.weight`);
  return softCapped(matmul(gatherRows(hidden, rows), weight, { transposeB: true }), head.softCap);
}

function embedded({ model, family, parameter, batch }: Decoder): Tensor {
  const { embedding, position } = family;
  const tokens = gatherRows(parameter(`${embedding.name}.weight`), batch.tokenIds);
  const scaled = embedding.scale === 'one' ? tokens : multiply(tokens, constant(Math.sqrt(model.hiddenSize)));
  return position.kind === 'learned'
    ? add(scaled, gatherRows(parameter(`${position.name}.weight`), batch.positions))
    : scaled;
}

function blockOutput(decoder: Decoder, block: string, x: Tensor, queries: QueryInputs): Tensor {
  const kept = atQueries(queries, x);
  const middle = add(kept, attended(decoder, block, x, queries));
  return add(middle, fed(decoder, block, decoder.family.residual === 'parallel' ? kept : middle));
}

function attended(decoder: Decoder, block: string, x: Tensor, queries: QueryInputs): Tensor {
  const { attention: before, afterAttention: after } = decoder.family.normNames;
  const y = attention(decoder, block, normed(decoder, block, before, x), queries);
  return normed(decoder, block, after, y);
}

function fed(decoder: Decoder, block: string, x: Tensor): Tensor {
  const { mlp: before, afterMlp: after } = decoder.family.normNames;
  return normed(decoder, block, after, feedForward(decoder, block, normed(decoder, block, before, x)));
}

/** `x` itself where the family has no such norm. */
function normed(decoder: Decoder, block: string, name: string | null, x: Tensor): Tensor {
  return name === null ? x : norm(decoder, `${block}.${name}`, x);
}
