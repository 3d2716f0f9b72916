/**
 * What the store says about each stage, from stat calls alone: cheap enough for 800 stages at every start (`plan`,
 * `status` and `sweep` ask).
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from './journal-event.ts';
import { stageFiles, stageFolder, stageLeasePlace } from './layout.ts';
import { readHolder } from './lease-watch.ts';
import { readJournal } from './read-journal.ts';
import { stageIds } from './sources.ts';
import { failedRecordSchema, outputDamage, readDone, readRecord, stageHolderSchema } from './stage-records.ts';
import type { Damaged, DoneRecord, FailedRecord, StageHolder } from './stage-records.ts';
import type { CheckedStages } from './checked-stages.ts';
import type { StageResult, StageTask } from './stage-task.ts';

export type StoreState =
  | 'done'
  | 'absent'
  | { readonly diverged: { readonly step: number; readonly reason: string } }
  /** Committed once, but what lies there is not what was committed: it is run again. The text is the exact reason. */
  | { readonly damaged: string }
  | { readonly failed: FailedRecord };

/**
 * @param ids The stages asked about; without it, every folder of the store.
 * @param checked With it, what stages committed is compared with its digests; without it, with names and sizes only.
 */
export function readStoreState(
  resultsFolder: string,
  ids?: readonly string[],
  checked?: CheckedStages,
): Map<string, StoreState> {
  return new Map((ids ?? stageIds(resultsFolder)).map((id) => [id, readStageState(resultsFolder, id, checked)]));
}

export function readStageState(resultsFolder: string, id: string, checked?: CheckedStages): StoreState {
  const folder = stageFolder(resultsFolder, id);
  const done = checked === undefined ? commitOf(folder, id) : checked.look(id);
  if (done === null) {
    const failed = readRecord(join(folder, stageFiles.failed), failedRecordSchema);
    return failed === null ? 'absent' : { failed };
  }
  if ('damaged' in done) return done;
  return done.outcome.kind === 'completed'
    ? 'done'
    : { diverged: { step: done.outcome.step, reason: done.outcome.reason } };
}

function commitOf(folder: string, id: string): DoneRecord | Damaged | null {
  const done = readDone(folder, id);
  if (done === null || 'damaged' in done) return done;
  const damaged = outputDamage(folder, done);
  return damaged === null ? done : { damaged };
}

/** The worker that is in a stage's folder at this moment, or null. */
export const readLiveLease = (resultsFolder: string, id: string): StageHolder | null =>
  readHolder(stageLeasePlace(stageFolder(resultsFolder, id)), stageHolderSchema);

/** Ids of the stages that are done, the newest first, at most `limit`. */
export function newestDone(resultsFolder: string, limit = Infinity): readonly string[] {
  const timed = stageIds(resultsFolder).flatMap((id) => {
    const file = join(stageFolder(resultsFolder, id), stageFiles.done);
    const time = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    return time === undefined ? [] : [{ id, time }];
  });
  return timed
    .sort((a, b) => b.time - a.time || (a.id < b.id ? -1 : 1))
    .slice(0, limit)
    .map(({ id }) => id);
}

/**
 * How an attempt ended, as its folder says: committed, or the last outcome in its journal. null where it says neither.
 */
export function readOutcome(task: StageTask): StageResult | null {
  const done = readDone(task.folder, task.stage.id);
  if (done !== null && !('damaged' in done)) return { kind: 'committed', outcome: done.outcome };
  const outcome = journalOutcome(task);
  if (outcome?.kind === 'failed') return { kind: 'failed', outcome, hint: null, isDiskTrouble: false };
  return outcome?.kind === 'interrupted' ? { kind: 'interrupted' } : null;
}

/** The last outcome that the attempt wrote to its journal. */
function journalOutcome({ folder, attempt }: StageTask): Outcome | null {
  const journal = join(folder, stageFiles.journal);
  if (!existsSync(journal)) return null;
  const { events } = readJournal(journal);
  const start = events.findLastIndex((event) => event.kind === 'attempt' && event.attempt === attempt);
  const end = start < 0 ? undefined : events.slice(start).findLast((event) => event.kind === 'outcome');
  return end?.kind === 'outcome' ? end.outcome : null;
}
