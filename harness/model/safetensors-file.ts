/**
 * A safetensors file open for reading: the header is read at once, each tensor on request, straight into the
 * array that is handed out. So a file larger than memory can be looked into, and a loaded model never has a second copy
 * of its file beside it.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { widen } from '../graph/index.ts';
import { UserError } from '../spec/user-error.ts';
import {
  damaged,
  elementsOf,
  headerBytesOf,
  parseHeader,
  prefixBytes,
  type SafetensorsHeader,
  type TensorEntry,
} from './safetensors-header.ts';

export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** Bytes per read: a single read is limited to 2 GiB, and 16-bit values are widened piece by piece. */
const chunkBytes = 2 ** 24;
/** What can be held: 16-bit floats are widened to float32 on reading. */
const readable = ['F32', 'I32', 'BF16', 'F16'];

export class SafetensorsFile {
  readonly path: string;
  readonly header: SafetensorsHeader;
  readonly #file: FileHandle;
  readonly #dataStart: number;

  private constructor(path: string, file: FileHandle, dataStart: number, header: SafetensorsHeader) {
    this.path = path;
    this.header = header;
    this.#file = file;
    this.#dataStart = dataStart;
  }

  /** Throws UserError (exit 4) where the file is missing, cut off or malformed. */
  static async open(path: string): Promise<SafetensorsFile> {
    const file = await openToRead(path);
    try {
      const { header, dataStart } = await readHeader(path, file);
      return new SafetensorsFile(path, file, dataStart, header);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** One tensor. Throws UserError (exit 4) for a type that float32 and int32 arrays cannot hold. */
  async read(name: string): Promise<StoredTensor> {
    const entry = this.header.entries.get(name);
    if (!entry) throw new RangeError(`${this.path} has no tensor ${name}`);
    if (!readable.includes(entry.dtype))
      throw damaged(this.path, `tensor ${name}: expected dtype ${readable.join(', ')}, found ${entry.dtype}`);
    return {
      shape: entry.shape,
      data: entry.dtype === 'BF16' || entry.dtype === 'F16' ? await this.#halves(entry) : await this.#words(entry),
    };
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #words({ dtype, shape, start }: TensorEntry): Promise<Float32Array | Int32Array> {
    const data = dtype === 'I32' ? new Int32Array(elementsOf(shape)) : new Float32Array(elementsOf(shape));
    await fill(this.path, this.#file, new Uint8Array(data.buffer), this.#dataStart + start);
    return data;
  }

  async #halves({ dtype, shape, start }: TensorEntry): Promise<Float32Array> {
    const data = new Float32Array(elementsOf(shape));
    const chunk = new Uint16Array(Math.min(data.length, chunkBytes / 2));
    for (let done = 0; done < data.length; done += chunk.length) {
      const part = chunk.subarray(0, Math.min(chunk.length, data.length - done));
      await fill(
        this.path,
        this.#file,
        new Uint8Array(part.buffer, 0, part.byteLength),
        this.#dataStart + start + 2 * done,
      );
      data.set(widen(part, dtype === 'BF16' ? 'bfloat16' : 'float16'), done);
    }
    return data;
  }
}

async function openToRead(path: string): Promise<FileHandle> {
  return await open(path, 'r').catch((cause: unknown) => {
    throw new UserError(`${path}: cannot be read`, { exitCode: 4, hint: 'Run the stage that writes it again.', cause });
  });
}

async function readHeader(
  path: string,
  file: FileHandle,
): Promise<{ readonly header: SafetensorsHeader; readonly dataStart: number }> {
  const { size } = await file.stat();
  const prefix = Buffer.alloc(prefixBytes);
  await fill(path, file, prefix.subarray(0, Math.min(prefixBytes, size)), 0);
  const text = Buffer.alloc(headerBytesOf(path, prefix, size));
  await fill(path, file, text, prefixBytes);
  const dataStart = prefixBytes + text.length;
  return { header: parseHeader(path, text.toString('utf8'), size - dataStart), dataStart };
}

/** Fills `target` from byte `position` on. */
async function fill(path: string, file: FileHandle, target: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < target.length;) {
    const { bytesRead } = await file.read(target, done, Math.min(chunkBytes, target.length - done), position + done);
    if (bytesRead === 0)
      throw damaged(path, `expected data up to byte ${position + target.length}, found ${position + done}`);
    done += bytesRead;
  }
}
