/**
 * A sweep without a terminal: a process in a session of its own, whose words go to results/logs/sweep.log. Its record
 * beside it says which process it is, and with which exit code it ended; `harness attach` reads both.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import {
  createResultsFolder,
  detachedFile,
  detachedLogFile,
  livenessOf,
  parseJson,
  processIdentitySchema,
  readIfThere,
  readSweepLease,
  thisProcess,
  toJson,
  writeFileAtomically,
} from '../store/index.ts';

/** Names the file of the record to the process that is started. */
export const detachedVariable = 'HARNESS_DETACHED';

const detachedSchema = processIdentitySchema.extend({ exitCode: z.number().nullable() });
export type Detached = z.infer<typeof detachedSchema>;

/** The last sweep that was detached here, or null. */
export function readDetached(resultsFolder: string): Detached | null {
  const text = readIfThere(detachedFile(resultsFolder));
  return text === null ? null : (detachedSchema.safeParse(parseJson(text)).data ?? null);
}

/**
 * By the detached process itself: at its start, and with its exit code at its end. On a full disk it is not written,
 * and `attach` sees that the process is gone.
 */
export function writeDetached(file: string, exitCode: number | null): void {
  try {
    writeFileAtomically(file, toJson({ ...thisProcess(), exitCode } satisfies Detached), false);
  } catch {
    // the sweep itself says what is wrong
  }
}

/** How it stands; `gone`: ended without a word, killed most likely. */
export function standingOf(detached: Detached): 'runs' | 'ended' | 'gone' {
  if (detached.exitCode !== null) return 'ended';
  return livenessOf(detached) === 'dead' ? 'gone' : 'runs';
}

export interface Begun {
  readonly pid: number;
  /** Its exit code, where it ended before it had begun to sweep. */
  readonly exitCode: number | null;
}

const lookEveryMs = 50;

/** Starts `program` with `argv`, and returns once it holds the results folder, or has ended. */
export async function detach(program: readonly string[], argv: readonly string[], results: string): Promise<Begun> {
  createResultsFolder(results);
  const log = openSync(detachedLogFile(results), 'w');
  const [file = process.execPath, ...args] = program;
  const child = spawn(file, [...args, ...argv], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, [detachedVariable]: detachedFile(results) },
  });
  closeSync(log);
  const end: { code: number | null } = { code: null };
  child.once('exit', (code) => (end.code = code ?? 4));
  child.once('error', () => (end.code = 4));
  const pid = child.pid ?? 0;
  while (end.code === null && readSweepLease(results)?.pid !== pid) await sleep(lookEveryMs);
  child.unref();
  return { pid, exitCode: end.code };
}
