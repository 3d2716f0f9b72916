/**
 * An Arrow IPC file read by position: where the buffers of every column lie, so that single rows are read and never the
 * whole file. Columns may be int32, float64, text, and lists of them; without compression or dictionaries, as ours are.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { DataType, Field, Message, Schema } from 'apache-arrow';
import { arrow } from './load.ts';

const magic = Buffer.from('ARROW1');
/** The magic, padded to 8 bytes. */
const headBytes = 8;
/** Length of the footer (int32) and the magic. */
const tailBytes = 4 + magic.length;
/** A marker (-1) and the length of the metadata: in front of every message. */
const prefixBytes = 8;

/** Bytes of the file. */
export interface Span {
  readonly position: number;
  readonly bytes: number;
}

/** One column of a record batch. */
export interface ColumnLayout {
  /** As Arrow writes it, e.g. `List<Int32>`. */
  readonly type: string;
  readonly length: number;
  readonly nullCount: number;
  /** One bit a row, least significant first; 0 bytes where no row is null. */
  readonly validity: Span;
  /** Of lists and text: int32, one more than rows. */
  readonly offsets: Span | null;
  /** Of numbers and text. */
  readonly values: Span | null;
  /** Of lists. */
  readonly child: ColumnLayout | null;
}

export interface BatchLayout {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, ColumnLayout>;
}

/** An open file. */
export class ColumnFile {
  readonly metadata: ReadonlyMap<string, string>;
  readonly batches: readonly BatchLayout[];
  readonly #file: number;

  constructor(file: number, metadata: ReadonlyMap<string, string>, batches: readonly BatchLayout[]) {
    this.#file = file;
    this.metadata = metadata;
    this.batches = batches;
  }

  /** Integers `from` (inclusive) to `to` of a buffer of int32. */
  int32({ position }: Span, from: number, to: number): Int32Array {
    const values = new Int32Array(to - from);
    readFully(this.#file, values, position + 4 * from);
    return values;
  }

  /** Bytes `from` (inclusive) to `to` of a buffer. */
  bytes({ position }: Span, from: number, to: number): Buffer {
    const bytes = Buffer.allocUnsafe(to - from);
    readFully(this.#file, bytes, position + from);
    return bytes;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** @throws Error where the file is missing, cut off, or no Arrow file of such columns. */
export function openColumnFile(path: string): ColumnFile {
  const file = openSync(path, 'r');
  try {
    const schema = readSchema(file);
    return new ColumnFile(file, schema.metadata, [...readBatches(file, schema)]);
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** The schema stands in the footer. A file of nothing but the footer is what the library is given to decode. */
function readSchema(file: number): Schema {
  const { size } = fstatSync(file);
  if (size < headBytes + tailBytes || !readBytes(file, 0, magic.length).equals(magic))
    throw new Error('not an Arrow file');
  const tail = readBytes(file, size - tailBytes, tailBytes);
  if (!tail.subarray(4).equals(magic)) throw new Error('the Arrow file is cut off');
  const footerBytes = tail.readInt32LE(0);
  const start = size - tailBytes - footerBytes;
  if (footerBytes <= 0 || start < headBytes) throw new Error('the Arrow file is damaged');
  const { RecordBatchReader } = arrow();
  const head = Buffer.alloc(headBytes);
  magic.copy(head);
  const reader = RecordBatchReader.from(Buffer.concat([head, readBytes(file, start, size - start)]));
  return reader.open().schema;
}

/** Messages follow one another from the head on; one without metadata ends them. */
function* readBatches(file: number, schema: Schema): Generator<BatchLayout> {
  const { size } = fstatSync(file);
  for (let position = headBytes; ;) {
    const metadataBytes = readBytes(file, position, prefixBytes).readInt32LE(4);
    if (metadataBytes === 0) return;
    const body = position + prefixBytes + metadataBytes;
    if (metadataBytes < 0 || body > size) throw new Error('the Arrow file is damaged');
    const message = arrow().Message.decode(readBytes(file, position + prefixBytes, metadataBytes));
    position = body + message.bodyLength;
    if (position > size) throw new Error('the Arrow file is damaged');
    yield batchLayout(message, schema, body);
  }
}

function batchLayout(message: Message, schema: Schema, body: number): BatchLayout {
  if (!message.isRecordBatch()) throw new Error('the Arrow file has dictionaries, which are not read');
  const { length, nodes, buffers, compression } = message.header();
  if (compression !== null) throw new Error('the Arrow file is compressed, which is not read');
  const spans = buffers.map((region) => ({ position: body + region.offset, bytes: region.length }));
  const parts: Parts = { nodes: nodes.values(), spans: spans.values() };
  const columns = schema.fields.map((field: Field) => [field.name, columnLayout(field.type, parts)] as const);
  return { rows: length, columns: new Map(columns) };
}

interface Parts {
  readonly nodes: Iterator<{ readonly length: number; readonly nullCount: number }>;
  readonly spans: Iterator<Span>;
}

/** Nodes and buffers stand in the order of the columns, a list's own before those of its items. */
function columnLayout(type: DataType, parts: Parts): ColumnLayout {
  const { DataType: types } = arrow();
  const isList = types.isList(type);
  const isText = types.isUtf8(type);
  if (!isList && !isText && !types.isInt(type) && !types.isFloat(type))
    throw new Error(`the Arrow file has a column of the type ${String(type)}, which is not read`);
  const { length, nullCount } = taken(parts.nodes);
  const own = { type: String(type), length, nullCount, validity: taken(parts.spans) };
  const offsets = isList || isText ? taken(parts.spans) : null;
  if (!isList) return { ...own, offsets, values: taken(parts.spans), child: null };
  return { ...own, offsets, values: null, child: columnLayout(type.valueType as DataType, parts) };
}

function taken<T>(parts: Iterator<T>): T {
  const { value, done } = parts.next();
  if (done === true) throw new Error('the Arrow file is damaged');
  return value as T;
}

function readBytes(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readFully(file, bytes, position);
  return bytes;
}

function readFully(file: number, into: NodeJS.ArrayBufferView, position: number): void {
  for (let read = 0; read < into.byteLength;) {
    const count = readSync(file, into, read, into.byteLength - read, position + read);
    if (count === 0) throw new Error('the Arrow file is cut off');
    read += count;
  }
}
