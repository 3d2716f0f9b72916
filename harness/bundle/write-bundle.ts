/** `harness bundle`: one archive with all that an experiment's report rests on, and the report. */
import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collect, readExperimentFile } from '../record/index.ts';
import { nothingRecorded, recordedReportKinds, renderReport } from '../report/index.ts';
import { UserError } from '../spec/user-error.ts';
import {
  fileToReplace,
  hashFileSync,
  planFile,
  readRecordedProvenance,
  replaceFile,
  stageFiles,
  type RecordedProvenance,
} from '../store/index.ts';
import { writeArchive, type ArchiveEntry } from './archive.ts';
import { bundleNames, recordedSources, type BundledSource } from './contents.ts';
import { crateText, type CrateFile } from './crate.ts';

export interface BundleOptions {
  readonly resultsFolder: string;
  readonly experiment: string;
  /** SPDX identifier of the licence that the results are given under; null = none is stated. */
  readonly license: string | null;
  /** The archive to write; replaced where it is there. */
  readonly file: string;
}

export interface WrittenBundle {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Number of files in it. */
  readonly files: number;
}

/** Two folders up in the sources (`harness/bundle`) and in the build (`dist/bundle`) alike. */
const packageFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const locks = ['package-lock.json', 'harness/backends/torch/requirements-cpu.txt'];

/**
 * @throws UserError (5) where nothing of the experiment is recorded, (4) where what is recorded is damaged: a bundle of
 *   it would not say what was measured.
 */
export async function writeBundle(options: BundleOptions): Promise<WrittenBundle> {
  const { resultsFolder, experiment } = options;
  const plan = planFile(resultsFolder, experiment);
  if (!existsSync(plan)) throw nothingRecorded(`experiment ${experiment} is not recorded in ${resultsFolder}`);
  const { problems } = await collect(resultsFolder);
  if (problems.length > 0) throw damaged(problems);
  const scratch = mkdtempSync(join(tmpdir(), 'harness-bundle-'));
  try {
    const { question, specText } = readExperimentFile(plan);
    const kinds = await recordedReportKinds(specText, plan);
    const { folder, files: drawn } = await renderReport({ experiment, kinds, resultsFolder, reportsFolder: scratch });
    const report = drawn.map((file) => ({ name: `${bundleNames.report}/${file}`, path: join(folder, file) }));
    const recorded = recordedSources(resultsFolder, experiment);
    const parts = [...[...recorded, ...report, ...lockSources()].map(fileEntry), textEntry(bundleNames.spec, specText)];
    const files = parts.map(({ about }) => about);
    const crate = crateText({ ...options, question, files, sweeps: sweepsOf(recorded) });
    const entries = [...parts.map(({ entry }) => entry), textEntry(bundleNames.crate, crate).entry];
    return { ...(await write(options.file, entries)), files: entries.length };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function damaged(problems: readonly { readonly path: string; readonly message: string }[]): UserError {
  const [first] = problems;
  return new UserError(`${problems.length} records are damaged: ${first?.path}: ${first?.message}`, {
    exitCode: 4,
    hint: 'Sweep the experiment again first: what is damaged is made anew.',
  });
}

/** Of this installation; a package that was installed has none of its own. */
function lockSources(): readonly BundledSource[] {
  const there = locks.map((file) => join(packageFolder, file)).filter((file) => existsSync(file));
  return there.map((path) => ({ name: `${bundleNames.locks}/${basename(path)}`, path }));
}

interface Part {
  readonly entry: ArchiveEntry;
  readonly about: CrateFile;
}

const fileEntry = ({ name, path }: BundledSource): Part => ({
  entry: { name, content: { path } },
  about: { name, ...hashFileSync(path, false) },
});

function textEntry(name: string, text: string): Part {
  const content = Buffer.from(text);
  return { entry: { name, content }, about: { name, bytes: content.length, sha256: hash('sha256', content, 'hex') } };
}

/** Each once, the oldest first. */
function sweepsOf(sources: readonly BundledSource[]): readonly RecordedProvenance[] {
  const files = sources.filter(({ name }) => basename(name) === stageFiles.provenance);
  const all = files.map(({ path }) => readRecordedProvenance(path));
  const byStart = new Map(all.map((sweep) => [`${sweep.startedAt} ${sweep.place.join(' ')}`, sweep]));
  return [...byStart].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, sweep]) => sweep);
}

async function write(file: string, entries: readonly ArchiveEntry[]): Promise<Omit<WrittenBundle, 'files'>> {
  await replaceFile(fileToReplace(file), (temporary) => writeArchive(temporary, entries));
  return { file, ...hashFileSync(file, false) };
}
