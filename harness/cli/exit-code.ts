/**
 * Exit codes are a contract. Decided here and nowhere else:
 *
 *     0    done; also: nothing to do, and an `sql` query without rows
 *     1    a trial failed or diverged
 *     2    usage: unknown command or flag, wrong SQL, a spec that is not valid
 *     3    refused before start: disk, lock, device
 *     4    infrastructure: safe to retry
 *     5    inconclusive: nothing recorded, too little recorded
 *     70   a bug in harness itself (EX_SOFTWARE of sysexits.h), so that no script takes a crash for a failed trial
 *     130  interrupted by SIGINT, state saved;  143  by SIGTERM
 */
import { UserError } from '../spec/user-error.ts';

export const bugExitCode = 70;
export const interruptedExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
const usageExitCode = 2;

export function exitCodeOfError(error: unknown): number {
  return error instanceof UserError ? error.exitCode : bugExitCode;
}

/** Stricli's own codes are negative: -5 and -4 are what the person typed, the others what we built. */
export function exitCodeOfStricli(code: number): number {
  if (code >= 0) return code;
  return code === -5 || code === -4 ? usageExitCode : bugExitCode;
}
