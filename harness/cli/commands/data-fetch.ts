/** `harness data fetch`: files of datasets into the cache, from a mirror or their address. */
import { bringDatasetFile, datasetNames, loadDatasetManifest, type DatasetManifest } from '../../data/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { cacheFolder, dataMirror } from '../folders.ts';
import { transferLine } from '../output/transfer-line.ts';

interface FetchFlags {
  readonly json: boolean;
  readonly all: boolean;
  readonly download: boolean;
}

/** `state`: `verified` or `missing`; `detail`: the path, or what went wrong. */
interface FetchedState {
  readonly dataset: string;
  readonly license: string;
  readonly file: string;
  readonly bytes: number;
  readonly state: 'verified' | 'missing';
  readonly origin: 'cache' | 'mirror' | 'download' | null;
  readonly detail: string;
}

/**
 * With names: throws the first failure (exit 3) with the places that were tried. `--all` goes on to the next file, and
 * ends with exit 3 where one is missing.
 */
export async function dataFetch(context: CliContext, flags: FetchFlags, ...names: readonly string[]): Promise<void> {
  if (flags.all === names.length > 0)
    throw new UserError(flags.all ? 'names or --all, not both' : 'which datasets?', {
      exitCode: 2,
      hint: `name some of ${datasetNames().join(', ')}, or give --all`,
    });
  const files: FetchedState[] = [];
  for (const manifest of (flags.all ? datasetNames() : names).map(loadDatasetManifest)) {
    for (const { file } of manifest.files) files.push(await fetchFile(context, flags, manifest, file));
    if (!flags.json) context.note(`${manifest.name}: licence ${manifest.license}`);
  }
  const missing = files.filter(({ state }) => state === 'missing').length;
  if (missing > 0) context.exitWith(3);
  if (flags.json) return context.printJson({ files });
  const verified = `${plural(files.length - missing, 'file')} verified`;
  context.print(missing === 0 ? verified : `${verified}, ${missing} missing`);
}

async function fetchFile(
  context: CliContext,
  flags: FetchFlags,
  manifest: DatasetManifest,
  file: string,
): Promise<FetchedState> {
  const { env } = context.host;
  const name = `${manifest.name}/${file}`;
  const bytes = manifest.files.find((entry) => entry.file === file)?.bytes ?? 0;
  const about = { dataset: manifest.name, license: manifest.license, file, bytes };
  const line = transferLine(context.host.stderr, name, !flags.json);
  try {
    const { path, origin } = await bringDatasetFile(manifest, file, {
      cacheFolder: cacheFolder(env),
      mirrorFolder: dataMirror(env),
      download: flags.download,
      transfer: { env, onProgress: line.show },
    });
    line.end();
    if (!flags.json) context.note(`${name}: verified, ${path}${origin === 'cache' ? '' : ` (from the ${origin})`}`);
    return { ...about, state: 'verified', origin, detail: path };
  } catch (error) {
    line.end();
    if (!flags.all || !(error instanceof UserError)) throw error;
    if (!flags.json) context.note(`${error.message}${error.hint === null ? '' : `\n  ${error.hint}`}`);
    return { ...about, state: 'missing', origin: null, detail: error.message };
  }
}
