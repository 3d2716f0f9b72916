/**
 * Writes an ONNX model (protocol buffers, proto3 wire format) from plain records: just the messages a tensor program
 * needs. Field numbers are those of onnx.proto, IR version 10; see the comment at each message.
 */

export type AttributeValue =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'string'; readonly value: string };

export interface OnnxNode {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export type ElementType = 'float32' | 'int32' | 'int64' | 'float16' | 'uint16' | 'bfloat16';

export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxInitializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | BigInt64Array;
}

export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers: readonly OnnxInitializer[];
  /** Version of each operator set by domain; '' is ONNX itself. */
  readonly operatorSets: Readonly<Record<string, number>>;
}

const IR_VERSION = 10;
/** TensorProto.DataType. */
export const ELEMENT_TYPES: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint16: 4,
  int32: 6,
  int64: 7,
  float16: 10,
  bfloat16: 16,
};
const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, ints: 7 } as const;

type Bytes = Uint8Array;

/** ModelProto: ir_version 1, producer_name 2, graph 7, opset_import 8. */
export function encodeModel(model: OnnxModel): Bytes {
  const operatorSets = Object.entries(model.operatorSets).map(([domain, version]) =>
    message(8, [text(1, domain), integer(2, version)]),
  );
  return join([integer(1, IR_VERSION), text(2, 'harness'), message(7, graphFields(model)), ...operatorSets]);
}

/** GraphProto: node 1, name 2, initializer 5, input 11, output 12. */
function graphFields(model: OnnxModel): Bytes[] {
  return [
    ...model.nodes.map((node) => message(1, nodeFields(node))),
    text(2, 'program'),
    ...model.initializers.map((initializer) => message(5, initializerFields(initializer))),
    ...model.inputs.map((value) => message(11, valueFields(value))),
    ...model.outputs.map((value) => message(12, valueFields(value))),
  ];
}

/** NodeProto: input 1, output 2, name 3, op_type 4, attribute 5, domain 7. */
function nodeFields(node: OnnxNode): Bytes[] {
  return [
    ...node.inputs.map((name) => text(1, name)),
    ...node.outputs.map((name) => text(2, name)),
    text(3, `${node.op}:${node.outputs[0] ?? ''}`),
    text(4, node.op),
    ...Object.entries(node.attributes).map(([name, value]) => message(5, attributeFields(name, value))),
    text(7, node.domain),
  ];
}

/** AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20. */
function attributeFields(name: string, attribute: AttributeValue): Bytes[] {
  return [text(1, name), ...attributeValue(attribute), integer(20, ATTRIBUTE_TYPES[attribute.kind])];
}

function attributeValue(attribute: AttributeValue): Bytes[] {
  switch (attribute.kind) {
    case 'float':
      return [float(2, attribute.value)];
    case 'int':
      return [integer(3, attribute.value)];
    case 'string':
      return [text(4, attribute.value)];
    case 'ints':
      return attribute.value.map((value) => integer(8, value));
  }
}

/** ValueInfoProto: name 1, type 2 > tensor_type 1 > elem_type 1, shape 2 > dim 1 > dim_value 1 or dim_param 2. */
function valueFields(value: OnnxValue): Bytes[] {
  const dims = value.shape.map((dim) => message(1, [typeof dim === 'number' ? integer(1, dim) : text(2, dim)]));
  const tensorType = message(1, [integer(1, ELEMENT_TYPES[value.type]), message(2, dims)]);
  return [text(1, value.name), message(2, [tensorType])];
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9 (little-endian, as this machine's own arrays are). */
function initializerFields({ name, shape, data }: OnnxInitializer): Bytes[] {
  const type = data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'int64';
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [
    ...shape.map((size) => integer(1, size)),
    integer(2, ELEMENT_TYPES[type]),
    text(8, name),
    lengthDelimited(9, raw),
  ];
}

const WIRE_VARINT = 0;
const WIRE_LENGTH = 2;
const WIRE_32_BIT = 5;

function message(field: number, parts: readonly Bytes[]): Bytes {
  return lengthDelimited(field, join(parts));
}

function text(field: number, value: string): Bytes {
  return lengthDelimited(field, new TextEncoder().encode(value));
}

function integer(field: number, value: number): Bytes {
  return join([tag(field, WIRE_VARINT), varint(BigInt(value))]);
}

function float(field: number, value: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return join([tag(field, WIRE_32_BIT), bytes]);
}

function lengthDelimited(field: number, bytes: Bytes): Bytes {
  return join([tag(field, WIRE_LENGTH), varint(BigInt(bytes.length)), bytes]);
}

function tag(field: number, wireType: number): Bytes {
  return varint(BigInt(field * 8 + wireType));
}

/** Seven bits a byte, least significant first; a negative number as its 64-bit two's complement. */
function varint(value: bigint): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function join(parts: readonly Bytes[]): Bytes {
  const result = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}
