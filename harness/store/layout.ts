/**
 * Where things lie under a results folder. One place, so that the collector, `status` and the runner agree:
 *
 *     results/harness.duckdb                   the index, built from the files below
 *     results/harness.duckdb.sha256            its digest
 *     results/harness.duckdb.lease/            who is writing it now
 *     results/sweep.lease/                     the one sweep that may run here
 *     results/cancel/<stage>                   what a person wants the sweep to cancel
 *     results/experiments/<name>/plan.json     what was planned
 *     results/jobs/<name>/                     what was submitted to a scheduler (`job-batches.ts`)
 *     results/logs/worker-<n>.log              stdout and stderr of the workers
 *     results/logs/<job name>-<number>.log     the same of a scheduler's jobs
 *     results/logs/submissions.log             what the scheduler said when they were submitted
 *     results/logs/sweep.log, sweep.json       what a detached sweep says, and which process it is
 *     results/reports/<name>/                  its report, drawn again while it is swept
 *     results/store/<kind>-<12 hex digits>/    a stage: the files below, and its outputs
 *     results/.checked                         which stages were compared with their digests, and as which files
 */
import { join, resolve, sep } from 'node:path';

/** The harness's own files in a stage folder; no output may have one of these names. */
export const stageFiles = {
  /** What is to be done, and how: all that a worker needs. */
  task: 'task.json',
  /** What the stage is: kind, fingerprint, config, inputs. */
  stage: 'stage.json',
  /** Where its result comes from: code, machine, command. */
  provenance: 'provenance.json',
  /** What it said, one line an event, over all attempts. */
  journal: 'journal.jsonl',
  /** The worker that is in the folder now, as a folder (`lease.ts`): the stage works in it until it commits. */
  lease: 'lease',
  /** Why the last attempt failed. */
  failed: 'failed.json',
  /** The commit: digests of all outputs. Without it nothing else in the folder counts. */
  done: 'done.json',
  /** Digests of `done.json` and of the other records that were there at the commit. */
  seal: 'seal.json',
} as const;

/** In the folder of a stage's lease: where the stage writes. */
export const workName = 'work';

/** Of takes that go on, or were killed (`lease.ts`), and of what was saved under an abandoned lease. */
const preparedLease = /^lease\.[0-9a-f]{16}$/;
const savedWork = /^saved\.[0-9a-f]{16}(\.open)?$/;

/** Whether a name in a stage folder is the harness's, and so never an output's. */
export const isReserved = (name: string): boolean =>
  reservedNames.has(name) || preparedLease.test(name) || isSavedWork(name);
/** A folder with what an attempt had saved whose lease was abandoned. */
export const isSavedWork = (name: string): boolean => savedWork.test(name);
const reservedNames: ReadonlySet<string> = new Set(Object.values(stageFiles));

/** The folder of a stage, given where it works now or has worked. */
export function homeFolder(folder: string): string {
  const parts = resolve(folder).split(sep);
  return parts.at(-1) === workName && parts.at(-3) === stageFiles.lease
    ? parts.slice(0, -3).join(sep)
    : resolve(folder);
}

/** Outputs that `record` reads as well; any stage may have them. */
export const recordedOutputs = {
  /** Rewards, one row a scored candidate. */
  items: 'items.arrow',
  /** Hyperparameters chosen on the dev split. */
  choice: 'choice.json',
  /** What is known of preference pairs, and some of them to look at. */
  audit: 'audit.json',
  shownPairs: 'shown-pairs.json',
  /** Questions of an evaluation that stand in training data too. */
  contamination: 'contamination.json',
} as const;

/** The file of an experiment's folder. */
export const experimentFile = 'plan.json';

const folderNames = { store: 'store', experiments: 'experiments', logs: 'logs' } as const;

/** Every folder of a results folder, for those who create them. */
export const foldersOf = (resultsFolder: string): readonly string[] =>
  Object.values(folderNames).map((name) => join(resultsFolder, name));

export const storeFolder = (resultsFolder: string): string => join(resultsFolder, folderNames.store);
export const stageFolder = (resultsFolder: string, id: string): string => join(storeFolder(resultsFolder), id);
export const experimentsFolder = (resultsFolder: string): string => join(resultsFolder, folderNames.experiments);
export const experimentFolder = (resultsFolder: string, experiment: string): string =>
  join(experimentsFolder(resultsFolder), experiment);
export const planFile = (resultsFolder: string, experiment: string): string =>
  join(experimentFolder(resultsFolder, experiment), experimentFile);
export const workerLogFile = (resultsFolder: string, worker: number): string =>
  join(resultsFolder, folderNames.logs, `worker-${worker}.log`);
export const jobsFolder = (resultsFolder: string): string => join(resultsFolder, 'jobs');
/** @param number As the job's batch numbers it. */
export const jobLogFile = (resultsFolder: string, name: string, number: number | string): string =>
  join(resultsFolder, folderNames.logs, `${name}-${number}.log`);
export const submissionsLogFile = (resultsFolder: string): string =>
  join(resultsFolder, folderNames.logs, 'submissions.log');
/** Of a sweep without a terminal: what it says, and which process it is. */
export const detachedLogFile = (resultsFolder: string): string => join(resultsFolder, folderNames.logs, 'sweep.log');
export const detachedFile = (resultsFolder: string): string => join(resultsFolder, folderNames.logs, 'sweep.json');
export const sweepLeasePlace = (resultsFolder: string): string => join(resultsFolder, 'sweep.lease');
/** What is to be cancelled (`cancel-requests.ts`). */
export const cancelFolder = (resultsFolder: string): string => join(resultsFolder, 'cancel');
/** Where stages are run once more, for a comparison. */
export const verifyLeasePlace = (resultsFolder: string): string => join(resultsFolder, 'verify.lease');
export const stageLeasePlace = (folder: string): string => join(folder, stageFiles.lease);
export const checkedFile = (resultsFolder: string): string => join(resultsFolder, '.checked');
export const reportsFolder = (resultsFolder: string): string => join(resultsFolder, 'reports');
export const databaseFile = (resultsFolder: string): string => join(resultsFolder, 'harness.duckdb');
export const databaseDigestFile = (resultsFolder: string): string => `${databaseFile(resultsFolder)}.sha256`;
export const databaseLeasePlace = (resultsFolder: string): string => `${databaseFile(resultsFolder)}.lease`;
