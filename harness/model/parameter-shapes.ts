/**
 * The parameters of a model in a fixed order: Hugging Face names, shapes, and how each starts. Checkpoints, optimizer
 * and cost all read this one table.
 */
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { familyOf } from './family-of.ts';
import type { Family, LinearPart } from './family.ts';
import { lmHeadName, scoreName } from './head-names.ts';
import { headSizeOf } from './model-sizes.ts';
import type { ModelConfig } from './model-config.ts';

export type ParameterShapes = ReadonlyMap<string, readonly number[]>;
/** Parameter values by Hugging Face name, row-major. */
export type Parameters = Readonly<Record<string, Float32Array>>;
export interface ParameterEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** `residual`: a projection that writes into the residual stream (scaled down with depth). */
  readonly start: 'normal' | 'residual' | 'zero' | 'one';
  /** Token, position and output embeddings: what "non-embedding" parameters leave out. */
  readonly isEmbedding: boolean;
}

/**
 * Hugging Face parameter name -> shape, in the order of the forward pass; an LM head of its own where the embeddings
 * are not tied; `score.weight` last.
 */
export function parameterShapes(model: ModelConfig): ParameterShapes {
  return new Map(parameterTable(model).map((entry) => [entry.name, entry.shape]));
}

/** The same parameters with their initialization rule. */
export function parameterTable(model: ModelConfig): readonly ParameterEntry[] {
  const family = familyOf(model);
  const { embedding, position, normNames } = family;
  const D = model.hiddenSize;
  const lmHead = lmHeadName(model);
  return [
    entry(`${embedding.name}.weight`, [model.vocabSize, D], 'normal', true),
    ...(position.kind === 'learned'
      ? [entry(`${position.name}.weight`, [model.contextLength, D], 'normal', true)]
      : []),
    ...Array.from({ length: model.layers }, (_, layer) =>
      blockEntries(family, model, `${family.blocks}.${layer}`),
    ).flat(),
    ...normEntries(family, normNames.final, D),
    ...(lmHead === null ? [] : [entry(lmHead, [model.vocabSize, D], 'normal', true)]),
    entry(scoreName, [1, D], 'normal'),
  ];
}

function entry(
  name: string,
  shape: readonly number[],
  start: ParameterEntry['start'],
  isEmbedding = false,
): ParameterEntry {
  return { name, shape, start, isEmbedding };
}

function blockEntries(family: Family, model: ModelSpec, block: string): readonly ParameterEntry[] {
  const { normNames, attention, mlp } = family;
  const { projection } = attention;
  const { hiddenSize: D, intermediateSize: F } = model;
  const headSize = headSizeOf(model);
  const [queryWidth, keyValueWidth] = [model.heads * headSize, model.keyValueHeads * headSize];
  const norm = (name: string | null): readonly ParameterEntry[] =>
    name === null ? [] : normEntries(family, `${block}.${name}`, D);
  const linear = (
    part: LinearPart,
    inputs: number,
    outputs: number,
    start: 'normal' | 'residual' = 'normal',
  ): readonly ParameterEntry[] => [
    entry(
      `${block}.${part.name}.weight`,
      family.weightLayout === 'out-in' ? [outputs, inputs] : [inputs, outputs],
      start,
    ),
    ...(part.bias ? [entry(`${block}.${part.name}.bias`, [outputs], 'zero')] : []),
  ];
  return [
    ...norm(normNames.attention),
    ...(projection.kind === 'fused'
      ? linear(projection.queryKeyValue, D, queryWidth + 2 * keyValueWidth)
      : [
          ...linear(projection.query, D, queryWidth),
          ...linear(projection.key, D, keyValueWidth),
          ...linear(projection.value, D, keyValueWidth),
        ]),
    ...linear(attention.output, queryWidth, D, 'residual'),
    ...norm(normNames.afterAttention),
    ...norm(normNames.mlp),
    ...(mlp.gate === null ? [] : linear(mlp.gate, D, F)),
    ...linear(mlp.up, D, F),
    ...linear(mlp.down, F, D, 'residual'),
    ...norm(normNames.afterMlp),
  ];
}

/** Norms start as the identity map of the normalized value. */
function normEntries({ norm }: Family, name: string, width: number): readonly ParameterEntry[] {
  return [
    entry(`${name}.weight`, [width], norm.weightOffset === 1 ? 'zero' : 'one'),
    ...(norm.kind === 'layer' ? [entry(`${name}.bias`, [width], 'zero')] : []),
  ];
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
