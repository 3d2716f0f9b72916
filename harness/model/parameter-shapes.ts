/**
 * The parameters of a model in a fixed order: Hugging Face names, shapes, and how each starts. Checkpoints, optimizer
 * and cost all read this one table.
 */
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { familyOf } from './family-of.ts';
import type { Family, LinearPart } from './family.ts';
import { lmHeadName, scoreBiasName, scoreName } from './head-names.ts';
import { headSizeOf } from './model-sizes.ts';
import type { ModelConfig } from './model-config.ts';

export type ParameterShapes = ReadonlyMap<string, readonly number[]>;
/** Parameter values by Hugging Face name, row-major. */
export type Parameters = Readonly<Record<string, Float32Array>>;
/** The values of a parameter, read when they are asked for: a model need not fit the memory. */
export type ReadParameter = (name: string) => Promise<Float32Array>;
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
 * are not tied; the reward head last.
 */
export function parameterShapes(model: ModelConfig): ParameterShapes {
  return new Map(parameterTable(model).map((entry) => [entry.name, entry.shape]));
}

/** The same parameters with their initialization rule. */
export function parameterTable(model: ModelConfig): readonly ParameterEntry[] {
  const family = familyOf(model);
  const blocks = Array.from({ length: model.layers }, (_, layer) => `${family.blocks}.${layer}`);
  return [
    ...embeddingEntries(family, model),
    ...blocks.flatMap((block) => blockEntries(family, model, block)),
    ...normEntries(family, family.normNames.final, model.hiddenSize),
    ...headEntries(model),
  ];
}

function embeddingEntries({ embedding, position }: Family, model: ModelConfig): readonly ParameterEntry[] {
  const { vocabSize, contextLength, hiddenSize: D } = model;
  const tokens = entry(`${embedding.name}.weight`, [vocabSize, D], 'normal', true);
  if (position.kind !== 'learned') return [tokens];
  return [tokens, entry(`${position.name}.weight`, [contextLength, D], 'normal', true)];
}

function headEntries(model: ModelConfig): readonly ParameterEntry[] {
  const { vocabSize, hiddenSize: D } = model;
  const lmHead = lmHeadName(model);
  return [
    ...(lmHead === null ? [] : [entry(lmHead, [vocabSize, D], 'normal', true)]),
    entry(scoreName, [1, D], 'normal'),
    ...(model.hasScoreBias === true ? [entry(scoreBiasName, [1], 'zero')] : []),
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
  const { normNames } = family;
  const norm = (name: string | null): readonly ParameterEntry[] =>
    name === null ? [] : normEntries(family, `${block}.${name}`, model.hiddenSize);
  return [
    ...norm(normNames.attention),
    ...attentionEntries(family, model, block),
    ...norm(normNames.afterAttention),
    ...norm(normNames.mlp),
    ...mlpEntries(family, model, block),
    ...norm(normNames.afterMlp),
  ];
}

function attentionEntries(family: Family, model: ModelSpec, block: string): readonly ParameterEntry[] {
  const { output } = family.attention;
  const sizes = [model.heads * headSizeOf(model), model.hiddenSize] as const;
  return [
    ...projectionEntries(family, model, block),
    ...queryKeyNormEntries(family, model, block),
    ...linearEntries(family, block, output, sizes, 'residual'),
  ];
}

function queryKeyNormEntries(family: Family, model: ModelSpec, block: string): readonly ParameterEntry[] {
  const { queryKeyNorm } = family.attention;
  if (queryKeyNorm === null) return [];
  const width = (heads: number): number => headSizeOf(model) * (queryKeyNorm.over === 'head' ? 1 : heads);
  return [
    ...normEntries(family, `${block}.${queryKeyNorm.query}`, width(model.heads)),
    ...normEntries(family, `${block}.${queryKeyNorm.key}`, width(model.keyValueHeads)),
  ];
}

/** Queries, keys and values. */
function projectionEntries(family: Family, model: ModelSpec, block: string): readonly ParameterEntry[] {
  const headSize = headSizeOf(model);
  const widths = { query: model.heads * headSize, keyValue: model.keyValueHeads * headSize };
  return projections(family, widths).flatMap(([part, width]) =>
    linearEntries(family, block, part, [model.hiddenSize, width]),
  );
}

/** The linear maps of the projection, with their outputs. */
function projections(
  { attention: { projection } }: Family,
  { query, keyValue }: { readonly query: number; readonly keyValue: number },
): readonly (readonly [LinearPart, number])[] {
  if (projection.kind === 'fused') return [[projection.queryKeyValue, query + 2 * keyValue]];
  return [
    [projection.query, query],
    [projection.key, keyValue],
    [projection.value, keyValue],
  ];
}

function mlpEntries(family: Family, model: ModelSpec, block: string): readonly ParameterEntry[] {
  const { projection, down } = family.mlp;
  const { hiddenSize: D, intermediateSize: F } = model;
  const into = (part: LinearPart, width: number): readonly ParameterEntry[] =>
    linearEntries(family, block, part, [D, width]);
  return [
    ...(projection.kind === 'gated' ? into(projection.gate, F) : []),
    ...(projection.kind === 'fused' ? into(projection.gateUp, 2 * F) : into(projection.up, F)),
    ...linearEntries(family, block, down, [F, D], 'residual'),
  ];
}

/** @param sizes Inputs and outputs of the map. */
function linearEntries(
  { weightLayout }: Family,
  block: string,
  part: LinearPart,
  sizes: readonly [inputs: number, outputs: number],
  start: 'normal' | 'residual' = 'normal',
): readonly ParameterEntry[] {
  const name = `${block}.${part.name}`;
  return [
    entry(`${name}.weight`, weightLayout === 'out-in' ? sizes.toReversed() : sizes, start),
    ...(part.bias ? [entry(`${name}.bias`, [sizes[1]], 'zero')] : []),
  ];
}

/** Norms start as the identity map of the normalized value. */
function normEntries({ norm }: Family, name: string, width: number): readonly ParameterEntry[] {
  return [
    entry(`${name}.weight`, [width], norm.weightOffset === 1 ? 'zero' : 'one'),
    ...(norm.kind === 'layer' ? [entry(`${name}.bias`, [width], 'zero')] : []),
  ];
}
