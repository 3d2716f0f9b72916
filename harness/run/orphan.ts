/**
 * Whoever is in a stage's folder before this sweep's worker: a worker of a killed conductor, which notices the closed
 * channel between two steps, saves, and goes; or one of another container or host. One that this process can see and
 * that stays too long is ended, being that very process (pid and start time). One that cannot be seen and gives no sign
 * of life loses its lease, and with it the right to commit.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { endStageLease, watchStage, type StageHolder } from '../store/index.ts';

const lookEveryMs = 50;

export interface HolderLimits {
  /** Time for a worker that can be seen to leave. */
  readonly graceMs: number;
  /** Time without a sign of life until one that cannot be seen counts as gone. */
  readonly lostMs: number;
}

/**
 * Resolves when nobody is in `folder` any more, or the wait is given up. `onWait` is called once, if there is somebody
 * to wait for.
 */
export async function waitForHolder(
  folder: string,
  { graceMs, lostMs }: HolderLimits,
  handlers: { onWait(holder: StageHolder): void; isGivenUp(): boolean },
): Promise<void> {
  const watch = watchStage(folder, lostMs);
  const startedMs = performance.now();
  for (let looks = 0; !handlers.isGivenUp(); looks += 1) {
    const standing = watch.look();
    if (standing.kind === 'free') return;
    if (standing.kind === 'abandoned') return endStageLease(folder, standing);
    if (looks === 0) handlers.onWait(standing.holder);
    if (standing.liveness !== 'unseen' && performance.now() - startedMs > graceMs) killProcess(standing.holder.pid);
    await sleep(lookEveryMs);
  }
}

/**
 * Sees out whoever is in the folder and is gone, without a word to one that lives: after the death of a node its lease
 * stands for as long as it could still give a sign of life. Resolves when nobody is there, or somebody alive.
 */
export async function seeOutTheLost(folder: string, lostMs?: number): Promise<void> {
  const watch = watchStage(folder, lostMs);
  for (;;) {
    const standing = watch.look();
    if (standing.kind === 'free') return;
    if (standing.kind === 'abandoned') return endStageLease(folder, standing);
    if (standing.liveness === 'alive' || standing.hasBeaten) return;
    await sleep(lookEveryMs);
  }
}

function killProcess(pid: number): void {
  if (pid === process.pid) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone in the meantime
  }
}
