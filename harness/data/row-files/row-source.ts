/** A file of rows as it lies on the disk: what it is, and its bytes unpacked. */
import { once } from 'node:events';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../spec/user-error.ts';
import { fileKind, headBytes, otherText, type FileKind } from './file-kind.ts';
import { unzstd } from './zstd.ts';

/** `name` is what messages call the file. */
export interface RowSource {
  readonly path: string;
  readonly name: string;
}

type Compression = 'gzip' | 'zstd';

const chunkBytes = 1 << 18;

/** @throws UserError (2) where the file cannot be opened. */
export function kindOf({ path, name }: RowSource): FileKind {
  try {
    return fileKind(headOf(path));
  } catch (error) {
    throw unreadable(name, error);
  }
}

/** What a file is that holds no rows, by its first bytes; null where it may hold some. */
export function otherFile(path: string): { readonly what: string; readonly remedy: string } | null {
  const head = headOf(path);
  const found = fileKind(head);
  if (found.kind === 'other') return { what: found.what, remedy: remedyFor(path, found.remedy) };
  const other = found.kind === 'text' ? otherText(head.toString('utf8')) : null;
  return other === null ? null : { what: other.what, remedy: remedyFor(path, other.remedy) };
}

function headOf(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(headBytes);
    return head.subarray(0, readSync(file, head, 0, headBytes, 0));
  } finally {
    closeSync(file);
  }
}

/**
 * The bytes of the text. What is packed is looked at again: it may be packed twice, or no text.
 * @throws UserError (2) naming the file, for a packed file that was cut off too.
 */
export async function* textBytes(source: RowSource, compression: Compression | null): AsyncGenerator<Buffer> {
  let isFirst = compression !== null;
  for await (const chunk of unpacked(source, compression)) {
    if (isFirst) requireText(source.name, compression ?? '', fileKind(chunk.subarray(0, headBytes)));
    isFirst = false;
    yield chunk;
  }
}

async function* unpacked({ path, name }: RowSource, compression: Compression | null): AsyncGenerator<Buffer> {
  try {
    if (compression === 'zstd') yield* unzstd(path);
    else yield* compression === null ? createReadStream(path, { highWaterMark: chunkBytes }) : gunzipped(path);
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function* gunzipped(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: chunkBytes });
  const unpacker = createGunzip({ chunkSize: chunkBytes });
  file.on('error', (error) => unpacker.destroy(error));
  try {
    yield* file.pipe(unpacker) as AsyncIterable<Buffer>;
  } finally {
    await closed(file);
  }
}

async function closed(file: Readable): Promise<void> {
  if (file.closed) return;
  file.destroy();
  await once(file, 'close');
}

function requireText(name: string, compression: string, inner: FileKind): void {
  if (inner.kind === 'text') return;
  if (inner.kind === 'other') throw notRows(name, `${inner.what}, compressed with ${compression}`, inner.remedy);
  throw notRows(
    name,
    inner.kind === 'parquet'
      ? `Parquet, compressed with ${compression}`
      : `compressed twice (${compression}, ${inner.kind})`,
    `Unpack it once: ${compression === 'gzip' ? 'gunzip' : 'unzstd'} FILE`,
  );
}

/** To be thrown for a file that holds no rows that can be read. */
export function notRows(name: string, what: string, remedy: string): UserError {
  return new UserError(`${name}: this is ${what}; expected JSONL, JSON or Parquet`, {
    exitCode: 2,
    hint: name === 'stdin' ? remedy : remedyFor(name, remedy),
  });
}

function remedyFor(file: string, remedy: string): string {
  return remedy.replace('FILE', file);
}

export function unreadable(name: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  return new UserError(`${name}: cannot be read: ${message}`, {
    exitCode: 2,
    hint: hintFor(error, message),
    cause: error,
  });
}

function hintFor(error: unknown, message: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOENT') return 'Check the name: there is no such file.';
  if (code === 'EISDIR') return 'Give a file in that folder.';
  if (code === 'EACCES') return 'You may not read this file.';
  if (code === 'Z_BUF_ERROR') return 'The compressed file was cut off: download or copy it again.';
  if (message.startsWith('Out of Memory'))
    return 'Write the file again with smaller rows, such as one row a source file.';
  if (message.endsWith('not UTF-8')) return 'Write the text as UTF-8 before it is compressed.';
  if (message.endsWith('longer than 256 MB')) return 'Unpack it with unzstd, or run Node 22.15 or later.';
  return 'The file is damaged: download or write it again.';
}
