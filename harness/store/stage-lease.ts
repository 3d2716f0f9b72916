/**
 * The lease of a stage folder: whoever changes anything in the folder holds it, and does it by moving files between
 * the lease's folder and the stage's, so that a holder that lost the lease changes nothing any more.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { errorCode } from './durable.ts';
import { isReserved, stageLeasePlace, workName } from './layout.ts';
import { LeaseWatch, readHolder, type Standing } from './lease-watch.ts';
import { heldEntry, removeEntry, removePrepared, takeLease, type Lease } from './lease.ts';
import { whereabouts } from './process-identity.ts';
import { lastAttempt } from './read-journal.ts';
import { stageHolderSchema, type StageHolder } from './stage-records.ts';

const mostRounds = 50;

export interface TakenStage {
  readonly lease: Lease;
  /** The number of the attempt that the holder makes, should it make one. */
  readonly attempt: number;
}

/**
 * Takes the lease of a stage folder, from a holder whose process is known to be gone too. Returns who holds it where
 * somebody does.
 * @param atLeast The attempt is no lower; it is higher than all that the journal speaks of.
 */
export function takeStage(folder: string, atLeast: number): TakenStage | StageHolder {
  const place = stageLeasePlace(folder);
  for (let round = 0; round < mostRounds; round += 1) {
    const attempt = Math.max(atLeast, 1 + lastAttempt(folder));
    const lease = takeLease(place, attempt, { attempt });
    if (lease === null) {
      const holder = makeWay(folder);
      if (holder !== null) return holder;
    } else if (lastAttempt(folder) < attempt) {
      removePrepared(place);
      return { lease, attempt };
    } else lease.release(); // another attempt came and went in between
  }
  throw new UserError(`${place} keeps changing hands`, { exitCode: 4, hint: 'Run the same command again.' });
}

/** Who is in the way; null where nobody is, or was. */
function makeWay(folder: string): StageHolder | null {
  const standing = watchStage(folder).look();
  if (standing.kind === 'abandoned') endStageLease(folder, standing);
  return standing.kind === 'held' ? standing.holder : null;
}

export const watchStage = (folder: string, lostMs?: number): LeaseWatch<StageHolder> =>
  new LeaseWatch(stageLeasePlace(folder), stageHolderSchema, lostMs === undefined ? {} : { lostMs });

/** What a stage had saved under an abandoned lease goes back into its folder. The holder can commit no more. */
export function endStageLease(folder: string, abandoned: Extract<Standing, { kind: 'abandoned' }>): void {
  const bring = abandoned.isSure ? renameSync : copyOut;
  removeEntry(abandoned.entry, (entryFolder) => salvage(entryFolder, folder, bring));
}

/**
 * A holder that may wake up can still write into files that it has open, so the next one gets copies. The copy is made
 * inside the lease's folder: nothing appears outside once that is gone.
 */
function copyOut(from: string, to: string): void {
  const copy = `${from}.${randomBytes(8).toString('hex')}.copy`;
  cpSync(from, copy, { recursive: true });
  renameSync(copy, to);
}

function salvage(entryFolder: string, folder: string, bring: (from: string, to: string) => void): void {
  const work = join(entryFolder, workName);
  for (const name of savedIn(work)) {
    try {
      bring(join(work, name), join(folder, name));
    } catch (error) {
      // Others do the same just now, or a folder of this name is there: what is saved twice is not needed.
      if (!isInTheWay(error)) throw error;
    }
  }
}

/** Names of what a stage has saved where it works. */
export function savedIn(work: string): readonly string[] {
  if (!existsSync(work)) return [];
  endInner(work);
  return readdirSync(work).filter((name) => !isReserved(name) && !name.endsWith('.copy'));
}

/** A program that was given the folder may have worked in it as we do, under a lease of its own. */
function endInner(work: string): void {
  const entry = heldEntry(stageLeasePlace(work));
  if (entry !== null) removeEntry(entry, (entryFolder) => salvage(entryFolder, work, renameSync));
}

const inTheWay: ReadonlySet<string | null> = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EISDIR', 'ENOTDIR', 'ESTALE']);

/** Of a rename: its source is gone, or its target is a folder with something in it. */
export const isInTheWay = (error: unknown): boolean => inTheWay.has(errorCode(error));

/** Who is in the way, in one line. */
export function occupiedBy(folder: string, { attempt, ...holder }: StageHolder): string {
  return `another worker (${whereabouts(holder)}, attempt ${attempt}) is in ${folder}`;
}

/** Who has taken over, in one line. */
export function takenOver(folder: string): string {
  const holder = readHolder(stageLeasePlace(folder), stageHolderSchema);
  if (holder !== null) return `it gave no sign of life; ${occupiedBy(folder, holder)}`;
  return `it gave no sign of life, and ${folder} was taken over by another worker`;
}
