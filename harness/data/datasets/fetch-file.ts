/**
 * One dataset file from the cache, a mirror folder, or its address, in this order; the digest of its raw bytes is
 * verified every time, wherever it came from.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../spec/user-error.ts';
import { withoutSecrets } from '../../text/index.ts';
import { download, type DownloadOptions } from './download.ts';
import { fileDigest } from './file-digest.ts';
import { datasetFile, type DatasetManifest } from './manifest.ts';
import { partFileFor } from './part-file.ts';
import { copyVerified, moveVerified, nameOf, requireDigest, type Copy, type Wanted } from './verified-copy.ts';

export interface FetchOptions {
  /** Verified copies are kept in `<cacheFolder>/datasets/`. */
  readonly cacheFolder: string;
  /** A folder with `<dataset folder>/<file>` or `<file>.gz`; null = none. */
  readonly mirrorFolder: string | null;
  readonly download: boolean;
  /** How a download goes; absent = with patience, and nobody watches. */
  readonly transfer?: Partial<DownloadOptions>;
}

export interface FetchedFile {
  readonly path: string;
  readonly origin: 'cache' | 'mirror' | 'download';
}

/** By the path of the copy in the cache: two stages of one process that want the same file wait for one download. */
const inFlight = new Map<string, Promise<FetchedFile>>();

/** The verified copy in the cache. @throws as `fetchDatasetFile` */
export function bringDatasetFile(manifest: DatasetManifest, file: string, options: FetchOptions): Promise<FetchedFile> {
  const wanted: Wanted = { manifest, entry: datasetFile(manifest, file) };
  const cached = cachedDatasetFile(manifest, file, options.cacheFolder);
  const known = inFlight.get(cached);
  if (known !== undefined) return known;
  const brought = bring(wanted, cached, options).finally(() => inFlight.delete(cached));
  inFlight.set(cached, brought);
  return brought;
}

/**
 * Path of the verified copy in the cache. Throws `UserError` (exit 3) on a wrong digest, or naming every place that was
 * tried.
 */
export async function fetchDatasetFile(
  manifest: DatasetManifest,
  file: string,
  options: FetchOptions,
): Promise<string> {
  return (await bringDatasetFile(manifest, file, options)).path;
}

/** Where the cache has a file, or would have it. */
export function cachedDatasetFile({ folder }: DatasetManifest, file: string, cacheFolder: string): string {
  return path.join(cacheFolder, 'datasets', folder, file);
}

/** Where a mirror has a file, plain or packed; null where it has not. */
export function mirroredDatasetFile(
  manifest: Pick<DatasetManifest, 'folder'>,
  file: string,
  mirrorFolder: string,
): string | null {
  return mirrorPlaces(manifest, file, mirrorFolder).find((place) => existsSync(place)) ?? null;
}

function mirrorPlaces({ folder }: Pick<DatasetManifest, 'folder'>, file: string, mirrorFolder: string): string[] {
  const plain = path.join(mirrorFolder, folder, file);
  return [plain, `${plain}.gz`];
}

async function bring(wanted: Wanted, cached: string, options: FetchOptions): Promise<FetchedFile> {
  if (existsSync(cached)) {
    verifyCached(wanted, cached);
    return { path: cached, origin: 'cache' };
  }
  const tried = [cached];
  if (await copyFromMirror(wanted, cached, { mirrorFolder: options.mirrorFolder, tried }))
    return { path: cached, origin: 'mirror' };
  if (await copyFromAddress(wanted, cached, { options, tried })) return { path: cached, origin: 'download' };
  throw notFound(wanted, options, tried);
}

function verifyCached(wanted: Wanted, cached: string): void {
  const hint = 'remove that file and run the same command again';
  const found = { sha256: fileDigest(cached), bytes: statSync(cached).size };
  requireDigest(wanted, { origin: `the cache, ${cached}`, hint }, found);
}

/** False where there is no mirror or it lacks the file; places without it are added to `tried`. */
async function copyFromMirror(
  wanted: Wanted,
  cached: string,
  { mirrorFolder, tried }: { readonly mirrorFolder: string | null; readonly tried: string[] },
): Promise<boolean> {
  if (mirrorFolder === null) return false;
  const { manifest, entry } = wanted;
  const source = mirroredDatasetFile(manifest, entry.file, mirrorFolder);
  if (source === null) {
    tried.push(...mirrorPlaces(manifest, entry.file, mirrorFolder));
    return false;
  }
  const isPacked = source.endsWith('.gz') && !entry.file.endsWith('.gz');
  const hint = 'replace that file in the mirror, or unset HARNESS_DATA_MIRROR to download it';
  await copyVerified(
    wanted,
    { path: source, origin: isPacked ? source : `the mirror, ${source}`, hint, isPacked },
    cached,
  );
  return true;
}

/** False where it is not allowed or fails; the reason is added to `tried`. */
async function copyFromAddress(
  wanted: Wanted,
  cached: string,
  { options, tried }: { readonly options: FetchOptions; readonly tried: string[] },
): Promise<boolean> {
  const { url } = wanted.entry;
  if (!options.download || url === null) return false;
  try {
    await downloadVerified(wanted, url, cached, options);
    return true;
  } catch (error) {
    if (error instanceof UserError) throw error;
    tried.push(`${withoutSecrets(url)} (${reasonOf(error as Error)})`);
    return false;
  }
}

const usualTransfer: DownloadOptions = { env: process.env, idleMs: 60_000, pauseMs: 500, onProgress: () => {} };

/** An address may serve the file packed; the digest is that of the file. */
async function downloadVerified(wanted: Wanted, url: string, cached: string, options: FetchOptions): Promise<void> {
  const isPacked = new URL(url).pathname.endsWith('.gz') && !wanted.entry.file.endsWith('.gz');
  mkdirSync(path.dirname(cached), { recursive: true });
  const part = partFileFor(cached);
  const target = { url, part, bytes: isPacked ? null : wanted.entry.bytes };
  const hint = 'the address no longer serves this file: use a data mirror (HARNESS_DATA_MIRROR) with the original';
  const copy: Copy = { path: part.path, origin: withoutSecrets(url), hint, isPacked };
  const transfer = { ...usualTransfer, ...options.transfer };
  const { isResumed } = await download(target, transfer);
  try {
    await moveVerified(wanted, copy, cached);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    part.remove();
    if (!isResumed) throw error;
    // The pieces may be of two versions of the file: once more, from the start.
    await download(target, transfer);
    await moveVerified(wanted, copy, cached).catch((again: unknown) => {
      part.remove();
      throw again;
    });
  }
  part.remove();
}

/** Some errors of the network have several causes and no message of their own. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map((one: Error) => one.message).join('; ');
  return error.message;
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
  return `download ${entry.url === null ? 'it' : withoutSecrets(entry.url)} to ${place} and set HARNESS_DATA_MIRROR to <folder>`;
}
