/**
 * Which process holds a lease, and what can be seen of it from here. A pid says nothing by itself: pids are given out
 * again, and every container counts its own. So the identity names the process table as well (the boot of the kernel
 * and the PID namespace): only where that is this process's own does (pid, start time) tell whether the holder lives.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

export const processIdentitySchema = z.object({
  pid: z.number().int().positive(),
  processStartTime: z.string(),
  /** For people. Two machines may have the same name. */
  host: z.string(),
  /** null where it cannot be told: then nobody draws a conclusion from the pid. */
  processTable: z.string().nullable(),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** `unseen`: in another process table (a container's, another machine's), where this process cannot look. */
export type Liveness = 'alive' | 'stopped' | 'dead' | 'unseen';

interface ProcessState {
  readonly startTime: string;
  /** By SIGSTOP, or by a debugger. */
  readonly isStopped: boolean;
}

/** Start time of a living process as the system states it. null: no such process, or a zombie. */
export const processStartTime = (pid: number): string | null => stateOf(pid)?.startTime ?? null;

function stateOf(pid: number): ProcessState | null {
  return process.platform === 'linux' ? stateFromProc(pid) : stateFromPs(pid);
}

function stateFromProc(pid: number): ProcessState | null {
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === null) return null;
  // The second field is the command name in parentheses. It may hold spaces and parentheses: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', startTicks] = [fields[0], fields[19]]; // proc(5): fields 3 and 22
  if (state === 'Z' || state === 'X' || startTicks === undefined) return null;
  return { startTime: startTicks, isStopped: /^[Tt]$/.test(state) };
}

function stateFromPs(pid: number): ProcessState | null {
  const line = readOrNull(() =>
    execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  const [state, ...started] = (line ?? '').trim().split(/\s+/);
  if (state === undefined || state === '' || state.startsWith('Z')) return null;
  return { startTime: started.join(' '), isStopped: state.startsWith('T') };
}

/**
 * The boot id is random, and the number of a PID namespace is not given out again while the namespace lives. Systems
 * without them have no containers that share files by accident; there the host name must do.
 */
function readProcessTable(): string | null {
  if (process.platform !== 'linux') return `host ${hostname()}`;
  const boot = readOrNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = readOrNull(() => readlinkSync('/proc/self/ns/pid'));
  return boot === null || namespace === null ? null : `${boot} ${namespace}`;
}

let table: string | null | undefined;
const processTable = (): string | null => (table === undefined ? (table = readProcessTable()) : table);

export function thisProcess(): ProcessIdentity {
  return identityOf(process.pid);
}

/** Of a process in this process's own table: itself, or a child. */
export function identityOf(pid: number): ProcessIdentity {
  return {
    pid,
    processStartTime: processStartTime(pid) ?? 'unknown',
    host: hostname(),
    processTable: processTable(),
  };
}

export function livenessOf(identity: ProcessIdentity): Liveness {
  if (identity.processTable === null || identity.processTable !== processTable()) return 'unseen';
  const state = stateOf(identity.pid);
  if (state === null || state.startTime !== identity.processStartTime) return 'dead';
  return state.isStopped ? 'stopped' : 'alive';
}

/** Where the holder is, for people: `pid 12`, with its host where that is not this one or cannot be told apart. */
export function whereabouts(identity: ProcessIdentity): string {
  return `pid ${identity.pid}${livenessOf(identity) === 'unseen' ? ` on host ${identity.host}` : ''}`;
}

function readOrNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
