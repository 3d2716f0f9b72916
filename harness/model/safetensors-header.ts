/**
 * The header of a safetensors file: 8 bytes of little-endian length, then JSON: tensor name -> type, shape and place of
 * its data. Format: https://huggingface.co/docs/safetensors
 */
import { UserError } from '../spec/user-error.ts';
import { natureOfFile } from './file-nature.ts';

export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes from the start of the data. */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

export const metadataKey = '__metadata__';
export const prefixBytes = 8;

/** Bytes a value takes, for every type of the format: files may hold tensors that are never read (masks, counters). */
const dtypeBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
};

export function bytesPerValue(dtype: string): number {
  return dtypeBytes[dtype] ?? NaN;
}

/**
 * Bytes of the JSON header, from the first 8 of a file of `fileBytes`. Throws UserError where the file cannot hold it.
 */
export function headerBytesOf(path: string, prefix: Buffer, fileBytes: number): number {
  if (fileBytes < prefixBytes) throw notSafetensors(path, `expected at least ${prefixBytes} bytes, found ${fileBytes}`);
  const headerBytes = prefix.readBigUInt64LE(0);
  if (headerBytes > BigInt(fileBytes - prefixBytes))
    throw notSafetensors(path, `expected a header of ${headerBytes} bytes, found ${fileBytes - prefixBytes}`);
  return Number(headerBytes);
}

/** The file names its cause where it can: a pointer, a web page, another format. */
function notSafetensors(path: string, what: string): UserError {
  const nature = natureOfFile(path);
  return nature === null
    ? damaged(path, what)
    : new UserError(`${path}: ${nature.is}`, { exitCode: 4, hint: nature.hint });
}

/**
 * Throws UserError (exit 4) where the header is no header, or does not describe exactly the `dataBytes` that follow it.
 */
export function parseHeader(path: string, json: string, dataBytes: number): SafetensorsHeader {
  const { [metadataKey]: metadata = {}, ...tensors } = parsedHeader(path, json);
  const entries = new Map(Object.entries(tensors).map(([name, value]) => [name, parseEntry(path, name, value)]));
  const described = [...entries.values()].reduce((sum, { start, end }) => sum + end - start, 0);
  if (described > dataBytes) throw cutOff(path, described, dataBytes);
  if (described !== dataBytes) throw damaged(path, `the header describes ${described} data bytes, found ${dataBytes}`);
  const beyond = [...entries].find(([, { end }]) => end > dataBytes);
  if (beyond) throw damaged(path, `tensor ${beyond[0]}: expected data up to byte ${beyond[1].end}, found ${dataBytes}`);
  return { entries, metadata: metadata as Record<string, string> };
}

function parsedHeader(path: string, json: string): Readonly<Record<string, unknown>> {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch (cause) {
    throw damaged(path, 'the header is not JSON', cause);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw damaged(path, 'the header is not a JSON object');
  return header as Readonly<Record<string, unknown>>;
}

interface RawEntry {
  readonly dtype?: unknown;
  readonly shape?: unknown;
  readonly data_offsets?: unknown;
}

function parseEntry(path: string, name: string, value: unknown): TensorEntry {
  const { dtype: type, shape, data_offsets: offsets } = (value ?? {}) as RawEntry;
  if (!isShape(shape) || !Array.isArray(offsets))
    throw damaged(path, `tensor ${name} has no valid shape and data_offsets`);
  const [start = NaN, end = NaN] = offsets as readonly number[];
  const entry = { dtype: String(type), shape, start, end };
  const problem = problemOf(entry);
  if (problem !== null) throw damaged(path, `tensor ${name}: ${problem}`);
  return entry;
}

function problemOf({ dtype, shape, start, end }: TensorEntry): string | null {
  const expected = elementsOf(shape) * bytesPerValue(dtype);
  if (Number.isNaN(expected)) return `expected a dtype of the format, found ${dtype}`;
  if (!Number.isInteger(start) || start < 0 || end - start !== expected)
    return `expected ${expected} bytes, found offsets ${start}..${end}`;
  return null;
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isInteger(size) && size >= 0);
}

export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function cutOff(path: string, described: number, found: number): UserError {
  return new UserError(`${path}: cut off: expected ${described} bytes of data, found ${found}`, {
    exitCode: 4,
    hint: 'Download it again, or run the stage that writes it again.',
  });
}

export function damaged(path: string, what: string, cause?: unknown): UserError {
  return new UserError(`${path}: not a complete safetensors file: ${what}`, {
    exitCode: 4,
    hint: 'The file is damaged or was cut off: delete it and run the stage that writes it again.',
    cause,
  });
}
