/**
 * One dataset file from the cache, a mirror folder, or its address, in this order; the digest of its raw bytes is
 * verified every time, wherever it came from.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { UserError } from '../../spec/user-error.ts';
import { datasetFile, type DatasetFile, type DatasetManifest } from './manifest.ts';

export interface FetchOptions {
  /** Verified copies are kept in `<cacheFolder>/datasets/`. */
  readonly cacheFolder: string;
  /** A folder with `<dataset folder>/<file>` or `<file>.gz`; null = none. */
  readonly mirrorFolder: string | null;
  readonly download: boolean;
}

const downloadTimeoutMs = 120_000;

/**
 * Path of the verified copy in the cache. Throws `UserError` (exit 3) on a wrong digest, or naming every place that was
 * tried.
 */
export async function fetchDatasetFile(
  manifest: DatasetManifest,
  file: string,
  options: FetchOptions,
): Promise<string> {
  const entry = datasetFile(manifest, file);
  const cached = path.join(options.cacheFolder, 'datasets', manifest.folder, file);
  if (existsSync(cached)) {
    verify(
      manifest,
      entry,
      readFileSync(cached),
      `the cache, ${cached}`,
      'remove that file and run the same command again',
    );
    return cached;
  }
  const tried = [cached];
  const bytes =
    readMirror(manifest, entry, options.mirrorFolder, tried) ??
    (await download(manifest, entry, options.download, tried));
  if (bytes === null) throw notFound(manifest, entry, options, tried);
  mkdirSync(path.dirname(cached), { recursive: true });
  const temporary = `${cached}.${process.pid}.tmp`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, cached);
  return cached;
}

function readMirror(
  manifest: DatasetManifest,
  entry: DatasetFile,
  mirrorFolder: string | null,
  tried: string[],
): Buffer | null {
  if (mirrorFolder === null) return null;
  const plain = path.join(mirrorFolder, manifest.folder, entry.file);
  const source = [plain, `${plain}.gz`].find((candidate) => existsSync(candidate));
  if (source === undefined) {
    tried.push(plain, `${plain}.gz`);
    return null;
  }
  const hint = 'replace that file in the mirror, or unset HARNESS_DATA_MIRROR to download it';
  const bytes = source.endsWith('.gz') ? gunzip(manifest, entry, source, hint) : readFileSync(source);
  verify(manifest, entry, bytes, `the mirror, ${source}`, hint);
  return bytes;
}

function gunzip(manifest: DatasetManifest, entry: DatasetFile, source: string, hint: string): Buffer {
  try {
    return gunzipSync(readFileSync(source));
  } catch (cause) {
    throw new UserError(
      `dataset ${manifest.name}, file ${entry.file}: ${source} cannot be unpacked (${(cause as Error).message})`,
      { exitCode: 3, hint, cause },
    );
  }
}

async function download(
  manifest: DatasetManifest,
  entry: DatasetFile,
  isAllowed: boolean,
  tried: string[],
): Promise<Buffer | null> {
  if (!isAllowed || entry.url === null) return null;
  let bytes: Buffer;
  try {
    const response = await fetch(entry.url, { signal: AbortSignal.timeout(downloadTimeoutMs) });
    if (!response.ok) {
      tried.push(`${entry.url} (HTTP ${response.status})`);
      return null;
    }
    bytes = Buffer.from(await response.arrayBuffer());
  } catch (cause) {
    tried.push(`${entry.url} (${reasonOf(cause as Error)})`);
    return null;
  }
  verify(
    manifest,
    entry,
    bytes,
    entry.url,
    'the address no longer serves this file: use a data mirror (HARNESS_DATA_MIRROR) with the original',
  );
  return bytes;
}

/** fetch says only "fetch failed"; the reason is in its cause. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function verify(manifest: DatasetManifest, entry: DatasetFile, bytes: Buffer, origin: string, hint: string): void {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found === entry.sha256) return;
  throw new UserError(
    `dataset ${manifest.name}, file ${entry.file}: wrong sha256 of the copy from ${origin}\n  expected ${entry.sha256} (${entry.bytes} bytes)\n  found    ${found} (${bytes.length} bytes)`,
    { exitCode: 3, hint },
  );
}

function notFound(
  manifest: DatasetManifest,
  entry: DatasetFile,
  options: FetchOptions,
  tried: readonly string[],
): UserError {
  const places = [
    ...tried,
    ...(options.mirrorFolder === null ? ['no mirror: HARNESS_DATA_MIRROR is not set'] : []),
    ...(entry.url === null ? ['no public address'] : options.download ? [] : ['download is off']),
  ];
  return new UserError(
    `dataset ${manifest.name}, file ${entry.file}: not found; tried\n${places.map((place) => `  ${place}`).join('\n')}`,
    {
      exitCode: 3,
      hint:
        manifest.howToGet ??
        `download ${entry.url ?? 'it'} to <folder>/${manifest.folder}/${entry.file} and set HARNESS_DATA_MIRROR to <folder>`,
    },
  );
}
