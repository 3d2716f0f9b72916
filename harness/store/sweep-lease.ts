/**
 * One sweep at a time conducts in a results folder: the lease results/sweep.lease says which. What a sweep writes that
 * no stage's lease guards (its plan) goes through it, so a sweep that was stopped, lost its lease and goes on changes
 * nothing.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../spec/user-error.ts';
import { syncFile, syncFolder } from './durable.ts';
import { sweepLeasePlace } from './layout.ts';
import { LeaseWatch, readHolder, type Standing } from './lease-watch.ts';
import { removeEntry, removePrepared, takeLease, type Lease } from './lease.ts';
import { processIdentitySchema, whereabouts } from './process-identity.ts';

const sweepHolderSchema = processIdentitySchema.extend({ experiment: z.string(), startedAt: z.string() });
export type SweepHolder = z.infer<typeof sweepHolderSchema>;

const lookEveryMs = 100;

export interface SweepLeaseOptions {
  /** Without a sign of life for this long a sweep that cannot be looked at counts as gone. */
  readonly lostMs?: number;
  /** Called once where it takes time to find out whether another sweep lives. */
  onWait?(message: string): void;
}

/** The sweep that holds the folder now, or null. `status` and `cancel` find the conductor's pid here. */
export const readSweepLease = (resultsFolder: string): SweepHolder | null =>
  readHolder(sweepLeasePlace(resultsFolder), sweepHolderSchema);

export class SweepLease {
  readonly #lease: Lease;
  readonly #resultsFolder: string;

  constructor(resultsFolder: string, lease: Lease) {
    this.#resultsFolder = resultsFolder;
    this.#lease = lease;
  }

  /** Aborted once another sweep has taken over. */
  get lost(): AbortSignal {
    return this.#lease.lost;
  }

  /** Replaces `file`, and the disk has it when this returns. @throws UserError (4) where the lease is lost. */
  write(file: string, text: string): void {
    const name = basename(file);
    try {
      writeFileSync(join(this.#lease.folder, name), text);
      syncFile(join(this.#lease.folder, name));
      this.#lease.publish(name, file);
      syncFolder(dirname(file));
    } catch (error) {
      this.assertHeld();
      throw error;
    }
  }

  /** @throws UserError (4) where another sweep has taken over, in one line. */
  assertHeld(): void {
    if (!this.#lease.isLost) return;
    const holder = readSweepLease(this.#resultsFolder);
    const who = holder === null ? 'another sweep' : describe(holder);
    throw new UserError(`${who} has taken over ${this.#resultsFolder}: this one gave no sign of life and has stopped`, {
      exitCode: 4,
      hint: 'What it had committed counts. Wait for the other one, or run the same command again.',
    });
  }

  release(): void {
    this.#lease.release();
  }
}

/** @throws UserError (3) while another sweep holds the folder. */
export async function takeSweepLease(
  resultsFolder: string,
  experiment: string,
  options: SweepLeaseOptions = {},
): Promise<SweepLease> {
  const place = sweepLeasePlace(resultsFolder);
  mkdirSync(resultsFolder, { recursive: true });
  for (let number = 1; ;) {
    const lease = takeLease(place, number, { experiment, startedAt: new Date().toISOString() });
    if (lease !== null) {
      removePrepared(place);
      return new SweepLease(resultsFolder, lease);
    }
    const gone = await untilFree(resultsFolder, options);
    if (gone !== null) {
      number = 1 + numberOf(gone.entry.name);
      removeEntry(gone.entry);
    }
  }
}

const numberOf = (name: string): number => Number.parseInt(name, 10) || 0;

type Abandoned = Extract<Standing<SweepHolder>, { kind: 'abandoned' }>;

/** The holder that is gone, or null where there is none. @throws UserError (3) where it lives. */
async function untilFree(resultsFolder: string, { lostMs, onWait }: SweepLeaseOptions): Promise<Abandoned | null> {
  const watch = new LeaseWatch(
    sweepLeasePlace(resultsFolder),
    sweepHolderSchema,
    lostMs === undefined ? {} : { lostMs },
  );
  for (let looks = 0; ; looks += 1) {
    const standing = watch.look();
    if (standing.kind === 'free') return null;
    if (standing.kind === 'abandoned') return standing;
    if (standing.liveness === 'alive' || standing.hasBeaten) throw refusal(standing.holder, resultsFolder);
    if (looks === 0) onWait?.(`${describe(standing.holder)} holds ${resultsFolder}: looking whether it still lives`);
    await sleep(lookEveryMs);
  }
}

function describe(holder: SweepHolder): string {
  return `another sweep (${whereabouts(holder)}, experiment ${holder.experiment}, since ${holder.startedAt})`;
}

function refusal(holder: SweepHolder, resultsFolder: string): UserError {
  return new UserError(`${describe(holder)} is using ${resultsFolder}`, {
    exitCode: 3,
    hint: 'Wait for it, or use another folder with --results DIR.',
  });
}
