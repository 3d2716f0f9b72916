/**
 * The store: how a results folder is laid out, and how its files are written so that a kill at any moment loses
 * nothing. No other room spells a file or folder name of a results folder.
 *
 *     layout.ts             where everything lies; read it first
 *     formats.ts            versions of the files, and what an older one looks like
 *     durable.ts            files that appear whole; read-json.ts reads them with the file named in every error
 *     process-identity.ts   is the process that took a lock still there? sweep-lock.ts: one sweep a results folder
 *
 *     one stage folder, in the order of its life
 *     stage-task.ts         what a worker has to do; task-file.ts: task.json, the same as a file
 *     provenance.ts         where the result will come from
 *     stage-folder.ts       enter (lease.json, stage.json) -> ... -> commit (done.json), or record why not
 *     stage-description.ts  stage.json
 *     write-journal.ts      journal.jsonl, one line a journal-event.ts; read-journal.ts reads it
 *     digest.ts             sha256 of outputs at the commit; verify-inputs.ts compares them before they are used
 *     stage-records.ts      done.json, failed.json, lease.json
 *
 *     results-folder.ts     created, or refused because it cannot be written to
 *     stage-state.ts        which stages are done, failed, damaged, being worked on
 *     sources.ts            all stages and experiments of a results folder, for the collector
 */
export { endWithParent, orphanedGraceMs } from './end-with-parent.ts';
export { VerifiedFiles } from './digest.ts';
export { errorCode, removeAbandoned, replaceFile, toJson, writeFileAtomically } from './durable.ts';
export { fileToReplace } from './file-to-replace.ts';
export { formats, readVersion } from './formats.ts';
export type { ErrorClass, JournalEvent, Outcome } from './journal-event.ts';
export {
  databaseFile,
  planFile,
  reportsFolder,
  recordedOutputs,
  stageFiles,
  stageFolder,
  storeFolder,
  workerLogFile,
} from './layout.ts';
export { livenessOf } from './process-identity.ts';
export type { Provenance } from './provenance.ts';
export { type JournalContent, lastAttempt, readJournal } from './read-journal.ts';
export {
  type JsonRecord,
  damagedFile,
  isRecord,
  listOf,
  numberOf,
  parseJson,
  readJson,
  readJsonRecord,
  recordOf,
  textOf,
} from './read-json.ts';
export { assertWritable, createResultsFolder } from './results-folder.ts';
export { type RecordSource, experimentNames, findSources, isStageFolder, stageIds } from './sources.ts';
export { readDescription } from './stage-description.ts';
export { clearFolder, commit, describeFolder, enterFolder, leaveFolder, recordEnd } from './stage-folder.ts';
export {
  type CommittedOutcome,
  type DoneRecord,
  type FailedOutcome,
  type FailedRecord,
  type Lease,
  failedRecordSchema,
  leaseSchema,
  outputDamage,
  readDone,
  readRecord,
} from './stage-records.ts';
export {
  type StoreState,
  newestDone,
  readLiveLease,
  readOutcome,
  readStageState,
  readStoreState,
} from './stage-state.ts';
export type { Locations, PluginFile, StageDescription, StageExecution, StageResult, StageTask } from './stage-task.ts';
export { type SweepLock, acquireSweepLock, readSweepLock } from './sweep-lock.ts';
export { readTaskFile, writeTaskFile } from './task-file.ts';
export { DamagedInput, verifyInputs } from './verify-inputs.ts';
export { Journal, appendToJournal } from './write-journal.ts';
