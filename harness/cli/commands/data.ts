/** `harness data ls|verify`: datasets by digest, and where their files are. */
import { existsSync } from 'node:fs';
import {
  cachedDatasetFile,
  datasetNames,
  fetchDatasetFile,
  loadDatasetManifest,
  mirroredDatasetFile,
} from '../../data/index.ts';
import type { DatasetFile, DatasetManifest } from '../../data/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CliContext } from '../context.ts';
import { cacheFolder, dataMirror } from '../folders.ts';

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
  return cachedDatasetFile(manifest, file, cacheFolder(context.host.env));
}

/** Where a file would be taken from. */
type FilePlace = 'cache' | 'mirror' | 'address' | 'absent';

function placeOf(context: CliContext, manifest: DatasetManifest, { file, url }: DatasetFile): FilePlace {
  if (existsSync(cachedPath(context, manifest, file))) return 'cache';
  const mirror = dataMirror(context.host.env);
  if (mirror !== null && mirroredDatasetFile(manifest, file, mirror) !== null) return 'mirror';
  return url === null ? 'absent' : 'address';
}

export async function dataLs(context: CliContext, flags: { readonly json: boolean }): Promise<void> {
  const datasets = manifestsOf([]).map((manifest) => {
    const places = manifest.files.map((file) => placeOf(context, manifest, file));
    const among = (place: FilePlace): number => places.filter((one) => one === place).length;
    return {
      name: manifest.name,
      version: manifest.version,
      license: manifest.license,
      files: manifest.files.length,
      bytes: manifest.files.reduce((total, { bytes }) => total + bytes, 0),
      cached: among('cache'),
      mirrored: among('mirror'),
      downloadable: among('address'),
      absent: among('absent'),
      homepage: manifest.homepage,
    };
  });
  if (flags.json) return context.printJson({ datasets });
  context.printTable(
    ['dataset', 'version', 'licence', 'files', 'cached', 'where', { name: 'MB', align: 'right' }],
    datasets.map((dataset) => [
      dataset.name,
      dataset.version.slice(0, 12),
      dataset.license.split(/[,;(]/)[0]?.trim(),
      dataset.files,
      dataset.cached,
      whereOf(dataset),
      (dataset.bytes / 1e6).toFixed(1),
    ]),
  );
}

/** Of a dataset with files in several places, the one that is hardest to reach. */
function whereOf({
  absent,
  downloadable,
  mirrored,
}: {
  readonly absent: number;
  readonly downloadable: number;
  readonly mirrored: number;
}): string {
  if (absent > 0) return 'absent, no address';
  if (downloadable > 0) return 'absent, has an address';
  return mirrored > 0 ? 'mirror' : 'cache';
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
    context.note(
      'harness: nothing is in the cache, so nothing is verified\n  `harness data fetch --all` brings the files.',
    );
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
