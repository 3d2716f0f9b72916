/**
 * Who holds a lock or a lease, and is that process still there? A pid alone does not identify a process, since pids are
 * given out again. On one host the pair (pid, start time) does: a `kill -9` never blocks the next start, and another
 * process that got the old pid is never killed.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

export const processIdentitySchema = z.object({
  pid: z.number().int().positive(),
  processStartTime: z.string(),
  host: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** Start time of a living process as the system states it. null: no such process, or a zombie. */
export function processStartTime(pid: number): string | null {
  return process.platform === 'linux' ? startTimeFromProc(pid) : startTimeFromPs(pid);
}

function startTimeFromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command name in parentheses. It may hold spaces and parentheses: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]]; // proc(5): fields 3 and 22
    if (state === 'Z' || state === 'X' || startTicks === undefined) return null;
    return `${bootId()}:${startTicks}`; // ticks count from boot, so the boot belongs to the identity
  } catch {
    return null;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  } catch {
    return 'boot';
  }
}

function startTimeFromPs(pid: number): string | null {
  try {
    const [state, ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(/\s+/);
    return state === undefined || state.startsWith('Z') ? null : started.join(' ');
  } catch {
    return null;
  }
}

/** Whether any process of this host has the pid. A lock needs `livenessOf`: pids are given out again. */
export const isRunning = (pid: number): boolean => processStartTime(pid) !== null;

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, processStartTime: processStartTime(process.pid) ?? 'unknown', host: hostname() };
}

/** `elsewhere`: on another host, where this one cannot look. */
export function livenessOf(identity: ProcessIdentity): 'alive' | 'dead' | 'elsewhere' {
  if (identity.host !== hostname()) return 'elsewhere';
  return processStartTime(identity.pid) === identity.processStartTime ? 'alive' : 'dead';
}
