/**
 * Workers of a killed conductor: they notice the closed channel between two steps, save, and go. Until then they still
 * write in their stage's folder, so nobody else may. One that stays too long is killed, but only if it is that very
 * process (pid and start time), on this host.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { leaseSchema, livenessOf, readRecord, stageFiles } from '../store/index.ts';

const lookEveryMs = 50;

/**
 * Resolves when nobody is in `folder` any more, or the wait is given up. `onWait` is called once, if there is somebody
 * to wait for.
 */
export async function waitForOrphan(
  folder: string,
  graceMs: number,
  handlers: { onWait(pid: number): void; isGivenUp(): boolean },
): Promise<void> {
  const file = join(folder, stageFiles.lease);
  const startedMs = Date.now();
  for (let looks = 0; !handlers.isGivenUp(); looks += 1) {
    const lease = readRecord(file, leaseSchema);
    if (lease === null) return;
    const liveness = livenessOf(lease);
    if (liveness === 'dead') return;
    // Another host's process cannot be looked at. Its conductor has lost the sweep lock, so it is leaving: the age of
    // the lease must do.
    if (liveness === 'elsewhere' && Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > graceMs)
      return;
    if (looks === 0) handlers.onWait(lease.pid);
    if (liveness === 'alive' && Date.now() - startedMs > graceMs) killProcess(lease.pid);
    await sleep(lookEveryMs);
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone in the meantime
  }
}
