/**
 * Where things lie under a results folder. One place, so that the collector, `status` and the runner agree:
 *
 *     results/harness.duckdb                   the index, built from the files below
 *     results/sweep.lock                       the one sweep that may write here
 *     results/experiments/<name>/plan.json     what was planned
 *     results/logs/worker-<n>.log              stdout and stderr of the workers
 *     results/reports/<name>/                  its report, drawn again while it is swept
 *     results/store/<kind>-<12 hex digits>/    a stage: the files below, and its outputs
 */
import { join } from 'node:path';

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
  /** The worker that is in the folder now. */
  lease: 'lease.json',
  /** Why the last attempt failed. */
  failed: 'failed.json',
  /** The commit: digests of all outputs. Without it nothing else in the folder counts. */
  done: 'done.json',
} as const;

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
export const sweepLockFile = (resultsFolder: string): string => join(resultsFolder, 'sweep.lock');
export const reportsFolder = (resultsFolder: string): string => join(resultsFolder, 'reports');
export const databaseFile = (resultsFolder: string): string => join(resultsFolder, 'harness.duckdb');
