/** `harness data ls|fetch|verify`: datasets by digest, from the cache, a mirror, or their address. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { datasetNames, fetchDatasetFile, loadDatasetManifest } from '../../data/index.ts';
import type { DatasetManifest } from '../../data/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CliContext } from '../context.ts';
import { cacheFolder, dataMirror } from '../folders.ts';
import { plural } from '../../text/index.ts';

interface FileState {
  readonly dataset: string;
  readonly file: string;
  readonly bytes: number;
  readonly state: 'verified' | 'missing' | 'damaged';
  readonly detail: string | null;
}

const manifestsOf = (names: readonly string[]): readonly DatasetManifest[] =>
  (names.length === 0 ? datasetNames() : names).map(loadDatasetManifest);

function cachedPath(context: CliContext, manifest: DatasetManifest, file: string): string {
  return join(cacheFolder(context.host.env), 'datasets', manifest.folder, file);
}

export async function dataLs(context: CliContext, flags: { readonly json: boolean }): Promise<void> {
  const datasets = manifestsOf([]).map((manifest) => ({
    name: manifest.name,
    version: manifest.version,
    license: manifest.license,
    files: manifest.files.length,
    bytes: manifest.files.reduce((total, { bytes }) => total + bytes, 0),
    cached: manifest.files.filter(({ file }) => existsSync(cachedPath(context, manifest, file))).length,
    homepage: manifest.homepage,
  }));
  if (flags.json) return context.printJson({ datasets });
  context.printTable(
    ['dataset', 'version', 'licence', 'files', 'cached', { name: 'MB', align: 'right' }],
    datasets.map(({ name, version, license, files, cached, bytes }) => [
      name,
      version.slice(0, 12),
      license.split(/[,;(]/)[0]?.trim(),
      files,
      cached,
      (bytes / 1e6).toFixed(1),
    ]),
  );
}

/**
 * Every file of the datasets into the cache, verified. Throws the first failure (exit 3) with the places that were
 * tried.
 */
export async function dataFetch(
  context: CliContext,
  flags: { readonly json: boolean; readonly download: boolean },
  ...names: readonly string[]
): Promise<void> {
  const { env } = context.host;
  const files: FileState[] = [];
  for (const manifest of manifestsOf(names)) {
    for (const { file, bytes } of manifest.files) {
      const path = await fetchDatasetFile(manifest, file, {
        cacheFolder: cacheFolder(env),
        mirrorFolder: dataMirror(env),
        download: flags.download,
      });
      if (!flags.json) context.note(`${manifest.name}/${file}: verified, ${path}`);
      files.push({ dataset: manifest.name, file, bytes, state: 'verified', detail: path });
    }
  }
  if (flags.json) return context.printJson({ files });
  context.print(`${plural(files.length, 'file')} verified`);
}

/** What lies in the cache, against its digests. Damage is exit 3; nothing there at all is exit 5. */
export async function dataVerify(
  context: CliContext,
  flags: { readonly json: boolean },
  ...names: readonly string[]
): Promise<void> {
  const files: FileState[] = [];
  for (const manifest of manifestsOf(names))
    for (const { file, bytes } of manifest.files)
      files.push({ dataset: manifest.name, file, bytes, ...(await verifyCached(context, manifest, file)) });
  const damaged = files.filter(({ state }) => state === 'damaged');
  if (damaged.length > 0) context.exitWith(3);
  else if (files.every(({ state }) => state === 'missing')) {
    context.exitWith(5);
    context.note('harness: nothing is in the cache, so nothing is verified\n  `harness data fetch` brings the files.');
  }
  if (flags.json) return context.printJson({ files });
  context.printTable(
    ['dataset', 'file', 'state', 'detail'],
    files.map(({ dataset, file, state, detail }) => [dataset, file, state, detail]),
  );
}

async function verifyCached(
  context: CliContext,
  manifest: DatasetManifest,
  file: string,
): Promise<Pick<FileState, 'state' | 'detail'>> {
  if (!existsSync(cachedPath(context, manifest, file))) return { state: 'missing', detail: null };
  try {
    await fetchDatasetFile(manifest, file, {
      cacheFolder: cacheFolder(context.host.env),
      mirrorFolder: null,
      download: false,
    });
    return { state: 'verified', detail: null };
  } catch (error) {
    if (error instanceof UserError) return { state: 'damaged', detail: error.message };
    throw error;
  }
}
