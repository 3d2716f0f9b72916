/**
 * One stage folder, read into rows: a pure function of its files. A folder that cannot be trusted gives a `damaged`
 * stage row with the reason, so that nothing built on it passes as complete.
 */
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CommittedOutcome,
  type DoneRecord,
  type FailedRecord,
  FolderFiles,
  type Glance,
  type JournalContent,
  type JsonRecord,
  damagedFile,
  failedRecordSchema,
  parseDescription,
  parseJournal,
  parseJsonRecord,
  readRecord,
  readVersion,
  recordedOutputs,
  stageFiles,
} from '../store/index.ts';
import { attemptsOf } from './attempts.ts';
import type { Attempt, StageMetric } from './attempts.ts';
import { type ChoiceValue, readChoices } from './choices.ts';
import type { ItemColumns } from './item-columns.ts';

export type StageOutcome = 'completed' | 'diverged' | 'failed' | 'interrupted' | 'cancelled' | 'unfinished' | 'damaged';

export interface StageRecord {
  readonly stageId: string;
  /** null where the folder does not say. */
  readonly kind: string | null;
  readonly fingerprint: string | null;
  readonly config: string | null;
  readonly inputs: string | null;
  readonly outcome: StageOutcome;
  /** Of a stage that failed. */
  readonly errorClass: string | null;
  /** Why it is not completed, in one line. */
  readonly cause: string | null;
  readonly attempts: readonly Attempt[];
  readonly metrics: readonly StageMetric[];
  readonly choices: ReadonlyMap<string, ChoiceValue>;
  readonly items: ItemColumns | null;
  /** To be shown to the user; the record is valid all the same. */
  readonly problems: readonly string[];
}

/** Never throws for what the files hold: damage becomes the record's outcome. */
export async function readStage(folder: string, stageId: string, glance: Glance): Promise<StageRecord> {
  try {
    return await readSound(folder, stageId, glance);
  } catch (error) {
    return damagedStage(stageId, error instanceof Error ? error.message : String(error));
  }
}

function damagedStage(stageId: string, cause: string): StageRecord {
  return {
    stageId,
    kind: null,
    fingerprint: null,
    config: null,
    inputs: null,
    outcome: 'damaged',
    errorClass: null,
    cause,
    attempts: [],
    metrics: [],
    choices: new Map(),
    items: null,
    problems: [cause],
  };
}

async function readSound(folder: string, stageId: string, glance: Glance): Promise<StageRecord> {
  const files = new FolderFiles(folder);
  const done = readCommit(files, glance);
  // It says nothing of a stage that was committed, and most are.
  const failed = done === null ? readRecord(join(folder, stageFiles.failed), failedRecordSchema) : null;
  const journal = readEvents(files);
  const { attempts, metrics } = attemptsOf(journal.events, { failed, provenance: readProvenance(files) });
  assertCommitted(folder, done, attempts.at(-1));
  return {
    ...describe(files, stageId),
    ...outcomeOf(done, failed, attempts.at(-1)),
    attempts,
    metrics,
    choices: choicesOf(files, done),
    items: await itemsOf(files, done),
    problems: journal.problems,
  };
}

type Description = Pick<StageRecord, 'stageId' | 'kind' | 'fingerprint' | 'config' | 'inputs'>;

function describe(files: FolderFiles, stageId: string): Description {
  const path = files.path(stageFiles.stage);
  const { id, kind, fingerprint, config, inputs } = parseDescription(files.text(stageFiles.stage), path);
  if (id !== stageId) throw damagedFile(path, `says id ${JSON.stringify(id)}, the folder is ${stageId}`);
  return { stageId, kind, fingerprint, config: JSON.stringify(config), inputs: JSON.stringify(inputs) };
}

function readCommit(files: FolderFiles, glance: Glance): DoneRecord | null {
  const done = glance.commit(files);
  if (done !== null && 'damaged' in done) throw damagedFile(files.folder, done.damaged);
  return done;
}

/** A result on record without its commit, and nobody in the folder who is about to write it. */
function assertCommitted(folder: string, done: DoneRecord | null, last: Attempt | undefined): void {
  if (done !== null || (last?.outcome !== 'completed' && last?.outcome !== 'diverged')) return;
  if (existsSync(join(folder, stageFiles.lease))) return;
  throw damagedFile(folder, `its journal has a result, and ${stageFiles.done} is missing`);
}

function readProvenance(files: FolderFiles): JsonRecord | null {
  const text = files.textIfThere(stageFiles.provenance);
  if (text === null) return null;
  const path = files.path(stageFiles.provenance);
  const provenance = parseJsonRecord(text, path);
  readVersion(path, provenance, 'provenance');
  return provenance;
}

function readEvents(files: FolderFiles): Pick<JournalContent, 'events'> & { readonly problems: readonly string[] } {
  const text = files.textIfThere(stageFiles.journal);
  if (text === null) return { events: [], problems: [] };
  const path = files.path(stageFiles.journal);
  const { events, torn } = parseJournal(text, path);
  return { events, problems: torn === null ? [] : [`${path}:${torn.line}: the last line is torn, ignored`] };
}

type End = Pick<StageRecord, 'outcome' | 'errorClass' | 'cause'>;

function outcomeOf(done: DoneRecord | null, failed: FailedRecord | null, last: Attempt | undefined): End {
  if (done !== null) return committedOutcome(done.outcome);
  const end = last?.outcome;
  if (end === 'interrupted' || end === 'cancelled')
    return { outcome: end, errorClass: null, cause: end === 'cancelled' ? 'as `harness cancel` asked' : null };
  if (end === 'failed') return { outcome: end, errorClass: last?.errorClass ?? null, cause: last?.message ?? null };
  if (failed === null) return { outcome: 'unfinished', errorClass: null, cause: 'started, and no end was recorded' };
  const { errorClass, message } = failed.outcome;
  return { outcome: 'failed', errorClass, cause: message };
}

function committedOutcome(outcome: CommittedOutcome): End {
  if (outcome.kind === 'completed') return { outcome: 'completed', errorClass: null, cause: null };
  return { outcome: 'diverged', errorClass: null, cause: `step ${outcome.step}: ${outcome.reason}` };
}

function choicesOf(files: FolderFiles, done: DoneRecord | null): ReadonlyMap<string, ChoiceValue> {
  const bytes = readOutput(files, done, recordedOutputs.choice);
  return bytes === null ? new Map() : readChoices(bytes, files.path(recordedOutputs.choice));
}

async function itemsOf(files: FolderFiles, done: DoneRecord | null): Promise<ItemColumns | null> {
  const bytes = readOutput(files, done, recordedOutputs.items);
  if (bytes === null) return null;
  // Arrow takes longer to load than a collect with nothing new takes altogether.
  const { readItemColumns } = await import('./item-columns.ts');
  return readItemColumns(bytes, files.path(recordedOutputs.items));
}

/** An output of a stage that committed it, or null. Throws where its bytes are not those that were committed. */
function readOutput(files: FolderFiles, done: DoneRecord | null, file: string): Uint8Array | null {
  const output = done?.outputs.find((entry) => entry.file === file);
  if (output === undefined) return null;
  const bytes = files.bytes(file);
  if (hash('sha256', bytes, 'hex') !== output.sha256)
    throw damagedFile(files.path(file), `its sha256 is not the one in ${stageFiles.done}`);
  return bytes;
}
