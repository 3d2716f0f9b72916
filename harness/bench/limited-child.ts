/** What a process that measures may take: it is ended where it takes more, and the reason is told. */
import { readFileSync } from 'node:fs';
import { UserError } from '../spec/user-error.ts';

export interface ProcessLimits {
  /** Of resident memory. It is watched on Linux only. */
  readonly memoryBytes: number;
  readonly seconds: number;
}

interface Child {
  readonly pid?: number | undefined;
  kill(signal: 'SIGKILL'): boolean;
}

/** How often a process is looked at: an allocator touches some 100 MB in this time. */
const everyMs = 50;

/**
 * Waits for what a process gives, and ends the process where it goes over a limit.
 *
 * @throws UserError (4) with the reason where it was ended here.
 */
export async function withinLimits<T>(child: Child, limits: ProcessLimits | null, given: Promise<T>): Promise<T> {
  if (limits === null) return await given;
  const start = performance.now();
  let excess: string | null = null;
  const timer = setInterval(() => {
    excess ??= excessOf(child, limits, (performance.now() - start) / 1000);
    if (excess !== null) child.kill('SIGKILL');
  }, everyMs);
  try {
    return await given;
  } catch (cause) {
    throw excess === null ? cause : new UserError(excess, { exitCode: 4, cause });
  } finally {
    clearInterval(timer);
  }
}

function excessOf({ pid }: Child, { memoryBytes, seconds }: ProcessLimits, taken: number): string | null {
  if (taken > seconds) return `took over ${(seconds / 60).toFixed(0)} minutes`;
  return residentBytes(pid) > memoryBytes ? `took over ${(memoryBytes / 1e9).toFixed(1)} GB of memory` : null;
}

/** 0 where the system does not say, or the process has ended. */
function residentBytes(pid: number | undefined): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
