/**
 * Who sent a request, and is that process still there? A pid alone does not say it, since pids are given out again: on
 * one host the pair (pid, start time) does.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

export interface Asker {
  readonly host: string;
  readonly pid: number;
  /** As the system states it. */
  readonly started: string;
  /** One process may ask several times at once. */
  readonly number: number;
}

let askers = 0;
/** Of this process: those that still ask. */
const asking = new Map<number, Asker>();

/** This process, with a number that no other asker of it has; alive until it is retired. */
export function newAsker(): Asker {
  askers += 1;
  const started = startOf(process.pid) ?? 'unknown';
  const asker: Asker = { host: hostname(), pid: process.pid, started, number: askers };
  asking.set(askers, asker);
  return asker;
}

export const retire = ({ number }: Asker): boolean => asking.delete(number);

export const askerName = ({ host, pid, started, number }: Asker): string => `${host}:${pid}:${started}:${number}`;

/** False for a process of another host, where this one cannot look. */
export function isAlive({ host, pid, started, number }: Asker): boolean {
  if (host !== hostname()) return false;
  return pid === process.pid ? asking.get(number)?.started === started : startOf(pid) === started;
}

/** Null where no such process runs. */
function startOf(pid: number): string | null {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command name in parentheses, which may hold spaces: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTicks] = [fields[0], fields[19]]; // proc(5): fields 3 and 22
    return state === 'Z' || state === 'X' ? null : `${bootId()}:${startTicks}`; // ticks count from boot
  } catch {
    return null;
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
}
