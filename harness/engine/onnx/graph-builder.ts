/**
 * Collects ONNX nodes with value numbering: a node asked for twice with the same inputs and attributes is emitted once.
 * So the lowerings of a forward and a backward operation may each ask for what they need (a softmax, a row's inverse
 * deviation) and share it without knowing of each other.
 */
import type { AttributeValue, OnnxInitializer, OnnxNode } from './encode-protobuf.ts';

/** The name of a value in the ONNX graph. */
export type ValueName = string;

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** The operator set; ONNX's own by default. */
  readonly domain?: string;
}

export interface GraphBuilder {
  /** A node with one output. An empty input name leaves an optional input out. */
  emit(op: string, inputs: readonly ValueName[], options?: NodeOptions): ValueName;
  /** A node with several outputs. */
  emitMany(op: string, inputs: readonly ValueName[], count: number, options?: NodeOptions): readonly ValueName[];
  constant(shape: readonly number[], data: Float32Array | BigInt64Array | Int32Array): ValueName;
  scalar(value: number): ValueName;
  /** A vector of int64: shapes, axes, bounds. */
  int64(...values: readonly number[]): ValueName;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxInitializer[];
}

export const MICROSOFT = 'com.microsoft';
/** Constants larger than this are not compared with each other. */
const COMPARED_VALUES = 64;

export function graphBuilder(): GraphBuilder {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxInitializer[] = [];
  const known = new Map<string, readonly ValueName[]>();
  const remember = (key: string | null, create: () => readonly ValueName[]): readonly ValueName[] => {
    const found = key === null ? undefined : known.get(key);
    if (found !== undefined) return found;
    const created = create();
    if (key !== null) known.set(key, created);
    return created;
  };

  const emitMany: GraphBuilder['emitMany'] = (op, inputs, count, { attributes = {}, domain = '' } = {}) =>
    remember(JSON.stringify([domain, op, inputs, count, attributes]), () => {
      const outputs = Array.from({ length: count }, (_, index) => `v${nodes.length}${index === 0 ? '' : `_${index}`}`);
      nodes.push({ op, domain, inputs, outputs, attributes });
      return outputs;
    });

  const constant: GraphBuilder['constant'] = (shape, data) => {
    const key =
      data.length <= COMPARED_VALUES
        ? `${data.constructor.name} ${shape.join()} ${Array.from<number | bigint>(data).map(exactText).join()}`
        : null;
    return first(
      remember(key, () => {
        const name = `c${initializers.length}`;
        initializers.push({ name, shape, data });
        return [name];
      }),
    );
  };

  return {
    nodes,
    initializers,
    emitMany,
    constant,
    emit: (op, inputs, options) => first(emitMany(op, inputs, 1, options)),
    scalar: (value) => constant([], Float32Array.of(value)),
    int64: (...values) => constant([values.length], BigInt64Array.from(values.map(BigInt))),
  };
}

/** Tells -0 from 0, which `String` does not. */
function exactText(value: number | bigint): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function first(names: readonly ValueName[]): ValueName {
  const [name] = names;
  if (name === undefined) throw new Error('a node without outputs');
  return name;
}
