/**
 * Exit codes are a contract. Decided here and nowhere else:
 *
 *     0    done; also: nothing to do, and an `sql` query without rows
 *     1    a trial failed, diverged or was cancelled
 *     2    usage: unknown command or flag, wrong SQL, a spec that is not valid
 *     3    refused before start: disk, lock, device, a folder that cannot be written to
 *     4    infrastructure, safe to retry: a full disk, a limit of the system, a missing package
 *     5    inconclusive: nothing recorded, too little recorded
 *     70   a bug in harness itself (EX_SOFTWARE of sysexits.h), so that no script takes a crash for a failed trial
 *     130  interrupted by SIGINT, state saved;  143  by SIGTERM;  129  by SIGHUP (its terminal was closed)
 */
import { UserError } from '../spec/user-error.ts';
import { systemTrouble } from '../store/index.ts';

export const bugExitCode = 70;
export { interruptedExitCodes } from './interrupted.ts';
const usageExitCode = 2;

export function exitCodeOfError(error: unknown): number {
  const known = asUserError(error);
  return known instanceof UserError ? known.exitCode : bugExitCode;
}

/** An error of the system (a limit, a permission) is the person's or the machine's trouble, and no bug. */
export function asUserError(error: unknown): unknown {
  const trouble = error instanceof UserError ? null : systemTrouble(error);
  if (trouble === null) return error;
  const { exitCode, hint } = trouble;
  return new UserError(error instanceof Error ? error.message : String(error), { exitCode, hint, cause: error });
}

/** Stricli's own codes are negative: -5 and -4 are what the person typed, the others what we built. */
export function exitCodeOfStricli(code: number): number {
  if (code >= 0) return code;
  return code === -5 || code === -4 ? usageExitCode : bugExitCode;
}
