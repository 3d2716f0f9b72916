/**
 * Downloads one file into its part, and goes on where an earlier attempt was cut: by `Range`, with `If-Range` so that a
 * file that changed meanwhile comes from the start. A server without ranges sends the whole file again.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../../spec/user-error.ts';
import { httpGet } from './http-get.ts';
import type { PartFile } from './part-file.ts';
import type { ProxyEnvironment } from './proxy.ts';

export interface DownloadOptions {
  readonly env: ProxyEnvironment;
  /** An attempt is given up when no byte comes for so long. */
  readonly idleMs: number;
  /** Before the second attempt in a row that brings nothing; twice as long before each next one. */
  readonly pauseMs: number;
  /** Bytes there, and of how many; null = the server does not say. */
  readonly onProgress: (done: number, total: number | null) => void;
}

export interface DownloadTarget {
  readonly url: string;
  readonly part: PartFile;
  /** Beside those of every download; absent = none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the file as it is served; null = not known, since it is packed. */
  readonly bytes: number | null;
}

/** That another attempt would end in the same way. */
class Refusal extends Error {}

const mostAttempts = 4;

/**
 * Returns whether the part was put together from more than one answer. @throws Error with the reason, UserError (4)
 * where the disk takes no more.
 */
export async function download(target: DownloadTarget, options: DownloadOptions): Promise<{ isResumed: boolean }> {
  const { part, bytes } = target;
  let isResumed = part.size() > 0;
  for (let failures = 0; ;) {
    const before = part.size();
    if (bytes !== null && before === bytes) return { isResumed };
    try {
      await attempt(target, options);
      return { isResumed };
    } catch (error) {
      if (error instanceof Refusal || error instanceof UserError) throw error;
      failures = part.size() > before ? 1 : failures + 1;
      if (failures >= mostAttempts) throw error;
      await pause(options.pauseMs * 2 ** (failures - 1));
    }
    isResumed ||= part.size() > 0;
  }
}

async function attempt(target: DownloadTarget, options: DownloadOptions): Promise<void> {
  const { url, part, headers } = target;
  const have = part.size();
  const response = await httpGet(url, {
    headers: { ...headersFor(part), ...headers },
    env: options.env,
    idleMs: options.idleMs,
  });
  try {
    if (response.statusCode === 416) return refusedRange(response, target);
    const { isWhole, total } = answerOf(response, have, target);
    if (isWhole) part.begin(validatorOf(response));
    await append(response, { ...target, total }, options);
  } finally {
    response.destroy();
  }
}

function headersFor(part: PartFile): Readonly<Record<string, string>> {
  // Packed on the way, a range would be one of other bytes.
  const headers = { 'accept-encoding': 'identity', 'user-agent': 'harness' };
  const have = part.size();
  if (have === 0) return headers;
  const validator = part.validator();
  return { ...headers, range: `bytes=${have}-`, ...(validator === null ? {} : { 'if-range': validator }) };
}

/** A weak tag names no exact bytes. */
function validatorOf({ headers }: IncomingMessage): string | null {
  const { etag } = headers;
  return etag !== undefined && !etag.startsWith('W/') ? etag : (headers['last-modified'] ?? null);
}

/** @throws Refusal where the file is not to be had at all, Error where another attempt may help. */
function answerOf(
  { statusCode = 0, headers }: IncomingMessage,
  have: number,
  { part, bytes }: DownloadTarget,
): { readonly isWhole: boolean; readonly total: number | null } {
  if (statusCode === 206) {
    const [, start, size] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
    if (Number(start) !== have) {
      part.remove();
      throw new Error('the server sent another range than was asked for');
    }
    return { isWhole: false, total: checkedTotal(size === '*' ? undefined : size, bytes) };
  }
  if (statusCode === 200) return { isWhole: true, total: checkedTotal(headers['content-length'], bytes) };
  const isPassing = statusCode === 408 || statusCode === 429 || statusCode >= 500;
  throw new (isPassing ? Error : Refusal)(`HTTP ${statusCode}`);
}

/** Before gigabytes of another file are read. */
function checkedTotal(written: string | undefined, bytes: number | null): number | null {
  const total = written === undefined ? bytes : Number(written);
  if (bytes === null || total === bytes) return total;
  throw new Refusal(`it serves ${total} bytes, and the manifest says ${bytes}`);
}

/** All bytes are there, or those that are there are of something else. */
function refusedRange({ headers }: IncomingMessage, { part, bytes }: DownloadTarget): void {
  const size = /^bytes \*\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
  if (bytes === null && Number(size) === part.size()) return;
  part.remove();
  throw new Error('HTTP 416: there is no such range');
}

async function append(
  response: IncomingMessage,
  { part, bytes, total }: DownloadTarget & { readonly total: number | null },
  { onProgress }: DownloadOptions,
): Promise<void> {
  let done = part.size();
  onProgress(done, total);
  const file = await opened(part);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      if (bytes !== null && done + chunk.length > bytes)
        throw new Refusal(`it serves more than the ${bytes} bytes of the manifest`);
      await file.appendFile(chunk).catch((error: unknown) => {
        throw storageError(error, part);
      });
      done += chunk.length;
      onProgress(done, total);
    }
  } finally {
    await file.close();
  }
  if (total !== null && done < total) throw new Error(`it ended after ${done} of ${total} bytes`);
}

function opened(part: PartFile): Promise<FileHandle> {
  return open(part.path, 'a').catch((error: unknown) => {
    throw storageError(error, part);
  });
}

function storageError(error: unknown, { path }: PartFile): UserError {
  return new UserError(`${path}: cannot be written (${(error as Error).message})`, {
    exitCode: 4,
    hint: 'Make room there, or set HARNESS_CACHE to another folder; the download goes on where it stopped.',
    cause: error,
  });
}
