/**
 * A sweep that is stopped as a whole (SIGSTOP), taken over by another one, and continued afterwards: it must find that
 * it has lost its lease, say so in one line, and have changed nothing.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { commits, endOf, startSweep, workersOf, type Ground } from './one-fault.ts';

export interface TakeOver {
  readonly place: string;
  /** The other sweep is in this PID namespace, or in one of its own, where it cannot see the first. */
  readonly takeOver: 'here' | 'namespace';
  readonly afterMs: number;
}

const ownNamespace = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];

export function canUnshare(): boolean {
  try {
    execFileSync(ownNamespace[0] ?? '', [...ownNamespace.slice(1), 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export async function stopAndTakeOver(
  ground: Ground,
  { takeOver, afterMs }: TakeOver,
): Promise<{ readonly struck: boolean; readonly isDone: boolean; readonly wrong: string | null }> {
  const first = startSweep(ground);
  const firstEnd = endOf(first);
  await Promise.race([firstEnd, sleep(afterMs)]);
  const pid = first.pid ?? 0;
  if (first.exitCode !== null) return { struck: false, isDone: first.exitCode === 0, wrong: null };
  const workers = workersOf(pid);
  for (const one of [pid, ...workers]) process.kill(one, 'SIGSTOP');
  const second = await endOf(startSweep(ground, null, takeOver === 'namespace' ? ownNamespace : []));
  const after = commits(ground);
  for (const one of [pid, ...workers]) continueIfThere(one);
  const end = await firstEnd;
  const wrong =
    wrongIn(second, end) ??
    ([...after].every(([id, stamp]) => commits(ground).get(id) === stamp)
      ? null
      : 'the one that was stopped changed a commit');
  return { struck: true, isDone: second.exitCode === 0, wrong };
}

function continueIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // a worker that could be seen was ended by the other sweep
  }
}

interface End {
  readonly exitCode: number | null;
  readonly stderr: string;
}

function wrongIn(second: End, first: End): string | null {
  if (second.exitCode !== 0) return `the sweep that took over ended with ${second.exitCode}: ${second.stderr}`;
  // It may have been at its very end when it was stopped: then it had nothing to lose.
  if (first.exitCode === 0) return null;
  if (first.exitCode !== 4 || !/taken over/.test(first.stderr))
    return `the sweep that was stopped ended with ${first.exitCode}: ${first.stderr}`;
  return /failed/.test(first.stderr) ? `the sweep that was stopped reports failures: ${first.stderr}` : null;
}
