/**
 * Tensors on disk in the safetensors format: readable by any Hugging Face tool, and nothing in a file can run. Written
 * under a temporary name, fsynced and renamed, so that a crash never leaves half a checkpoint. Format:
 * https://huggingface.co/docs/safetensors
 */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { narrow, type StateStorage } from '../graph/index.ts';
import { UserError } from '../spec/user-error.ts';
import { SafetensorsFile, type StoredTensor } from './safetensors-file.ts';
import { bytesPerValue, elementsOf, metadataKey, prefixBytes } from './safetensors-header.ts';

export interface TensorFile {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A tensor whose values are read when they are written. */
export interface TensorToRead {
  readonly shape: readonly number[];
  read(): Promise<Float32Array>;
}

type Tensors = Readonly<Record<string, StoredTensor | TensorToRead>>;

/** How float32 values are stored; the 16-bit kinds round to nearest, ties to even. */
export type StoredFloat = StateStorage;

const dtypes = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' } as const satisfies Readonly<
  Record<StoredFloat, string>
>;
/** Values narrowed at a time: a 16-bit file is written without a second copy of the model. */
const chunkValues = 2 ** 22;

/**
 * Writes `tensors` in the given order and `metadata` (strings only, by the format). Equal input gives equal bytes.
 * @param storage One for all float tensors, or each tensor's own by name.
 */
export async function writeSafetensors(
  path: string,
  tensors: Tensors,
  metadata: Readonly<Record<string, string>>,
  storage: StoredFloat | ((name: string) => StoredFloat) = 'float32',
): Promise<void> {
  const storageOf = typeof storage === 'function' ? storage : () => storage;
  const header = headerOf(tensors, metadata, storageOf);
  await writeAtomically(path, async (file) => {
    await file.appendFile(header);
    for (const [name, tensor] of Object.entries(tensors))
      await appendValues(file, 'data' in tensor ? tensor.data : await tensor.read(), storageOf(name));
  });
}

/** Length and JSON, with spaces to a multiple of 8, so that the data starts aligned (as the reference writer does). */
function headerOf(
  tensors: Tensors,
  metadata: TensorFile['metadata'],
  storageOf: (name: string) => StoredFloat,
): Buffer {
  const json = JSON.stringify({ [metadataKey]: metadata, ...entriesOf(tensors, storageOf) });
  const text = Buffer.from(json + ' '.repeat((prefixBytes - (Buffer.byteLength(json) % prefixBytes)) % prefixBytes));
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([prefix, text]);
}

/** One behind another, in the order of the tensors. */
function entriesOf(tensors: Tensors, storageOf: (name: string) => StoredFloat): Readonly<Record<string, object>> {
  const entries: Record<string, object> = {};
  let offset = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    const dtype = 'data' in tensor ? checkedDtype(name, tensor, storageOf) : dtypes[storageOf(name)];
    const end = offset + elementsOf(tensor.shape) * bytesPerValue(dtype);
    entries[name] = { dtype, shape: tensor.shape, data_offsets: [offset, end] };
    offset = end;
  }
  return entries;
}

function checkedDtype(name: string, { shape, data }: StoredTensor, storageOf: (name: string) => StoredFloat): string {
  if (elementsOf(shape) !== data.length)
    throw new RangeError(`tensor ${name}: shape [${shape.join(', ')}] does not hold ${data.length} values`);
  return data instanceof Float32Array ? dtypes[storageOf(name)] : 'I32';
}

/**
 * Reads a whole file written by anyone. Throws UserError (exit 4) naming file, expected and found where it is
 * truncated, malformed, or of a type we do not hold.
 */
export async function readSafetensors(path: string): Promise<TensorFile> {
  const file = await SafetensorsFile.open(path);
  try {
    const tensors: Record<string, StoredTensor> = {};
    for (const name of file.header.entries.keys()) tensors[name] = await file.read(name);
    return { tensors, metadata: file.header.metadata };
  } finally {
    await file.close();
  }
}

async function appendValues(file: FileHandle, data: Float32Array | Int32Array, storage: StoredFloat): Promise<void> {
  if (storage === 'float32' || data instanceof Int32Array) {
    await file.appendFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return;
  }
  for (let start = 0; start < data.length; start += chunkValues) {
    await file.appendFile(new Uint8Array(narrow(data.subarray(start, start + chunkValues), storage).buffer));
  }
}

async function writeAtomically(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const temporary = `${path}.partial`;
  const file = await open(temporary, 'w');
  try {
    await write(file);
    await file.sync();
  } catch (cause) {
    await file.close();
    await rm(temporary, { force: true });
    if (cause instanceof UserError) throw cause; // of what is written, which is read meanwhile
    throw new UserError(`${path}: cannot be written`, {
      exitCode: 4,
      hint: 'Check the free disk space, then run the same command again.',
      cause,
    });
  }
  await file.close();
  await rename(temporary, path);
}
