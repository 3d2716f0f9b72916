/**
 * `seal.json`, and the comparison of everything that a stage committed with its digests: outputs by `done.json`,
 * records by the seal. So a changed byte in a journal is found as well as one in a model.
 */
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { differenceOf, hashFileSync } from './digest.ts';
import { errorCode, toJson } from './durable.ts';
import { FolderFiles } from './folder-files.ts';
import { recordedOutputs, stageFiles } from './layout.ts';
import { parseJson } from './read-json.ts';
import { outputDamage, sealSchema, type DoneRecord, type OutputRecord, type Seal } from './stage-records.ts';

/** Records that are there at every commit. `done.json` is sealed, too. */
const sealedRecords = [stageFiles.stage, stageFiles.provenance, stageFiles.journal] as const;

/** Flushes the records to the disk on the way. @param doneText What `done.json` will hold. */
export function sealText(folder: string, doneText: string): string {
  const done = { file: stageFiles.done, bytes: Buffer.byteLength(doneText), sha256: hash('sha256', doneText, 'hex') };
  const records = sealedRecords.map((file) => ({ file, ...hashFileSync(join(folder, file), true) }));
  return toJson({ sealVersion: 1, files: [done, ...records] } satisfies Seal);
}

/** Names of all files that a stage's result rests on. */
export function coveredFiles({
  doneVersion,
  outputs,
}: Pick<DoneRecord, 'doneVersion'> & { readonly outputs: readonly { readonly file: string }[] }): readonly string[] {
  const records = doneVersion === undefined ? [stageFiles.journal] : [...sealedRecords, stageFiles.seal];
  return [...records, ...outputs.map(({ file }) => file)];
}

/** Read by who reads a stage, which may be at once: the others can be large, and go through one buffer. */
const readAgain: ReadonlySet<string> = new Set([
  stageFiles.done,
  ...sealedRecords,
  recordedOutputs.items,
  recordedOutputs.choice,
]);

/**
 * Reads every file that is covered. Null, or the first thing that is not as it was committed.
 * @param files Of `folder`: has the files of the record afterwards, as they were compared.
 */
export function damageOf(folder: string, done: DoneRecord, files = new FolderFiles(folder)): string | null {
  const inNamesAndSizes = outputDamage(folder, done);
  if (inNamesAndSizes !== null) return inNamesAndSizes;
  const inRecords = done.doneVersion === undefined ? null : recordDamage(files);
  return inRecords ?? firstDifference(files, done.outputs, stageFiles.done);
}

function recordDamage(files: FolderFiles): string | null {
  const text = files.textIfThere(stageFiles.seal);
  if (text === null) return `${stageFiles.seal} is missing`;
  const seal = sealSchema.safeParse(parseJson(text)).data;
  if (seal === undefined) return `${stageFiles.seal} does not have the expected fields`;
  const unsealed = [stageFiles.done, ...sealedRecords].find((name) => !seal.files.some(({ file }) => file === name));
  if (unsealed !== undefined) return `${stageFiles.seal} does not name ${unsealed}`;
  return firstDifference(files, seal.files, stageFiles.seal);
}

function firstDifference(files: FolderFiles, stated: readonly OutputRecord[], statedIn: string): string | null {
  for (const expected of stated) {
    const sha256 = sha256Of(files, expected.file);
    if ('error' in sha256) return `${expected.file} ${sha256.error}`;
    if (sha256.value !== expected.sha256) return differenceOf(expected, sha256.value, statedIn);
  }
  return null;
}

function sha256Of(files: FolderFiles, file: string): { readonly value: string } | { readonly error: string } {
  try {
    if (readAgain.has(file)) return { value: hash('sha256', files.bytes(file), 'hex') };
    return { value: hashFileSync(files.path(file), false).sha256 };
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    return { error: code === 'ENOENT' ? 'is missing' : `cannot be read: ${code}` };
  }
}
