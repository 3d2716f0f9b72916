/**
 * Throughput and memory of pairs at different numbers of them: written into shards, their texts read again, and trained
 * on. Each phase has a process of its own, so its peak of memory is its own. Memory must not grow with the number of
 * pairs, but for 28 bytes each that training holds: offsets, length, place in the order.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { allocatorEnvironment } from '../engine/index.ts';
import type { PairPhase, PairPhaseRequest } from './pair-phases.ts';

export interface PairStorageOptions {
  /** How many pairs, one measurement each. */
  readonly counts: readonly number[];
  readonly steps: number;
  readonly threads: number;
}

export interface PairStorage {
  readonly pairs: number;
  readonly write: PairPhase;
  readonly read: PairPhase;
  readonly train: PairPhase;
}

/** The files are in the system's folder for temporary files, 0.8 GB for a million pairs, and removed. */
export async function benchPairStorage({
  counts,
  steps,
  threads,
}: PairStorageOptions): Promise<readonly PairStorage[]> {
  const measured: PairStorage[] = [];
  for (const pairs of counts) {
    const folder = mkdtempSync(path.join(tmpdir(), 'harness-bench-pairs-'));
    try {
      const phase = (name: PairPhaseRequest['phase']): Promise<PairPhase> =>
        measurePhase({ phase: name, folder, pairs, steps, threads });
      measured.push({ pairs, write: await phase('write'), read: await phase('read'), train: await phase('train') });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return measured;
}

async function measurePhase(request: PairPhaseRequest): Promise<PairPhase> {
  const entry = fileURLToPath(new URL(`pair-phase-process${path.extname(import.meta.url)}`, import.meta.url));
  const child = execaNode(entry, [JSON.stringify(request)], { ipc: true, env: allocatorEnvironment });
  const message = child.getOneMessage();
  // A process that fails says why itself.
  message.catch(() => {});
  await child;
  return (await message) as unknown as PairPhase;
}
