/**
 * `harness verify --bundle`: is every file of an archive what its metadata says, and does the report that follows from
 * its records have the same bytes as the report in it? Trains nothing, and needs no results folder.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collect, readExperimentFile } from '../record/index.ts';
import { recordedReportKinds, renderReport } from '../report/index.ts';
import { UserError } from '../spec/user-error.ts';
import {
  CheckedStages,
  experimentNames,
  hashFileSync,
  isRecord,
  listOf,
  parseJson,
  planFile,
  textOf,
  type JsonRecord,
} from '../store/index.ts';
import { unpackArchive } from './archive.ts';
import { bundleNames, isBundled } from './contents.ts';
import { idOf } from './crate.ts';

export interface BundledFile {
  readonly name: string;
  /** What is not as it should be; null where nothing is. */
  readonly why: string | null;
}

export interface BundleVerification {
  readonly experiment: string;
  /** Each file of the archive, against its digest. */
  readonly files: readonly BundledFile[];
  /** Each file of the report, against the one that follows from the records. Empty where files are damaged. */
  readonly derived: readonly BundledFile[];
}

/** @throws UserError (2) where the file is no bundle, (4) where its records do not say what they should. */
export async function verifyBundle(file: string): Promise<BundleVerification> {
  if (!existsSync(file))
    throw new UserError(`there is no file ${file}`, { exitCode: 2, hint: '`harness bundle EXPERIMENT` writes one.' });
  const folder = mkdtempSync(join(tmpdir(), 'harness-bundle-'));
  try {
    const names = await unpackArchive(file, folder);
    const files = compareWithCrate(file, folder, names);
    const experiment = experimentIn(file, folder);
    const isWhole = files.every(({ why }) => why === null);
    return { experiment, files, derived: isWhole ? await deriveAgain(folder, experiment) : [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every file that the metadata names, and every one that it does not. */
function compareWithCrate(file: string, folder: string, names: readonly string[]): readonly BundledFile[] {
  const stated = statedFiles(file, folder);
  const there = new Map(names.map((name) => [idOf(name), name]));
  const known = [...stated].map(([id, sha256]) => {
    const name = there.get(id);
    if (name === undefined) return { name: id, why: 'missing' };
    const isSame = hashFileSync(join(folder, name), false).sha256 === sha256;
    return { name, why: isSame ? null : 'its sha256 is not the one in the metadata' };
  });
  const others = names.filter((name) => name !== bundleNames.crate && !stated.has(idOf(name)));
  return [...known, ...others.map((name) => ({ name, why: 'not in the metadata' }))];
}

/** Id -> sha256. */
function statedFiles(file: string, folder: string): ReadonlyMap<string, string> {
  const path = join(folder, bundleNames.crate);
  const crate = existsSync(path) ? parseJson(readFileSync(path, 'utf8')) : undefined;
  const graph = isRecord(crate) ? listOf(crate, '@graph') : [];
  const entities = graph.filter((entity) => isRecord(entity) && entity['@type'] === 'File');
  const stated = entities.flatMap((entity) => {
    const [id, sha256] = [textOf(entity as JsonRecord, '@id'), textOf(entity as JsonRecord, 'sha256')];
    return id === null || sha256 === null ? [] : [[id, sha256] as const];
  });
  if (stated.length === 0) throw noBundle(file, `it has no ${bundleNames.crate} that names files with their sha256`);
  return new Map(stated);
}

function experimentIn(file: string, folder: string): string {
  const [name, ...others] = experimentNames(join(folder, bundleNames.results));
  if (name === undefined || others.length > 0) throw noBundle(file, 'it has no plan of one experiment');
  return name;
}

const noBundle = (file: string, why: string): UserError =>
  new UserError(`${file}: no bundle of the harness: ${why}`, {
    exitCode: 2,
    hint: 'Give an archive as `harness bundle` wrote it.',
  });

/** Records -> database -> report, as `harness report` does, and then byte by byte. */
async function deriveAgain(folder: string, experiment: string): Promise<readonly BundledFile[]> {
  const resultsFolder = join(folder, bundleNames.results);
  const { problems } = await collect(resultsFolder, { checked: new CheckedStages(resultsFolder, isBundled) });
  if (problems.length > 0) return problems.map(({ path, message }) => ({ name: path, why: message }));
  const plan = planFile(resultsFolder, experiment);
  const kinds = await recordedReportKinds(readExperimentFile(plan).specText, plan);
  const again = await renderReport({ experiment, kinds, resultsFolder, reportsFolder: join(folder, 'again') });
  return again.files.map((name) => {
    const bundled = join(folder, bundleNames.report, name);
    const why = existsSync(bundled) ? difference(bundled, join(again.folder, name)) : 'not in the bundle';
    return { name: `${bundleNames.report}/${name}`, why };
  });
}

const difference = (bundled: string, derived: string): string | null =>
  hashFileSync(bundled, false).sha256 === hashFileSync(derived, false).sha256
    ? null
    : 'another file follows from the records';
