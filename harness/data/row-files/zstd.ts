/**
 * Unpacks zstd. Node does it from version 22.15 on; before that DuckDB does, line by line, and says nothing where a
 * file was cut off: so that is looked for first. (Of CRLF lines it makes two, which only numbers of lines in messages
 * show.)
 */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { openDuckDb, quotedFile } from '../storage/duck-db.ts';

const chunkBytes = 1 << 18;
/** Of a line; V8 has no longer texts either. */
const longestLine = 2 ** 28;

type ZlibOfLater = typeof zlib & { readonly createZstdDecompress?: (options: { chunkSize: number }) => Transform };

/** @throws Error for a damaged file, with the code `Z_BUF_ERROR` for one that was cut off. */
export async function* unzstd(path: string): AsyncGenerator<Buffer> {
  const frames = await framesOf(path);
  const { createZstdDecompress } = zlib as ZlibOfLater;
  if (createZstdDecompress === undefined) return yield* unzstdByDuckDb(path);
  // One at a time: Node's decompressor takes the end of the first frame for the end of the file.
  for (const { start, end } of frames) {
    const file = createReadStream(path, { start, end: end - 1, highWaterMark: chunkBytes });
    const unpacker = createZstdDecompress({ chunkSize: chunkBytes });
    file.on('error', (error) => unpacker.destroy(error));
    yield* file.pipe(unpacker) as AsyncIterable<Buffer>;
  }
}

/** @throws Error for text that is not UTF-8 too. */
export async function* unzstdByDuckDb(path: string): AsyncGenerator<Buffer> {
  const options =
    "compression='zstd', auto_detect=false, header=false, columns={'line': 'varchar'}, " +
    `delim='\u0001', quote='', escape='', comment='', strict_mode=false, max_line_size=${longestLine}, buffer_size=${longestLine}`;
  const database = await openDuckDb('2GB');
  try {
    const result = await database.connection.stream(`select line from read_csv(${quotedFile(path)}, ${options})`);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      const lines = chunk.getRows().map(([line]) => (typeof line === 'string' ? line : ''));
      yield Buffer.from(`${lines.join('\n')}\n`);
    }
  } catch (error) {
    throw inOurWords(error);
  } finally {
    database.close();
  }
}

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const contentSizeBytes = [0, 2, 4, 8];
const dictionaryBytes = [0, 1, 2, 4];

/** DuckDB speaks of CSV, and of its options. */
function inOurWords(error: unknown): unknown {
  const message = error instanceof Error ? error.message : '';
  if (/unicode|utf-8/i.test(message)) return new Error('the text in it is not UTF-8', { cause: error });
  const isLong = /maximum line size/i.test(message);
  return isLong ? new Error('a line in it is longer than 256 MB', { cause: error }) : error;
}

interface Frame {
  readonly start: number;
  readonly end: number;
}

/**
 * The frames that hold data, without unpacking them: their headers and those of their blocks say where each ends
 * (RFC 8878, section 3.1). What is no data is to be skipped.
 */
async function framesOf(path: string): Promise<readonly Frame[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const frames: Frame[] = [];
    for (let start = 0; start < size;) {
      const { end, hasData } = await frameAt(file, start);
      if (end > size) throw cutOff();
      if (hasData) frames.push({ start, end });
      start = end;
    }
    return frames;
  } finally {
    await file.close();
  }
}

async function frameAt(file: FileHandle, start: number): Promise<{ readonly end: number; readonly hasData: boolean }> {
  const magic = (await bytesAt(file, start, 4)).readUInt32LE();
  if ((magic & 0xfffffff0) >>> 0 === skippableMagic)
    return { end: start + 8 + (await bytesAt(file, start + 4, 4)).readUInt32LE(), hasData: false };
  if (magic !== frameMagic) throw new Error(`no frame of zstd at byte ${start}`);
  const descriptor = (await bytesAt(file, start + 4, 1)).readUInt8();
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeBytes = contentSizeBytes[descriptor >> 6] ?? 0;
  const headerBytes = isSingleSegment ? Math.max(1, sizeBytes) : 1 + sizeBytes;
  const end = await endOfBlocks(file, start + 5 + headerBytes + (dictionaryBytes[descriptor & 3] ?? 0));
  const hasChecksum = (descriptor & 4) !== 0;
  return { end: hasChecksum ? end + 4 : end, hasData: true };
}

async function endOfBlocks(file: FileHandle, start: number): Promise<number> {
  let at = start;
  for (;;) {
    const header = (await bytesAt(file, at, 3)).readUIntLE(0, 3);
    const isRunLength = ((header >> 1) & 3) === 1;
    at += 3 + (isRunLength ? 1 : header >> 3);
    if ((header & 1) !== 0) return at;
  }
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  if (bytesRead < length) throw cutOff();
  return buffer;
}

function cutOff(): Error {
  return Object.assign(new Error('unexpected end of file'), { code: 'Z_BUF_ERROR' });
}
