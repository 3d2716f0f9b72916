/**
 * A safetensors file open for reading: the header is read at once, each tensor on request, straight into the
 * array that is handed out. So a file larger than memory can be looked into, and a loaded model never has a second copy
 * of its file beside it.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
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
    const file = await open(path, 'r').catch((cause: unknown) => {
      throw new UserError(`${path}: cannot be read`, {
        exitCode: 4,
        hint: 'Run the stage that writes it again.',
        cause,
      });
    });
    try {
      const { size } = await file.stat();
      const prefix = Buffer.alloc(prefixBytes);
      await fill(path, file, prefix.subarray(0, Math.min(prefixBytes, size)), 0);
      const headerBytes = headerBytesOf(path, prefix, size);
      const text = Buffer.alloc(headerBytes);
      await fill(path, file, text, prefixBytes);
      const dataStart = prefixBytes + headerBytes;
      return new SafetensorsFile(path, file, dataStart, parseHeader(path, text.toString('utf8'), size - dataStart));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** One tensor. Throws UserError (exit 4) for a type that float32 and int32 arrays cannot hold. */
  async read(name: string): Promise<StoredTensor> {
    const { dtype, shape } = this.#entry(name);
    const data = dtype === 'I32' ? new Int32Array(elementsOf(shape)) : new Float32Array(elementsOf(shape));
    await this.readInto(name, data);
    return { shape, data };
  }

  /**
   * Fills `target`, which has as many elements as the tensor. 16-bit floats are widened into a Float32Array and copied
   * as they are into a Uint16Array. Throws as `read` does.
   */
  async readInto(name: string, target: Float32Array | Int32Array | Uint16Array): Promise<void> {
    const entry = this.#entry(name);
    const isHalf = entry.dtype === 'BF16' || entry.dtype === 'F16';
    if (isHalf && target instanceof Float32Array) return this.#widenInto(entry, target);
    if (isHalf !== target instanceof Uint16Array) throw new RangeError(`tensor ${name} is ${entry.dtype}`);
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    await fill(this.path, this.#file, bytes, this.#dataStart + entry.start);
  }

  #entry(name: string): TensorEntry {
    const entry = this.header.entries.get(name);
    if (!entry) throw new RangeError(`${this.path} has no tensor ${name}`);
    if (!readable.includes(entry.dtype))
      throw damaged(this.path, `tensor ${name}: expected dtype ${readable.join(', ')}, found ${entry.dtype}`);
    return entry;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #widenInto({ dtype, start }: TensorEntry, target: Float32Array): Promise<void> {
    const chunk = new Uint16Array(Math.min(target.length, chunkBytes / 2));
    for (let done = 0; done < target.length; done += chunk.length) {
      const part = chunk.subarray(0, Math.min(chunk.length, target.length - done));
      const bytes = new Uint8Array(part.buffer, 0, part.byteLength);
      await fill(this.path, this.#file, bytes, this.#dataStart + start + 2 * done);
      target.set(widen(part, dtype === 'BF16' ? 'bfloat16' : 'float16'), done);
    }
  }
}

/** The header alone, to know what a file holds before any of it is read. Throws UserError (exit 4) as `open` does. */
export function readHeader(path: string): SafetensorsHeader {
  const file = openForHeader(path);
  try {
    const { size } = fstatSync(file);
    const prefix = Buffer.alloc(prefixBytes);
    readSync(file, prefix, 0, Math.min(prefixBytes, size), 0);
    const text = Buffer.alloc(headerBytesOf(path, prefix, size));
    readSync(file, text, 0, text.length, prefixBytes);
    return parseHeader(path, text.toString('utf8'), size - prefixBytes - text.length);
  } finally {
    closeSync(file);
  }
}

function openForHeader(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    throw new UserError(`${path}: cannot be read`, {
      exitCode: 4,
      hint: 'Look whether the file is there and may be read.',
      cause,
    });
  }
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
