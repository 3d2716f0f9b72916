/**
 * Tensors on disk in the safetensors format (8-byte little-endian header length, JSON header, raw row-major data): readable by any Hugging Face tool,
 * and nothing in a file can run. Written whole under a temporary name, fsynced and renamed, so that a crash never leaves half a checkpoint.
 * Format: https://huggingface.co/docs/safetensors
 */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { UserError } from '../spec/user-error.ts';

export interface StoredTensor { readonly shape: readonly number[]; readonly data: Float32Array | Int32Array }
export interface TensorFile { readonly tensors: Readonly<Record<string, StoredTensor>>; readonly metadata: Readonly<Record<string, string>> }

const metadataKey = '__metadata__';
const prefixBytes = 8;

/** Writes `tensors` in the given order and `metadata` (strings only, by the format). Equal input gives equal bytes. */
export async function writeSafetensors(path: string, tensors: Readonly<Record<string, StoredTensor>>, metadata: Readonly<Record<string, string>>): Promise<void> {
  const header: Record<string, unknown> = { [metadataKey]: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    if (elementsOf(shape) !== data.length) throw new RangeError(`tensor ${name}: shape [${shape.join(', ')}] does not hold ${data.length} values`);
    header[name] = { dtype: data instanceof Float32Array ? 'F32' : 'I32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  // Spaces to a multiple of 8, so that the data starts aligned (the reference writer does the same).
  const json = JSON.stringify(header);
  const headerText = Buffer.from(json + ' '.repeat((prefixBytes - (Buffer.byteLength(json) % prefixBytes)) % prefixBytes));
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeBigUInt64LE(BigInt(headerText.length));
  const chunks = [prefix, headerText, ...Object.values(tensors).map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))];
  await writeAtomically(path, chunks);
}

/** Reads a file written by anyone. Throws UserError (exit 4) naming file, expected and found where it is truncated, malformed, or of a type we do not hold. */
export async function readSafetensors(path: string): Promise<TensorFile> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UserError(`${path}: cannot be read`, { exitCode: 4, hint: 'Run the stage that writes it again.', cause });
  });
  const { header, dataStart } = readHeader(path, bytes);
  const tensors: Record<string, StoredTensor> = {};
  let metadata: Record<string, string> = {};
  let described = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === metadataKey) metadata = entry as Record<string, string>;
    else {
      tensors[name] = readTensor(path, name, entry, bytes.subarray(dataStart));
      described += tensors[name].data.length * bytesOf(entry);
    }
  }
  const found = bytes.length - dataStart;
  if (described !== found) throw damaged(path, `the header describes ${described} data bytes, found ${found}`);
  return { tensors, metadata };
}

function readHeader(path: string, bytes: Buffer): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < prefixBytes) throw damaged(path, `expected at least ${prefixBytes} bytes, found ${bytes.length}`);
  const headerBytes = bytes.readBigUInt64LE(0);
  if (headerBytes > BigInt(bytes.length - prefixBytes)) throw damaged(path, `expected a header of ${headerBytes} bytes, found ${bytes.length - prefixBytes}`);
  const dataStart = prefixBytes + Number(headerBytes);
  let header: unknown;
  try {
    header = JSON.parse(bytes.toString('utf8', prefixBytes, dataStart));
  } catch (cause) {
    throw damaged(path, `the header is not JSON`, cause);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw damaged(path, 'the header is not a JSON object');
  return { header: header as Record<string, unknown>, dataStart };
}

interface TensorEntry { readonly dtype: string; readonly shape: number[]; readonly data_offsets: [number, number] }

/** Bytes a value takes in the file. BF16 and F16 (most public checkpoints) are widened to float32 on reading. */
const dtypeBytes: Readonly<Record<string, number>> = { F32: 4, I32: 4, BF16: 2, F16: 2 };

function bytesOf(entry: unknown): number {
  return dtypeBytes[(entry as TensorEntry).dtype] ?? 0;
}

function readTensor(path: string, name: string, value: unknown, data: Buffer): StoredTensor {
  const entry = value as Partial<TensorEntry> | null;
  const offsets = entry?.data_offsets;
  if (!entry || !Array.isArray(entry.shape) || !entry.shape.every((size) => Number.isInteger(size) && size >= 0) || !Array.isArray(offsets)) throw damaged(path, `tensor ${name} has no valid shape and data_offsets`);
  const width = dtypeBytes[String(entry.dtype)];
  if (width === undefined) throw damaged(path, `tensor ${name}: expected dtype ${Object.keys(dtypeBytes).join(', ')}, found ${entry.dtype}`);
  const [start, end] = offsets;
  const expected = elementsOf(entry.shape) * width;
  if (!Number.isInteger(start) || start < 0 || end - start !== expected) throw damaged(path, `tensor ${name}: expected ${expected} bytes, found offsets ${start}..${end}`);
  if (end > data.length) throw damaged(path, `tensor ${name}: expected data up to byte ${end}, found ${data.length}`);
  return { shape: entry.shape, data: decode(String(entry.dtype), data.subarray(start, end)) };
}

function decode(dtype: string, bytes: Buffer): Float32Array | Int32Array {
  // A copy: the file's data may start unaligned, and the tensor must not keep the whole file alive.
  const copy = new Uint8Array(bytes).buffer;
  if (dtype === 'F32') return new Float32Array(copy);
  if (dtype === 'I32') return new Int32Array(copy);
  const halves = new Uint16Array(copy);
  return dtype === 'BF16' ? new Float32Array(Uint32Array.from(halves, (bits) => (bits << 16) >>> 0).buffer) : Float32Array.from(halves, float16);
}

/** IEEE 754 binary16 -> number. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

async function writeAtomically(path: string, chunks: readonly Buffer[]): Promise<void> {
  const temporary = `${path}.partial`;
  const file = await open(temporary, 'w');
  try {
    for (const chunk of chunks) await file.appendFile(chunk);
    await file.sync();
  } catch (cause) {
    await file.close();
    await rm(temporary, { force: true });
    throw new UserError(`${path}: cannot be written`, { exitCode: 4, hint: 'Check the free disk space, then run the same command again.', cause });
  }
  await file.close();
  await rename(temporary, path);
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function damaged(path: string, what: string, cause?: unknown): UserError {
  return new UserError(`${path}: not a complete safetensors file: ${what}`, { exitCode: 4, hint: 'The file is damaged or was cut off: delete it and run the stage that writes it again.', cause });
}
