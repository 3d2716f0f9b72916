/**
 * One dataset file from the cache, a mirror folder, or its address, in this order; the digest of its raw bytes is
 * verified every time, wherever it came from.
 */
import { hash } from 'node:crypto';
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
  const wanted: Wanted = { manifest, entry: datasetFile(manifest, file) };
  const cached = path.join(options.cacheFolder, 'datasets', manifest.folder, file);
  if (existsSync(cached)) return verifiedCopy(wanted, cached);
  const tried = [cached];
  const bytes = readMirror(wanted, options.mirrorFolder, tried) ?? (await download(wanted, options.download, tried));
  if (bytes === null) throw notFound(wanted, options, tried);
  writeWhole(cached, bytes);
  return cached;
}

interface Wanted {
  readonly manifest: DatasetManifest;
  readonly entry: DatasetFile;
}

function verifiedCopy(wanted: Wanted, cached: string): string {
  const hint = 'remove that file and run the same command again';
  verify(wanted, readFileSync(cached), `the cache, ${cached}`, hint);
  return cached;
}

/** Renamed into place only when complete. */
function writeWhole(file: string, bytes: Buffer): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, file);
}

/** Null where there is no mirror or it lacks the file; places without it are added to `tried`. */
function readMirror(wanted: Wanted, mirrorFolder: string | null, tried: string[]): Buffer | null {
  if (mirrorFolder === null) return null;
  const plain = path.join(mirrorFolder, wanted.manifest.folder, wanted.entry.file);
  const places = [plain, `${plain}.gz`];
  const source = places.find((candidate) => existsSync(candidate));
  if (source === undefined) {
    tried.push(...places);
    return null;
  }
  return readVerified(wanted, source);
}

function readVerified(wanted: Wanted, source: string): Buffer {
  const hint = 'replace that file in the mirror, or unset HARNESS_DATA_MIRROR to download it';
  const bytes = source.endsWith('.gz')
    ? gunzip(wanted, { bytes: readFileSync(source), origin: source, hint })
    : readFileSync(source);
  verify(wanted, bytes, `the mirror, ${source}`, hint);
  return bytes;
}

interface Packed {
  readonly bytes: Buffer;
  readonly origin: string;
  readonly hint: string;
}

function gunzip(wanted: Wanted, { bytes, origin, hint }: Packed): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new UserError(`${nameOf(wanted)}: ${origin} cannot be unpacked (${(cause as Error).message})`, {
      exitCode: 3,
      hint,
      cause,
    });
  }
}

function nameOf({ manifest, entry }: Wanted): string {
  return `dataset ${manifest.name}, file ${entry.file}`;
}

/** Null where it is not allowed or fails; the reason is added to `tried`. */
async function download(wanted: Wanted, isAllowed: boolean, tried: string[]): Promise<Buffer | null> {
  const { url } = wanted.entry;
  if (!isAllowed || url === null) return null;
  const hint = 'the address no longer serves this file: use a data mirror (HARNESS_DATA_MIRROR) with the original';
  const served = await tryFetch(url, tried);
  // An address may serve the file packed; the digest is that of the file.
  const isPacked = url.endsWith('.gz') && !wanted.entry.file.endsWith('.gz');
  const bytes = served !== null && isPacked ? gunzip(wanted, { bytes: served, origin: url, hint }) : served;
  if (bytes !== null) verify(wanted, bytes, url, hint);
  return bytes;
}

async function tryFetch(url: string, tried: string[]): Promise<Buffer | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(downloadTimeoutMs) });
    if (response.ok) return Buffer.from(await response.arrayBuffer());
    tried.push(`${url} (HTTP ${response.status})`);
  } catch (cause) {
    tried.push(`${url} (${reasonOf(cause as Error)})`);
  }
  return null;
}

/** fetch says only "fetch failed"; the reason is in its cause. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function verify(wanted: Wanted, bytes: Buffer, origin: string, hint: string): void {
  const { entry } = wanted;
  const found = hash('sha256', bytes, 'hex');
  if (found === entry.sha256) return;
  throw new UserError(
    `${nameOf(wanted)}: wrong sha256 of the copy from ${origin}\n  expected ${entry.sha256} (${entry.bytes} ` +
      `bytes)\n  found    ${found} (${bytes.length} bytes)`,
    { exitCode: 3, hint },
  );
}

function notFound(wanted: Wanted, options: FetchOptions, tried: readonly string[]): UserError {
  const places = [...tried, ...untried(wanted, options)].map((place) => `  ${place}`);
  return new UserError(`${nameOf(wanted)}: not found; tried\n${places.join('\n')}`, {
    exitCode: 3,
    hint: wanted.manifest.howToGet ?? howToProvide(wanted),
  });
}

function untried({ entry }: Wanted, { mirrorFolder, download: isAllowed }: FetchOptions): string[] {
  const mirror = mirrorFolder === null ? ['no mirror: HARNESS_DATA_MIRROR is not set'] : [];
  if (entry.url === null) return [...mirror, 'no public address'];
  return isAllowed ? mirror : [...mirror, 'download is off'];
}

function howToProvide({ manifest, entry }: Wanted): string {
  const place = `<folder>/${manifest.folder}/${entry.file}`;
  return `download ${entry.url ?? 'it'} to ${place} and set HARNESS_DATA_MIRROR to <folder>`;
}
