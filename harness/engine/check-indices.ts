/**
 * Fed indices against the sizes they point into. The CPU's kernels refuse an index out of range; a GPU's read zeros or
 * another row, and say nothing.
 */
import type { Dim, Program, Tensor } from '../graph/index.ts';
import { describe } from '../graph/index.ts';
import type { BoundFeed } from './bind-feeds.ts';

/** Values of the input must be below the product of `sizes`. */
export interface IndexBound {
  readonly input: Tensor;
  readonly sizes: readonly Dim[];
  readonly reader: Tensor;
}

/** What the program does with each fed index array; worked out once. */
export function indexBounds(program: Program): readonly IndexBound[] {
  return program.tensors.flatMap((reader) =>
    boundsOf(reader)
      .filter(({ input }) => input?.op === 'input')
      .map(({ input, sizes }) => ({ input: input as Tensor, sizes, reader })),
  );
}

/**
 * @throws Error that names the input, the value and the size it exceeds. Sizes that the fed arrays do not tell are not
 * checked.
 */
export function checkIndices(bounds: readonly IndexBound[], feeds: readonly BoundFeed[]): void {
  const sizes = new Map(
    feeds.flatMap(({ input, shape }) => input.shape.map((dim, axis) => [dim, shape[axis] as number] as const)),
  );
  const arrays = new Map<Tensor, BoundFeed['data']>(feeds.map(({ input, data }) => [input as Tensor, data]));
  for (const { input, sizes: dims, reader } of bounds) {
    const size = dims.reduce<number>(
      (product, dim) => product * (typeof dim === 'number' ? dim : (sizes.get(dim) ?? NaN)),
      1,
    );
    const wrong = arrays.get(input)?.find((index) => index < 0 || index >= size);
    if (wrong !== undefined)
      throw new Error(
        `run: ${describe(input)} holds ${wrong}, but ${describe(reader)} reads from ${size} rows with it`,
      );
  }
}

type Bound = { readonly input: Tensor | undefined; readonly sizes: readonly Dim[] };

function boundsOf({ op, inputs, attributes }: Tensor): readonly Bound[] {
  const rowsOf = (index: number, ...axes: readonly number[]): Dim[] =>
    axes.map((axis) => inputs[index]?.shape[axis] ?? 0);
  switch (op) {
    case 'gatherRows':
      return [{ input: inputs[1], sizes: rowsOf(0, 0) }];
    case 'scatterAddRows':
      return [{ input: inputs[1], sizes: rowsOf(2, 0) }];
    case 'rope':
      return [{ input: inputs[1], sizes: rowsOf(2, 0) }];
    case 'crossEntropyRows':
      return [{ input: inputs[1], sizes: rowsOf(0, 1) }];
    case 'padRows':
      return [{ input: inputs[1], sizes: rowsOf(0, 0) }];
    case 'packRows':
      return [{ input: inputs[1], sizes: rowsOf(0, 0, 1) }];
    case 'takeRange':
      return [{ input: inputs[1], sizes: rowsOf(0, attributes.axis) }];
    case 'placeRange':
      return [{ input: inputs[1], sizes: rowsOf(2, attributes.axis) }];
    default:
      return [];
  }
}
