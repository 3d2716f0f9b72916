/** The class of every failure, decided here alone: from what a stage threw, or from how its process ended. */
import { constants } from 'node:os';
import type { ErrorClass } from '../spec/error-class.ts';
import { UserError } from '../spec/user-error.ts';
import type { WorkerReply } from '../launch/index.ts';
import { causesOf, errorCode, systemTrouble, type StageResult, type SystemTrouble } from '../store/index.ts';

type Failed = Extract<StageResult, { kind: 'failed' }>;

const diskCodes: ReadonlySet<string | null> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EFBIG']);
const memoryCodes: ReadonlySet<string | null> = new Set(['ENOMEM', 'ERR_MEMORY_ALLOCATION_FAILED']);
/** Native code, the VM and drivers of cards report exhausted memory without a code. */
const memoryWords = /bad_alloc|out of memory|outofmemory|array buffer allocation failed|failed to allocate memory/i;

/**
 * @param wasStopped The stage had been told to stop: whatever it threw after that (a child killed by the same Ctrl-C,
 * say) is an interruption.
 */
export function classifyFailure(error: unknown, wasStopped: boolean): Failed | { readonly kind: 'interrupted' } {
  const causes = causesOf(error);
  const isDiskTrouble = causes.some((cause) => diskCodes.has(errorCode(cause)));
  if (wasStopped && !isDiskTrouble) return { kind: 'interrupted' };
  const userError = causes.find((cause) => cause instanceof UserError);
  const trouble = systemTrouble(error);
  const errorClass = classOf(causes, userError, trouble);
  const detail =
    errorClass === 'bug' && error instanceof Error
      ? (error.stack ?? null)
      : causes.slice(1).map(messageOf).join('; ') || null;
  return {
    kind: 'failed',
    outcome: { kind: 'failed', errorClass, message: messageOf(error), detail },
    hint: userError?.hint ?? trouble?.hint ?? null,
    isDiskTrouble,
  };
}

function classOf(
  causes: readonly unknown[],
  userError: UserError | undefined,
  trouble: SystemTrouble | null,
): ErrorClass {
  if (causes.some((cause) => memoryCodes.has(errorCode(cause)) || memoryWords.test(messageOf(cause)))) return 'oom';
  const exitCode = diskCodes.has(trouble?.code ?? null) ? 4 : (trouble?.exitCode ?? userError?.exitCode);
  if (exitCode === 4 || userError?.exitCode === 4) return 'infrastructure';
  return exitCode === undefined ? 'bug' : 'user';
}

/** What is known of a process that ended inside a stage, without a word about it. */
export interface Death extends Extract<WorkerReply, { kind: 'died' }> {
  readonly lastLines: readonly string[];
  /** The system ended a process for want of memory since the stage began. */
  readonly wasOomKill: boolean;
}

export function classifyDeath(death: Death): Failed {
  const { pid, exitCode, lastLines, wasOomKill } = death;
  if (pid === null) return failed('infrastructure', 'the worker could not be started', 'See the log.');
  const signal = death.signal ?? signalOf(exitCode);
  const who = `the worker (pid ${pid})`;
  const end =
    signal === null
      ? `${who} exited with code ${exitCode ?? '?'} in the middle of the stage`
      : `${who} was ended by ${signal}`;
  if ((signal === 'SIGKILL' && wasOomKill) || lastLines.some((line) => memoryWords.test(line)))
    return failed('oom', `${end}: out of memory`, 'Use fewer workers (-j), or lower pairsPerMicroBatch.');
  if (signal === null) return failed('bug', end, 'See the log.');
  if (signal === 'SIGXFSZ') return { ...failed('infrastructure', end, fileSizeHint), isDiskTrouble: true };
  return failed(
    'infrastructure',
    end,
    signal === 'SIGKILL' ? 'Often the system was out of memory: use fewer workers.' : 'See the log.',
  );
}

/** A job of a cluster that is gone; Slurm's state of it, if there is one, is in its message. */
export function classifyVanished(
  { errorClass, message, hint }: Extract<WorkerReply, { kind: 'vanished' }>,
  lastLines: readonly string[],
): Failed {
  if (lastLines.some((line) => memoryWords.test(line))) return failed('oom', `${message}: out of memory`, hint);
  return failed(errorClass, message, hint);
}

const fileSizeHint = 'A file may not become that large here: raise the limit (`ulimit -f unlimited`).';

/** Shells and launchers pass on the end of their child by a signal as 128 and its number. */
function signalOf(exitCode: number | null): string | null {
  const number = (exitCode ?? 0) - 128;
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}

function failed(errorClass: ErrorClass, message: string, hint: string): Failed {
  return { kind: 'failed', outcome: { kind: 'failed', errorClass, message, detail: null }, hint, isDiskTrouble: false };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
