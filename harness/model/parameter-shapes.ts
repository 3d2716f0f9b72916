/** The parameters of a model in a fixed order: Hugging Face names, shapes, and how each starts. Checkpoints, optimizer and cost all read this one table. */
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { families, headSizeOf, scoreName, type Family, type LinearPart } from './family.ts';

export type ParameterShapes = ReadonlyMap<string, readonly number[]>;
/** Parameter values by Hugging Face name, row-major. */
export type Parameters = Readonly<Record<string, Float32Array>>;
export interface ParameterEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** `residual`: a projection that writes into the residual stream (scaled down with depth). */
  readonly start: 'normal' | 'residual' | 'zero' | 'one';
}

/** Hugging Face parameter name -> shape, in the order of the forward pass; `score.weight` last. Embeddings are tied, so there is no `lm_head`. */
export function parameterShapes(model: ModelSpec, vocabSize: number): ParameterShapes {
  return new Map(parameterTable(model, vocabSize).map((entry) => [entry.name, entry.shape]));
}

/** The same parameters with their initialization rule. */
export function parameterTable(model: ModelSpec, vocabSize: number): readonly ParameterEntry[] {
  const family = families[model.family];
  const { names, norm, position } = family;
  const D = model.hiddenSize;
  return [
    { name: `${names.embedding}.weight`, shape: [vocabSize, D], start: 'normal' },
    ...(position.kind === 'learned' ? [{ name: `${position.name}.weight`, shape: [model.contextLength, D], start: 'normal' } as const] : []),
    ...Array.from({ length: model.layers }, (_, layer) => blockEntries(family, model, `${names.blocks}.${layer}`)).flat(),
    ...normEntries(names.finalNorm, norm.kind, D),
    { name: scoreName, shape: [1, D], start: 'normal' },
  ];
}

function blockEntries(family: Family, model: ModelSpec, block: string): readonly ParameterEntry[] {
  const { names, norm, attention, mlp } = family;
  const { hiddenSize: D, intermediateSize: F } = model;
  const keyValueWidth = model.keyValueHeads * headSizeOf(model);
  const linear = (part: LinearPart, inputs: number, outputs: number, start: 'normal' | 'residual' = 'normal'): readonly ParameterEntry[] => [
    { name: `${block}.${part.name}.weight`, shape: family.weightLayout === 'out-in' ? [outputs, inputs] : [inputs, outputs], start },
    ...(part.bias ? [{ name: `${block}.${part.name}.bias`, shape: [outputs], start: 'zero' } as const] : []),
  ];
  return [
    ...normEntries(`${block}.${names.attentionNorm}`, norm.kind, D),
    ...(attention.kind === 'fused'
      ? linear(attention.queryKeyValue, D, 3 * D)
      : [...linear(attention.query, D, D), ...linear(attention.key, D, keyValueWidth), ...linear(attention.value, D, keyValueWidth)]),
    ...linear(attention.output, D, D, 'residual'),
    ...normEntries(`${block}.${names.mlpNorm}`, norm.kind, D),
    ...(mlp.kind === 'gated-silu' ? linear(mlp.gate, D, F) : []),
    ...linear(mlp.up, D, F),
    ...linear(mlp.down, F, D, 'residual'),
  ];
}

function normEntries(name: string, kind: 'rms' | 'layer', width: number): readonly ParameterEntry[] {
  return [{ name: `${name}.weight`, shape: [width], start: 'one' }, ...(kind === 'layer' ? [{ name: `${name}.bias`, shape: [width], start: 'zero' } as const] : [])];
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
