/** Rotation of queries and keys to their positions, for each layer of a model. */
import { concat, reshape, rope, split, type Dim, type Tensor } from '../graph/index.ts';
import type { ModelSpec } from '../spec/experiment-schema.ts';
import { layersOf, type LayerRope } from './layers.ts';
import { declareRopes, hasLengthRopes } from './length-ropes.ts';
import { headSizeOf, rotaryWidthOf } from './model-sizes.ts';
import { ropeTables } from './rope-tables.ts';

/** Rotates queries or keys [N, heads * headSize] to their positions [N]. */
export type Rotate = (x: Tensor, positions: Tensor) => Tensor;

/** One rotation a layer: the identity where a layer has none. Layers that rotate alike share their tables. */
export function rotationsOf(model: ModelSpec): readonly Rotate[] {
  const made = new Map<string, Rotate>();
  return layersOf(model).map(({ rope: part }) => {
    const key = JSON.stringify(part);
    const rotate = made.get(key) ?? rotation(model, part);
    made.set(key, rotate);
    return rotate;
  });
}

function rotation(model: ModelSpec, part: LayerRope | null): Rotate {
  if (part === null) return (x) => x;
  const headSize = headSizeOf(model);
  const width = rotaryWidthOf(model);
  const isFed = part.scaling !== null && hasLengthRopes(model);
  const { cos, sin } = isFed ? declareRopes(width) : ropeTables(model.contextLength, { width, ...part });
  if (width === headSize) return (x, positions) => rope(x, positions, cos, sin, headSize);
  return (x, positions) =>
    rotatedInPart(x, { headSize, width }, (turning) => rope(turning, positions, cos, sin, width));
}

/** Applies `rotate` to the first `width` values of every head of x [N, heads * headSize]; the rest stay. */
function rotatedInPart(
  x: Tensor,
  { headSize, width }: { readonly headSize: number; readonly width: number },
  rotate: (turning: Tensor) => Tensor,
): Tensor {
  const [tokens, columns] = x.shape as readonly [Dim, number];
  const heads = columns / headSize;
  const parts = split(reshape(x, [tokens, heads, headSize]), [width, headSize - width], 2);
  const [turning, resting] = parts as [Tensor, Tensor];
  const turned = rotate(reshape(turning, [tokens, heads * width]));
  return reshape(concat([reshape(turned, [tokens, heads, width]), resting], 2), [tokens, heads * headSize]);
}
