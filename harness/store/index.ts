/**
 * The store: how a results folder is laid out, and how its files are written so that a kill at any moment loses
 * nothing. No other room spells a file or folder name of a results folder.
 *
 *     layout.ts             where everything lies; read it first
 *     formats.ts            versions of the files, and what an older one looks like
 *     durable.ts            files that appear whole; read-json.ts reads them with the file named in every error
 *     system-error.ts       what a full disk or a missing permission means to a person
 *
 *     one holder at a time, of a stage, of the database, of the results folder (decision 037)
 *     lease.ts              take, publish, take over; heart.ts keeps it alive
 *     lease-watch.ts        is its holder still there? process-identity.ts: what can be seen of a process
 *     sweep-lease.ts        one sweep a results folder; cancel-requests.ts: what a person asks of it
 *
 *     one stage folder, in the order of its life
 *     stage-task.ts         what a worker has to do; task-file.ts: task.json, the same as a file
 *     provenance.ts         where the result will come from
 *     stage-lease.ts        who may change anything in the folder
 *     workspace.ts          enter (lease, stage.json) -> work -> commit (seal.json, done.json)
 *     stage-folder.ts       what is recorded beside an attempt: a death, a failure, damage
 *     stage-description.ts  stage.json
 *     write-journal.ts      journal.jsonl, one line a journal-event.ts; read-journal.ts reads it
 *     digest.ts             sha256 of outputs at the commit; verify-inputs.ts compares them before they are used
 *     seal.ts               sha256 of the records at the commit; checked-stages.ts: what was compared already
 *     folder-files.ts       its files, each read once
 *     stage-records.ts      done.json, seal.json, failed.json
 *
 *     job-batches.ts        what was submitted to a scheduler, to be found again
 *     sealed-text.ts        JSON that carries its own sha256: plan.json
 *     results-folder.ts     created, or refused because it cannot be written to
 *     shared-file-system.ts whether it lies on another machine
 *     stage-state.ts        which stages are done, failed, damaged, being worked on
 *     sources.ts            all stages and experiments of a results folder, for the collector
 */
export { endWithParent, orphanedGraceMs } from './end-with-parent.ts';
export { fileToReplace } from './file-to-replace.ts';
export { dropCancelRequests, requestCancel, takeCancelRequests } from './cancel-requests.ts';
export { CheckedStages, type SoundStages, type Glance } from './checked-stages.ts';
export { hashFileSync, hashOutputs, stampOf, VerifiedFiles } from './digest.ts';
export { errorCode, readIfThere, replaceFile, syncFolder, toJson, writeFileAtomically } from './durable.ts';
export { FolderFiles } from './folder-files.ts';
export { formats, readVersion } from './formats.ts';
export { startHeart } from './heart.ts';
export { causesOf, systemTrouble, type SystemTrouble } from './system-error.ts';
export type { JournalEvent, Outcome } from './journal-event.ts';
export {
  databaseDigestFile,
  databaseFile,
  databaseLeasePlace,
  detachedFile,
  detachedLogFile,
  homeFolder,
  jobLogFile,
  planFile,
  reportsFolder,
  recordedOutputs,
  stageFiles,
  stageFolder,
  storeFolder,
  submissionsLogFile,
  verifyLeasePlace,
  workerLogFile,
} from './layout.ts';
export {
  batchPlace,
  forgetBatch,
  type JobBatch,
  newBatchName,
  noteBatch,
  readBatches,
  writeBatch,
} from './job-batches.ts';
export { LeaseWatch, plainHolder } from './lease-watch.ts';
export { Lease, LeaseLost, removeEntry, removePrepared, takeLease } from './lease.ts';
export {
  type Liveness,
  type ProcessIdentity,
  identityOf,
  livenessOf,
  processIdentitySchema,
  thisProcess,
  whereabouts,
} from './process-identity.ts';
export type { Provenance } from './provenance.ts';
export { readRecordedProvenance, type RecordedProvenance } from './recorded-provenance.ts';
export { type JournalContent, lastAttempt, parseJournal, readJournal } from './read-journal.ts';
export {
  type JsonRecord,
  damagedFile,
  isRecord,
  listOf,
  numberOf,
  parseJson,
  readJson,
  parseJsonRecord,
  readJsonRecord,
  readSealedRecord,
  recordOf,
  textOf,
} from './read-json.ts';
export { assertWritable, createResultsFolder } from './results-folder.ts';
export { sharedFileSystem } from './shared-file-system.ts';
export { type RecordSource, experimentNames, findSources, isStageFolder, stageIds } from './sources.ts';
export { parseDescription, readDescription } from './stage-description.ts';
export { damageOf } from './seal.ts';
export { sealDamage, toSealedJson } from './sealed-text.ts';
export { clearFolder, describeFolder, recordDeath, recordEnd, writeFailure } from './stage-folder.ts';
export { endStageLease, watchStage } from './stage-lease.ts';
export {
  type CommittedOutcome,
  type DoneRecord,
  type FailedOutcome,
  type FailedRecord,
  type StageHolder,
  failedRecordSchema,
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
export { type SweepHolder, SweepLease, readSweepLease, takeSweepLease } from './sweep-lease.ts';
export { readTaskFile, writeTaskFile } from './task-file.ts';
export { DamagedInput, verifyInputs } from './verify-inputs.ts';
export { Workspace, enterStage } from './workspace.ts';
export { Journal } from './write-journal.ts';
