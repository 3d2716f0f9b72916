/**
 * Collects ONNX nodes with value numbering: a node requested twice with the same inputs and attributes is emitted once.
 * So the lowerings of a forward and a backward operation may each request what they need (a softmax, a row's inverse
 * deviation) and share it without a reference to each other.
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
  return new NumberingBuilder();
}

class NumberingBuilder implements GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  readonly #known = new Map<string, readonly ValueName[]>();

  emit(op: string, inputs: readonly ValueName[], options?: NodeOptions): ValueName {
    return first(this.emitMany(op, inputs, 1, options));
  }

  emitMany(
    op: string,
    inputs: readonly ValueName[],
    count: number,
    { attributes = {}, domain = '' }: NodeOptions = {},
  ): readonly ValueName[] {
    return this.#remember(JSON.stringify([domain, op, inputs, count, attributes]), () => {
      const name = `v${this.nodes.length}`;
      const outputs = Array.from({ length: count }, (_, index) => `${name}${index === 0 ? '' : `_${index}`}`);
      this.nodes.push({ op, domain, inputs, outputs, attributes });
      return outputs;
    });
  }

  constant(shape: readonly number[], data: OnnxInitializer['data']): ValueName {
    const create = (): readonly ValueName[] => {
      const name = `c${this.initializers.length}`;
      this.initializers.push({ name, shape, data });
      return [name];
    };
    if (data.length > COMPARED_VALUES) return first(create());
    const values = Array.from<number | bigint>(data).map(exactText).join();
    return first(this.#remember(`${data.constructor.name} ${shape.join()} ${values}`, create));
  }

  scalar(value: number): ValueName {
    return this.constant([], Float32Array.of(value));
  }

  int64(...values: readonly number[]): ValueName {
    return this.constant([values.length], BigInt64Array.from(values.map(BigInt)));
  }

  #remember(key: string, create: () => readonly ValueName[]): readonly ValueName[] {
    const made = this.#known.get(key) ?? create();
    this.#known.set(key, made);
    return made;
  }
}

/** Distinguishes -0 from 0, which `String` does not. */
function exactText(value: number | bigint): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function first(names: readonly ValueName[]): ValueName {
  const [name] = names;
  if (name === undefined) throw new Error('a node without outputs');
  return name;
}
