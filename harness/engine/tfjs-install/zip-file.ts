/**
 * Reads single entries out of a zip file, however large: of a wheel of hundreds of MB a handful of files is wanted.
 * Stored and deflated entries; sizes below 4 GiB (no zip64), as every wheel of TensorFlow has them.
 */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

interface Entry {
  readonly isDeflated: boolean;
  readonly compressedBytes: number;
  readonly headerAt: number;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
/** Fixed parts of the three records; the end record may be followed by a comment of 64 KiB. */
const [endBytes, entryBytes, localBytes, longestComment] = [22, 46, 30, 65_535];

export class ZipFile {
  readonly #file: string;
  readonly #handle: FileHandle;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(file: string, handle: FileHandle, entries: ReadonlyMap<string, Entry>) {
    this.#file = file;
    this.#handle = handle;
    this.#entries = entries;
  }

  /** @throws Error where it is no zip file, or is cut off. */
  static async open(file: string): Promise<ZipFile> {
    const handle = await open(file);
    try {
      return new ZipFile(file, handle, await readDirectory(handle));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get names(): Iterable<string> {
    return this.#entries.keys();
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The entry's bytes, not yet checked against any digest. */
  async stream(name: string): Promise<Readable> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`the zip file has no entry "${name}"`);
    const local = await readAt(this.#handle, entry.headerAt, localBytes);
    if (local.readUInt32LE(0) !== localSignature) throw new Error(`the entry "${name}" is not where it should be`);
    const start = entry.headerAt + localBytes + local.readUInt16LE(26) + local.readUInt16LE(28);
    // A stream of the open file would leave a listener on it for every entry.
    const raw = createReadStream(this.#file, { start, end: start + entry.compressedBytes - 1, highWaterMark: 2 ** 20 });
    if (!entry.isDeflated) return raw;
    const inflated = createInflateRaw({ chunkSize: 2 ** 20 });
    raw.on('error', (error) => inflated.destroy(error));
    return raw.pipe(inflated);
  }

  async text(name: string): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of await this.stream(name)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

async function readDirectory(handle: FileHandle): Promise<ReadonlyMap<string, Entry>> {
  const tail = await readTail(handle, endBytes + longestComment);
  const end = lastIndexOf(tail, endSignature);
  if (end < 0) throw new Error('it is no zip file, or its end is missing');
  const [bytes, offset] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (offset === 0xffffffff) throw new Error('it is a zip64 file, which is not read here');
  return entriesOf(await readAt(handle, offset, bytes));
}

async function readTail(handle: FileHandle, mostBytes: number): Promise<Buffer> {
  const { size } = await handle.stat();
  const bytes = Math.min(size, mostBytes);
  return await readAt(handle, size - bytes, bytes);
}

function entriesOf(directory: Buffer): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (let at = 0; at + entryBytes <= directory.length;) {
    if (directory.readUInt32LE(at) !== entrySignature) throw new Error('its directory is damaged');
    const nameEnd = at + entryBytes + directory.readUInt16LE(at + 28);
    entries.set(directory.toString('utf8', at + entryBytes, nameEnd), {
      isDeflated: directory.readUInt16LE(at + 10) === 8,
      compressedBytes: directory.readUInt32LE(at + 20),
      headerAt: directory.readUInt32LE(at + 42),
    });
    at = nameEnd + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

function lastIndexOf(buffer: Buffer, signature: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(signature);
  return buffer.lastIndexOf(bytes);
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error('it is cut off');
  return buffer;
}
