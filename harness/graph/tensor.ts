/**
 * Tensor programs as values. A tensor is a frozen record of one operation applied to other tensors; building a program
 * runs nothing. Dimensions may be symbols ('N' tokens, 'B' rows): they are bound by the arrays fed at run time, so one
 * program serves every batch shape.
 */

/** A size: a number, or the name of a size that the fed arrays decide. Equal names mean equal sizes. */
export type Dim = number | string;
export type Shape = readonly Dim[];
/** `float32` computes (the reference executor uses float64); `int32` only indexes. */
export type DataType = 'float32' | 'int32';

type None = Readonly<Record<never, never>>;

/** Every operation and its attributes: the one list that gradient rules, costs and executors must each cover. */
export interface OpAttributes {
  readonly input: { readonly name: string };
  readonly constant: { readonly data: Float32Array };
  readonly add: None;
  readonly subtract: None;
  readonly multiply: None;
  readonly divide: None;
  readonly negate: None;
  readonly exp: None;
  readonly log: None;
  readonly sqrt: None;
  readonly square: None;
  readonly reciprocal: None;
  readonly sigmoid: None;
  readonly tanh: None;
  readonly erf: None;
  readonly softplus: None;
  readonly silu: None;
  readonly siluDerivative: None;
  readonly gelu: None;
  readonly geluDerivative: None;
  readonly matmul: { readonly transposeA: boolean; readonly transposeB: boolean; readonly scale: number };
  /**
   * `sizes` tells each target dimension: its number, 0 for the input's size at the same index, -1 for the one that
   * follows from the others. null: only sizes of 1 come and go, or a second input gives the shape.
   */
  readonly reshape: { readonly sizes: readonly number[] | null };
  readonly transpose: { readonly permutation: readonly number[] };
  readonly slice: { readonly axis: number; readonly start: number; readonly end: number };
  readonly padAxis: { readonly axis: number; readonly before: number; readonly after: number };
  readonly concat: { readonly axis: number };
  readonly takeRange: { readonly axis: number };
  readonly placeRange: { readonly axis: number };
  readonly broadcastLike: None;
  readonly sizeOf: { readonly axes: readonly number[] };
  readonly sum: { readonly axes: readonly number[]; readonly keepDims: boolean };
  readonly softmax: None;
  /** `areDistinct`: no index comes twice, which its scatter may rely on. */
  readonly gatherRows: { readonly areDistinct: boolean };
  readonly scatterAddRows: { readonly areDistinct: boolean };
  readonly padRows: None;
  readonly packRows: None;
  readonly rope: { readonly headSize: number; readonly inverse: boolean };
  readonly rmsNorm: { readonly epsilon: number };
  readonly rmsNormInputGradient: { readonly epsilon: number };
  readonly rmsNormWeightGradient: { readonly epsilon: number };
  readonly layerNorm: { readonly epsilon: number };
  readonly layerNormInputGradient: { readonly epsilon: number };
  readonly layerNormWeightGradient: { readonly epsilon: number };
  readonly crossEntropyRows: None;
  readonly crossEntropyLogitsGradient: None;
  readonly stopGradient: None;
  readonly after: None;
}

export type OpKind = keyof OpAttributes;

export interface TensorOf<K extends OpKind> {
  /** Unique within the process; it orders creation and names the tensor in messages, and means nothing else. */
  readonly id: number;
  readonly op: K;
  readonly inputs: readonly Tensor[];
  readonly attributes: OpAttributes[K];
  readonly shape: Shape;
  readonly dtype: DataType;
}

export type Tensor = { [K in OpKind]: TensorOf<K> }[OpKind];

/** A table with one function per operation; a new operation without an entry is a type error. */
export type OpTable<Rest extends readonly unknown[], Result> = {
  readonly [K in OpKind]: (tensor: TensorOf<K>, ...rest: Rest) => Result;
};

/** Calls the entry of `table` for the operation of `tensor`. */
export function dispatch<Rest extends readonly unknown[], Result>(
  table: OpTable<Rest, Result>,
  tensor: Tensor,
  ...rest: Rest
): Result {
  // Correlated unions: the compiler cannot see that table[tensor.op] takes exactly this tensor; the table's type
  // guarantees it.
  const entry = table[tensor.op] as (tensor: Tensor, ...rest: Rest) => Result;
  return entry(tensor, ...rest);
}

let created = 0;

export function makeTensor<K extends OpKind>(
  op: K,
  inputs: readonly Tensor[],
  attributes: OpAttributes[K],
  shape: Shape,
  dtype: DataType = 'float32',
): Tensor {
  created += 1;
  const tensor: TensorOf<K> = { id: created, op, inputs, attributes, shape: Object.freeze([...shape]), dtype };
  return Object.freeze(tensor) as Tensor;
}

/** A tensor fed at run time (or kept as state). Names must be unique in a program. */
export function input(name: string, shape: Shape, dtype: DataType = 'float32'): Tensor {
  if (name === '') throw new Error('input: the name is empty');
  for (const dim of shape) checkDim(dim, `input "${name}"`);
  return makeTensor('input', [], { name }, shape, dtype);
}

/** A fixed float32 value: a scalar, or row-major data with its shape. */
export function constant(
  value: number | { readonly shape: readonly number[]; readonly data: readonly number[] | Float32Array },
): Tensor {
  if (typeof value === 'number') return makeTensor('constant', [], { data: Float32Array.of(value) }, []);
  const size = value.shape.reduce((product, dim) => product * dim, 1);
  if (value.data.length !== size)
    throw new Error(`constant: shape ${formatShape(value.shape)} holds ${size} values, found ${value.data.length}`);
  return makeTensor('constant', [], { data: Float32Array.from(value.data) }, value.shape);
}

/** The value of a scalar constant, or null. Used to simplify programs while they are built. */
export function scalarValue(tensor: Tensor): number | null {
  return tensor.op === 'constant' && tensor.shape.length === 0 ? (tensor.attributes.data[0] ?? null) : null;
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** How messages call a tensor: `input "tokens" [N]` or `matmul#41 [N, 256]`. */
export function describe(tensor: Tensor): string {
  const name = tensor.op === 'input' ? `input "${tensor.attributes.name}"` : `${tensor.op}#${tensor.id}`;
  return `${name} ${formatShape(tensor.shape)}${tensor.dtype === 'int32' ? ' int32' : ''}`;
}

/** The error of a misused operation: the operation, and every tensor it was applied to. */
export function opError(op: string, problem: string, ...tensors: readonly Tensor[]): Error {
  return new Error(`${op}: ${problem}; found ${tensors.map(describe).join(', ')}`);
}

function checkDim(dim: Dim, where: string): void {
  const isValid = typeof dim === 'string' ? dim !== '' : Number.isInteger(dim) && dim >= 0;
  if (!isValid) throw new Error(`${where}: a dimension is a whole number or a name, found ${JSON.stringify(dim)}`);
}
