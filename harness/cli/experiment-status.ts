/** How far experiments are: what was collected, and the folders of the stages that are not known to have ended. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stageNames } from '../plan/index.ts';
import {
  openDatabase,
  readExperimentFile,
  readProgress,
  type ExperimentProgress,
  type ResultsDatabase,
} from '../record/index.ts';
import type { ErrorClass } from '../spec/index.ts';
import {
  planFile,
  readBatches,
  readJournal,
  readStageState,
  stageFiles,
  stageFolder,
  stageIds,
  type StoreState,
} from '../store/index.ts';
import { runningStages, type RunningStage } from './running-stages.ts';

export interface ExperimentStatus {
  readonly experiment: string;
  readonly stages: Readonly<Record<(typeof stageCounts)[number], number>>;
  readonly running: readonly RunningStage[];
  /** Given to a scheduler, and not seen to run yet. */
  readonly submitted: readonly SubmittedStage[];
  readonly failed: readonly {
    readonly stageId: string;
    readonly errorClass: ErrorClass;
    readonly message: string;
  }[];
}

export interface SubmittedStage {
  readonly stageId: string;
  /** As the scheduler's commands take it; null where it has not been told yet. */
  readonly jobId: string | null;
}

const stageCounts = ['total', 'done', 'diverged', 'failed', 'cancelled', 'damaged', 'running', 'waiting'] as const;

/** With the names of the stages that have not ended. @param names Experiments that were swept into the folder. */
export async function experimentStatuses(
  folder: string,
  names: readonly string[],
): Promise<{ readonly experiments: readonly ExperimentStatus[]; readonly stageNames: ReadonlyMap<string, string> }> {
  const there = stageIds(folder);
  const progress = await progressOf(folder, names, there);
  const open = progress.flatMap((one) => one.open);
  const begun = new Set(there);
  const jobs = jobsOf(folder);
  return {
    experiments: progress.map((one) => statusOf(folder, one, { begun, jobs })),
    stageNames: new Map(open.flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const]))),
  };
}

type Progress = ExperimentProgress & { readonly experiment: string };

async function progressOf(
  folder: string,
  names: readonly string[],
  there: readonly string[],
): Promise<readonly Progress[]> {
  // Whatever is wrong with it: the files say the same, only slower.
  const database = await openDatabase(folder).catch(() => null);
  try {
    const found: Progress[] = [];
    for (const experiment of names) {
      const known = database === null ? null : await collected(database, folder, experiment, there);
      found.push({ experiment, ...(known ?? fromPlan(folder, experiment)) });
    }
    return found;
  } finally {
    database?.close();
  }
}

const collected = (
  database: ResultsDatabase,
  resultsFolder: string,
  experiment: string,
  there: readonly string[],
): Promise<ExperimentProgress | null> => readProgress(database, { resultsFolder, experiment }, there);

function fromPlan(folder: string, experiment: string): ExperimentProgress {
  const record = readExperimentFile(planFile(folder, experiment));
  const names = stageNames(record);
  const open = record.stages.map(({ id }) => ({ id, name: names.get(id) ?? null }));
  return { total: open.length, done: 0, diverged: 0, open };
}

function statusOf(
  folder: string,
  { experiment, total, done, diverged, open }: Progress,
  { begun, jobs }: { readonly begun: ReadonlySet<string>; readonly jobs: ReadonlyMap<string, string | null> },
): ExperimentStatus {
  const ids = open.map(({ id }) => id).filter((id) => begun.has(id));
  const states = new Map(ids.map((id) => [id, readStageState(folder, id)]));
  const running = runningStages(
    folder,
    ids.filter((id) => states.get(id) !== 'done'),
  );
  const active = new Set(running.map(({ stageId }) => stageId));
  const idle = [...states].filter(([id]) => !active.has(id));
  const number = (isSo: (state: StoreState) => boolean): number => idle.filter(([, state]) => isSo(state)).length;
  const cancelled = idle.filter(([id, state]) => state === 'absent' && isCancelled(folder, id)).length;
  const isKind =
    (kind: string) =>
    (state: StoreState): boolean =>
      typeof state === 'object' && kind in state;
  return {
    experiment,
    running,
    submitted: idle.flatMap(([stageId, state]) =>
      state === 'absent' && jobs.has(stageId) ? [{ stageId, jobId: jobs.get(stageId) ?? null }] : [],
    ),
    failed: idle.flatMap(([stageId, state]) =>
      typeof state === 'object' && 'failed' in state
        ? [{ stageId, errorClass: state.failed.outcome.errorClass, message: state.failed.outcome.message }]
        : [],
    ),
    stages: {
      total,
      done: done + number((state) => state === 'done'),
      diverged: diverged + number(isKind('diverged')),
      failed: number(isKind('failed')),
      cancelled,
      damaged: number(isKind('damaged')),
      running: running.length,
      waiting: open.length - ids.length + number((state) => state === 'absent') - cancelled,
    },
  };
}

/** By the id of the stage. */
function jobsOf(folder: string): ReadonlyMap<string, string | null> {
  const tasks = readBatches(folder).flatMap(({ jobId, stages }) =>
    stages.map(({ id }, number) => [id, jobId === null ? null : `${jobId}_${number}`] as const),
  );
  return new Map(tasks);
}

/** A stage that has begun and not ended: its journal says how the last attempt left it. */
function isCancelled(folder: string, id: string): boolean {
  const journal = join(stageFolder(folder, id), stageFiles.journal);
  const last = existsSync(journal) ? readJournal(journal).events.at(-1) : undefined;
  return last?.kind === 'outcome' && last.outcome.kind === 'cancelled';
}
