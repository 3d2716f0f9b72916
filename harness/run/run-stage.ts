/**
 * One attempt at one stage, inside a worker process. Start reading here.
 *
 *     task -> enter folder -> verify inputs -> run the stage function -> hash outputs -> commit
 *             lease           sha256 against   (stages/<kind>.ts)         sha256, fsync   done.json, moved last
 *             stage.json      their done.json    |          |                              |
 *             provenance                         |          +-- throws --> classify -----> failed.json
 *                                                +-- events --> journal.jsonl (and the conductor's display)
 *
 * Killed anywhere before the last move, the stage is simply not done: the next attempt finds the folder as it is,
 * resume points included. Taken over by another worker, it cannot commit any more (decision 037).
 */
import { pluginError } from '../kinds/index.ts';
import { numericsIn, type StageEnd } from '../stages/index.ts';
import {
  DamagedInput,
  type JournalEvent,
  type StageResult,
  type StageTask,
  type VerifiedFiles,
  LeaseLost,
  Workspace,
  enterStage,
  recordEnd,
  verifyInputs,
} from '../store/index.ts';
import { classifyFailure } from './classify-failure.ts';
import type { StageLibrary } from './stage-library.ts';

export interface StageRunner {
  readonly library: StageLibrary;
  readonly verifiedFiles: VerifiedFiles;
  readonly signal: AbortSignal;
  /** Rejects when the process had an error that belongs to no promise. */
  readonly crashed: Promise<never>;
  onEvent(event: JournalEvent): void;
}

export async function runStage(task: StageTask, runner: StageRunner): Promise<StageResult> {
  const workspace = enterStage(task);
  if (!(workspace instanceof Workspace)) return workspace;
  try {
    return await attempt(task, runner, workspace);
  } catch (error) {
    if (error instanceof DamagedInput) return { kind: 'damaged-input', input: error.stageId, why: error.why };
    // Its folder was taken away under it: whatever it threw says nothing about the stage.
    if (error instanceof LeaseLost || workspace.isLost) return workspace.lostResult;
    const failure = classifyFailure(pluginError(error, task.plugins) ?? error, runner.signal.aborted);
    return recordEnd(workspace.journal, failure);
  } finally {
    workspace.leave();
  }
}

async function attempt(task: StageTask, runner: StageRunner, workspace: Workspace): Promise<StageResult> {
  const emit = (event: JournalEvent): void => {
    workspace.journal.append(event);
    runner.onEvent(event);
  };
  await verifyInputs(task, runner.verifiedFiles);
  const { outcome, outputs } = await Promise.race([work(task, workspace, runner, emit), runner.crashed]);
  if (outcome.kind === 'completed' || outcome.kind === 'diverged')
    return workspace.commit(task.stage.id, outcome, outputs);
  if (workspace.isLost) return workspace.lostResult;
  const end =
    outcome.kind === 'interrupted'
      ? ({ kind: 'interrupted' } as const)
      : ({ kind: 'failed', outcome, hint: null, isDiskTrouble: false } as const);
  return recordEnd(workspace.journal, end);
}

async function work(
  { stage, plugins, inputFolders, execution, cacheFolder }: StageTask,
  { folder, lost }: Workspace,
  { library, signal }: StageRunner,
  emit: (event: JournalEvent) => void,
): Promise<StageEnd> {
  const { run, kinds } = await library.load(stage.kind, plugins);
  const { saved, compute, writer } = library.tools;
  const shared = {
    kinds,
    saved,
    compute: () => compute(execution),
    numerics: numericsIn(stage.config),
    ...(writer && { writer: () => writer(execution) }),
  };
  const stop = AbortSignal.any([signal, lost]);
  return run({ stage, folder, inputFolders, execution, cacheFolder, ...shared, emit, signal: stop });
}
