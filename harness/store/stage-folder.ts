/**
 * The life of a stage folder around an attempt: enter (lease), commit (done.json), record another end, leave; and
 * clearing a damaged one.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { livenessOf, thisProcess } from './process-identity.ts';
import type { StageResult, StageTask } from './stage-task.ts';
import { hashOutputs } from './digest.ts';
import { createExclusively, syncFolder, toJson, writeFileAtomically } from './durable.ts';
import { appendToJournal } from './write-journal.ts';
import type { Journal } from './write-journal.ts';
import { stageFiles } from './layout.ts';
import { leaseSchema, readDone, readRecord } from './stage-records.ts';
import { writeDescription } from './stage-description.ts';
import type { CommittedOutcome, DoneRecord } from './stage-records.ts';

/**
 * Makes the folder and takes its lease. Returns the result at once where an orphan of a killed sweep has just committed
 * the stage.
 * @throws UserError (4) where another living worker holds the lease; (2) where the folder belongs to another stage.
 */
export function enterFolder(task: StageTask): 'open' | StageResult {
  const { folder, stage, attempt } = task;
  mkdirSync(folder, { recursive: true });
  takeLease(folder, attempt);
  try {
    const done = readDone(folder, stage.id);
    if (done === null || 'damaged' in done) {
      describeFolder(task);
      return 'open';
    }
    leaveFolder(folder);
    return { kind: 'committed', outcome: done.outcome };
  } catch (error) {
    leaveFolder(folder);
    throw error;
  }
}

/** Says in the folder what its stage is and where it comes from, for the record. */
export function describeFolder({ folder, stage, provenance }: StageTask): void {
  writeDescription(folder, stage);
  writeFileAtomically(join(folder, stageFiles.provenance), toJson(provenance), false);
}

/**
 * Hashes and fsyncs the outputs, writes the outcome to the journal, and renames done.json into place: after that the
 * stage is done and stays done.
 */
export async function commit(
  task: StageTask,
  journal: Journal,
  outcome: CommittedOutcome,
  outputs: readonly string[],
): Promise<StageResult> {
  const record: DoneRecord = { id: task.stage.id, outcome, outputs: [...(await hashOutputs(task.folder, outputs))] };
  journal.append({ kind: 'outcome', endedAt: new Date().toISOString(), outcome });
  journal.sync();
  writeFileAtomically(join(task.folder, stageFiles.done), toJson(record), true);
  tidy(task.folder, outputs);
  return { kind: 'committed', outcome };
}

/**
 * Removes what is no output: resume points, which are not needed any more. The stage is committed already, so an error
 * here fails nothing.
 */
function tidy(folder: string, outputs: readonly string[]): void {
  try {
    rmSync(join(folder, stageFiles.failed), { force: true });
    removeExcept(folder, new Set([...Object.values(stageFiles), ...outputs.map(firstPart)]));
  } catch {
    // left-overs take room on the disk and change no result
  }
}

/**
 * Records an end without a commit. Errors of the journal are dropped here: a full disk must not hide the failure
 * itself.
 */
export function recordEnd(
  journal: Journal,
  result: Extract<StageResult, { kind: 'failed' | 'interrupted' }>,
): StageResult {
  const outcome = result.kind === 'failed' ? result.outcome : ({ kind: 'interrupted' } as const);
  try {
    journal.append({ kind: 'outcome', endedAt: new Date().toISOString(), outcome });
    journal.sync();
  } catch {
    // the conductor still gets the result
  }
  return result;
}

export function leaveFolder(folder: string): void {
  rmSync(join(folder, stageFiles.lease), { force: true });
}

/**
 * Empties a damaged folder, done.json first (so that a kill in between leaves "not done", never "done but empty"); the
 * journal stays and says why.
 */
export function clearFolder(folder: string, why: string): void {
  rmSync(join(folder, stageFiles.done), { force: true });
  syncFolder(folder);
  removeExcept(folder, new Set([stageFiles.journal, stageFiles.lease]));
  appendToJournal(folder, { kind: 'note', text: `outputs were damaged (${why}): cleared to run again` });
}

function takeLease(folder: string, attempt: number): void {
  const file = join(folder, stageFiles.lease);
  const holder = readRecord(file, leaseSchema);
  if (holder !== null && holder.pid !== process.pid && livenessOf(holder) === 'alive')
    throw occupied(`worker ${holder.pid} is still in ${folder}`, 'Run the same command again when it has left.');
  rmSync(file, { force: true });
  const isMine = createExclusively(file, toJson({ ...thisProcess(), attempt }));
  if (!isMine) throw occupied(`another worker has just entered ${folder}`, 'Run the same command again.');
}

function occupied(message: string, hint: string): UserError {
  return new UserError(message, { exitCode: 4, hint });
}

function removeExcept(folder: string, kept: ReadonlySet<string>): void {
  for (const name of readdirSync(folder))
    if (!kept.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
}

const firstPart = (file: string): string => file.split('/')[0] ?? file;
