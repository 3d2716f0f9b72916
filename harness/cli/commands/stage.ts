/**
 * `harness stage run FOLDER`: one stage by its folder alone, as a worker runs it. What other launchers and backends
 * call looks like this, too.
 */
import { basename, resolve } from 'node:path';
import { backends, native, type Backend } from '../../backends/index.ts';
import { listenForStop, runStageFolder, type StageFolderRun, type StopSignal } from '../../run/index.ts';
import { isMachineTrouble, UserError, type ErrorClass } from '../../spec/index.ts';
import { endWithParent, orphanedGraceMs, readTaskFile, type StageTask } from '../../store/index.ts';
import { formatDuration, plural, shellLine } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { complain } from '../describe-error.ts';
import { bugExitCode, interruptedExitCodes } from '../exit-code.ts';
import { displayStage } from '../output/stage-display.ts';
import { recordedNames, withStageName } from '../recorded-names.ts';

interface StageFlags {
  readonly backend?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export async function stageRun(context: CliContext, flags: StageFlags, folder: string): Promise<void> {
  const { json } = flags;
  const backend = computingBackend(flags.backend);
  if (flags.dryRun) return tellCommands(context, { json, backend: backend ?? native }, readTaskFile(folder));
  await backend?.prepare?.(readTaskFile(folder).execution);
  const startedMs = performance.now();
  const { run, stoppedBy } = await stoppable(context, folder, backend);
  const tookMs = performance.now() - startedMs;
  if (json) context.printJson(documentOf(run));
  else for (const line of describe(run, tookMs)) context.print(line);
  const complaint = complaintOf(run);
  if (complaint !== null) context.note(complain(complaint, context));
  context.exitWith(exitCodeOf(run, stoppedBy));
}

/** @throws UserError (2) where there is none of this name, or it is a program of its own. */
function computingBackend(name: string | undefined): Backend | undefined {
  if (name === undefined || name === native.name) return undefined;
  const known = backends.filter((backend) => backend === native || backend.compute !== undefined);
  const found = known.find((backend) => backend.name === name);
  if (found !== undefined) return found;
  throw new UserError(`--backend: expected ${known.map((backend) => backend.name).join(' or ')}, found ${name}`, {
    exitCode: 2,
    hint: 'A backend of a plug-in carries stages out by a program of its own: start that.',
  });
}

/** The stage's own command line, then what it starts beside itself. */
async function tellCommands(
  context: CliContext,
  { json, backend }: { readonly json: boolean; readonly backend: Backend },
  task: StageTask,
): Promise<void> {
  const commands = [backend.command(task), ...((await backend.starts?.(task)) ?? [])];
  if (json) context.printJson({ stage: task.stage.id, commands });
  else for (const command of commands) context.print(shellLine(command));
}

interface Stoppable {
  readonly run: StageFolderRun;
  readonly stoppedBy: StopSignal | null;
}

/** Ctrl-C once: the stage saves where it is and stops. Ctrl-C again: it is left as it is. */
async function stoppable({ host }: CliContext, folder: string, backend: Backend | undefined): Promise<Stoppable> {
  const display = displayStage(host.stderr, nameOf(folder));
  const abort = new AbortController();
  let stoppedBy: StopSignal | null = null;
  const stopListening = listenForStop(undefined, {
    onStop: (signal) => {
      stoppedBy ??= signal;
      if (!abort.signal.aborted) display.note('saving, to go on later; once more to stop at once');
      abort.abort(new Error('told to stop'));
    },
    onKill: () => process.exit(interruptedExitCodes[stoppedBy ?? 'SIGINT']),
  });
  const stopWatching = watchConductor(() => {
    stoppedBy ??= 'SIGTERM';
    abort.abort(new Error('the conductor is gone'));
  });
  try {
    const run = await runStageFolder(folder, {
      signal: abort.signal,
      onEvent: display.onEvent,
      ...(backend && { backend }),
    });
    return { run, stoppedBy };
  } finally {
    stopWatching();
    stopListening();
    display.stop();
  }
}

/**
 * A conductor that started this and was killed: the stage saves where it is, if there is time for that, and the next
 * conductor goes on from there.
 */
function watchConductor(onGone: () => void): () => void {
  const leave = (): void => {
    onGone();
    setTimeout(() => process.exit(interruptedExitCodes.SIGTERM), orphanedGraceMs).unref();
  };
  // By hand there is no channel, and `connected` is undefined.
  if (process.connected === undefined) return () => {};
  endWithParent(orphanedGraceMs);
  // It may have closed while the program was loaded.
  if (!process.connected) leave();
  process.once('disconnect', leave);
  return () => process.off('disconnect', leave);
}

/** With its name where the folder lies in a results folder that names it. */
function nameOf(folder: string): string {
  const place = resolve(folder);
  return withStageName(basename(place), recordedNames(resolve(place, '../..')));
}

function documentOf({ stage, result, wasDone, outputs }: StageFolderRun): Readonly<Record<string, unknown>> {
  const outcome = 'outcome' in result ? result.outcome : result;
  return { stage: stage.id, kind: stage.kind, outcome, wasDone, outputs };
}

function describe({ stage, result, wasDone, outputs }: StageFolderRun, tookMs: number): readonly string[] {
  if (result.kind === 'interrupted') return [`${stage.id}: interrupted; run it again to go on`];
  if (result.kind !== 'committed') return [];
  const { outcome } = result;
  const how = outcome.kind === 'completed' ? 'completed' : `diverged at step ${outcome.step} (${outcome.reason})`;
  const files = `${plural(outputs.length, 'output')}: ${outputs.map(({ file }) => file).join(', ')}`;
  if (wasDone) return [`${stage.id}: ${how} before; nothing was run`, files];
  return [`${stage.id}: ${how} after ${formatDuration(tookMs)}`, files];
}

function complaintOf({ stage, result }: StageFolderRun): string | null {
  if (result.kind === 'damaged-input')
    return (
      `${stage.id}: its input ${result.input} is not what was committed: ` +
      `${result.why}\n  Run that stage again first.`
    );
  if (result.kind === 'lost') return `${stage.id}: ${result.why}\n  Nothing of this attempt counts.`;
  if (result.kind !== 'failed') return null;
  const { message, detail, errorClass } = result.outcome;
  const words = [`${stage.id} failed: ${message}`, result.hint, errorClass === 'bug' ? detail : null];
  return words.filter((part) => part !== null).join('\n  ');
}

const exitCodeOfClass = (errorClass: ErrorClass): number =>
  errorClass === 'user' ? 1 : isMachineTrouble(errorClass) ? 4 : bugExitCode;

function exitCodeOf({ result }: StageFolderRun, stoppedBy: StopSignal | null): number {
  switch (result.kind) {
    case 'committed':
      return 0;
    case 'interrupted':
      return interruptedExitCodes[stoppedBy ?? 'SIGINT'];
    case 'damaged-input':
    case 'lost':
      return 4;
    case 'failed':
      return exitCodeOfClass(result.outcome.errorClass);
  }
}
