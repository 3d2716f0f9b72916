/**
 * One stage by its folder alone, in this process: what `harness stage run FOLDER` does, and what every launcher may
 * call. The task.json in the folder says everything; the attempt is the next one after those in its journal.
 */
import type { Backend } from '../backends/index.ts';
import {
  type DoneRecord,
  type JournalEvent,
  type StageDescription,
  type StageResult,
  type StageTask,
  VerifiedFiles,
  clearFolder,
  damageOf,
  readDone,
  readTaskFile,
  startHeart,
  writeFailure,
} from '../store/index.ts';
import { seeOutTheLost } from './orphan.ts';
import { runStage } from './run-stage.ts';
import { stageCommand } from './stage-command.ts';
import { stageLibrary, type StageLibrary } from './stage-library.ts';

export interface StageFolderOptions {
  /** Who trains and scores; this process where none is given. */
  readonly backend?: Backend;
  /** What the stages are; ours where none is given. */
  readonly library?: StageLibrary;
  readonly signal: AbortSignal;
  onEvent(event: JournalEvent): void;
}

export interface StageFolderRun {
  readonly stage: StageDescription;
  readonly result: StageResult;
  /** It was done before, so nothing was run. */
  readonly wasDone: boolean;
  /** What it committed; empty where it did not. */
  readonly outputs: DoneRecord['outputs'];
}

/**
 * @throws UserError (2) where the folder has no task that can be read or belongs to another stage.
 */
export async function runStageFolder(
  folder: string,
  { signal, onEvent, backend, library }: StageFolderOptions,
): Promise<StageFolderRun> {
  const task = readTaskFile(folder);
  const wasDone = isDone(task);
  if (!wasDone) {
    startHeart();
    await seeOutTheLost(task.folder);
  }
  const runner = {
    library: library ?? stageLibrary(backend),
    verifiedFiles: new VerifiedFiles(),
    signal,
    crashed: new Promise<never>(() => {}),
    onEvent,
  };
  const result = await runStage(task, runner);
  if (result.kind === 'failed') leaveFailure(task, result, backend);
  const done = readDone(task.folder, task.stage.id);
  const outputs = done === null || 'damaged' in done ? [] : done.outputs;
  return { stage: task.stage, result, wasDone, outputs };
}

/** For `status`, `stage ready` and the record. A conductor that started this writes it again, with the last lines. */
function leaveFailure(
  task: StageTask,
  { outcome, hint }: Extract<StageResult, { kind: 'failed' }>,
  backend: Backend | undefined,
): void {
  const command = stageCommand(task, { ...(backend && { backend: backend.name }) });
  const record = { outcome, hint, attempt: task.attempt, lastLines: [], log: null, command, stageCommand: command };
  try {
    writeFailure(task.folder, record);
  } catch {
    // a full disk: the exit code still says it
  }
}

/** A folder that is not what it committed is cleared, as a sweep does, and is not done. */
function isDone(task: StageTask): boolean {
  const damage = damageIn(task);
  if (damage === 'no commit') return false;
  if (damage !== null) clearFolder(task.folder, damage, () => damageIn(task) !== null);
  return damage === null;
}

function damageIn({ folder, stage }: StageTask): string | null {
  const done = readDone(folder, stage.id);
  if (done === null) return 'no commit';
  return 'damaged' in done ? done.damaged : damageOf(folder, done);
}
