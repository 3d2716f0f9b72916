/** What is written into a stage folder beside an attempt: its description, the end of a dead worker, damage. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { toJson, writeFileAtomically } from './durable.ts';
import type { Outcome } from './journal-event.ts';
import { stageFiles } from './layout.ts';
import { lastAttempt } from './read-journal.ts';
import { assertSameStage, descriptionText } from './stage-description.ts';
import type { FailedRecord } from './stage-records.ts';
import type { StageResult, StageTask } from './stage-task.ts';
import { inStageFolder } from './workspace.ts';
import type { Journal } from './write-journal.ts';

/**
 * Says in a folder what its stage is and where it comes from: for a program that is given the folder to work in.
 * @throws UserError (2) where the folder belongs to another stage.
 */
export function describeFolder({ folder, stage, provenance }: StageTask): void {
  assertSameStage(folder, stage);
  writeFileAtomically(join(folder, stageFiles.stage), descriptionText(stage), false);
  writeFileAtomically(join(folder, stageFiles.provenance), toJson(provenance), false);
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

/** Nobody has committed the stage in the meantime: what a stage committed is not added to. */
const isOpen = (folder: string) => (): boolean => !existsSync(join(folder, stageFiles.done));

/** The end of a worker that died before it could write one. False where the stage is somebody else's by now. */
export function recordDeath(folder: string, attempt: number, outcome: Outcome): boolean {
  return inStageFolder(folder, isOpen(folder), ({ journal }) => {
    const endedAt = new Date().toISOString();
    if (lastAttempt(folder) < attempt)
      journal.note({ kind: 'attempt', attempt, startedAt: endedAt, resumedFromStep: null });
    journal.note({ kind: 'outcome', endedAt, outcome });
  });
}

/** Leaves failed.json behind for `status` and the record. False where the stage is somebody else's by now. */
export const writeFailure = (folder: string, record: FailedRecord): boolean =>
  inStageFolder(folder, isOpen(folder), (workspace) => workspace.write(stageFiles.failed, toJson(record)));

/**
 * Empties a damaged folder. False where a worker is in it, or the damage is not there any more.
 * @param isDamaged Asked again once nobody else can change the folder.
 */
export const clearFolder = (folder: string, why: string, isDamaged: () => boolean = () => true): boolean =>
  inStageFolder(folder, isDamaged, (workspace) => workspace.clear(why));
