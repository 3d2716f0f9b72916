/**
 * Sizes that follow from a model's own, the checks that they fit its family, and the key under which compiled programs
 * are shared.
 */
import { hasGroupedQueries } from '../families/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { familyOf } from './family-of.ts';
import type { ModelConfig } from './model-config.ts';

/**
 * Width of one attention head. Throws RangeError where the widths do not divide; the experiment schema names such
 * fields earlier.
 */
export function headSizeOf(model: ModelSpec): number {
  const { hiddenSize, heads } = model;
  if (!model.headSize && hiddenSize % heads !== 0)
    throw new RangeError(`hiddenSize ${hiddenSize} is not a multiple of heads ${heads}`);
  checkKeyValueHeads(model);
  return model.headSize ?? hiddenSize / heads;
}

function checkKeyValueHeads(model: ModelSpec): void {
  const { heads, keyValueHeads } = model;
  if (heads % keyValueHeads !== 0)
    throw new RangeError(`heads ${heads} is not a multiple of keyValueHeads ${keyValueHeads}`);
  if (!hasGroupedQueries(model.family) && heads !== keyValueHeads)
    throw new RangeError(
      `${model.family} has no grouped-query attention: keyValueHeads ${keyValueHeads} must equal heads ${heads}`,
    );
}

/**
 * Values of a head that rotary positions turn (0 with learned positions), rounded down as `transformers` does. Throws
 * RangeError where it is odd.
 */
export function rotaryWidthOf(model: ModelSpec): number {
  const { position } = familyOf(model);
  if (position.kind === 'learned') return 0;
  const width = Math.floor(headSizeOf(model) * position.rotaryFraction);
  if (width === 0 || width % 2 !== 0)
    throw new RangeError(
      `rotary positions need an even number of values, found ${width} of a head of ${headSizeOf(model)}`,
    );
  return width;
}

/**
 * Names what a compiled decoder depends on: models with equal keys can share a session. The model's name, pooling and
 * initialization are not part of it.
 */
export function architectureKey(model: ModelConfig): string {
  const { hiddenSize, layers, heads, keyValueHeads, intermediateSize, contextLength } = model;
  return JSON.stringify({
    family: model.family,
    hiddenSize,
    layers,
    heads,
    keyValueHeads,
    intermediateSize,
    contextLength,
    headSize: headSizeOf(model),
    parts: familyOf(model),
    vocabSize: model.vocabSize,
    hasScoreBias: model.hasScoreBias,
  });
}
