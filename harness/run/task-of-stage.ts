/** What a worker is given for one stage: its task.json. */
import type { PlannedStage } from '../plan/stage.ts';
import {
  failedRecordSchema,
  lastAttempt,
  readRecord,
  stageFiles,
  stageFolder,
  type Provenance,
  type StageTask,
} from '../store/index.ts';
import { join } from 'node:path';
import type { SweepOptions } from './sweep-types.ts';

export interface TaskContext {
  readonly sweep: Pick<SweepOptions, 'resultsFolder' | 'cacheFolder' | 'plugins' | 'execution'>;
  readonly provenance: Provenance;
  /** Input name -> stage id, of the inputs that are there. */
  inputsOf(stage: PlannedStage): Readonly<Record<string, string>>;
}

export interface AttemptNumbers {
  readonly attempt: number;
  /** Attempts of this sweep that exhausted the memory. */
  readonly halvings: number;
}

export function taskOfStage(
  stage: PlannedStage,
  { attempt, halvings }: AttemptNumbers,
  { sweep, provenance, inputsOf }: TaskContext,
): StageTask {
  const { threads, checkpointEverySeconds, ranks } = sweep.execution;
  const folderOf = (id: string): string => stageFolder(sweep.resultsFolder, id);
  return {
    stage,
    folder: folderOf(stage.id),
    inputFolders: Object.fromEntries(Object.entries(inputsOf(stage)).map(([name, id]) => [name, folderOf(id)])),
    execution: {
      threads,
      device: provenance.execution.device,
      checkpointEverySeconds,
      ...(ranks && { ranks }),
      ...(halvings > 0 && { halvings }),
    },
    cacheFolder: sweep.cacheFolder,
    plugins: usesPlugins(stage) ? (sweep.plugins ?? []) : [],
    attempt,
    provenance,
  };
}

/** The number of the next attempt in `folder`. */
export function nextAttempt(folder: string): number {
  const failed = readRecord(join(folder, stageFiles.failed), failedRecordSchema);
  return 1 + Math.max(lastAttempt(folder), failed?.attempt ?? 0);
}

/**
 * Stages without a kind of a plug-in do not load any: an edited plug-in must not fail the training that has nothing to
 * do with it.
 */
function usesPlugins({ config }: PlannedStage): boolean {
  return 'plugin' in config && config.plugin !== null;
}
