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

/**
 * Ends an abandoned lease: its holder can commit no more. What it had saved is put aside for the next holder, who finds
 * it in the stage's folder: whether the stage is not committed after all is only known once the lease is gone.
 */
export function endStageLease(folder: string, abandoned: Extract<Standing, { kind: 'abandoned' }>): void {
  const suffix = abandoned.isSure ? '' : stillOpen;
  removeEntry(abandoned.entry, (entryFolder) => putAside(join(entryFolder, workName), folder, suffix));
}

/** Of work whose holder may wake up, with files open in it: the next one takes copies. */
const stillOpen = '.open';

function putAside(work: string, folder: string, suffix: string): void {
  if (!existsSync(work) || readdirSync(work).length === 0) return;
  try {
    renameSync(work, join(folder, `saved.${randomBytes(8).toString('hex')}${suffix}`));
  } catch (error) {
    if (!isInTheWay(error)) throw error; // somebody else does the same just now
  }
}

/** Brings what was put aside to where the next attempt works. */
export function bringBack(saved: string, work: string): void {
  for (const name of savedIn(saved)) {
    const [from, to] = [join(saved, name), join(work, name)];
    if (saved.endsWith(stillOpen)) cpSync(from, to, { recursive: true });
    else moveOver(from, to);
  }
}

function moveOver(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    // A folder of this name is there, with something in it: what is saved twice is not needed.
    if (!isInTheWay(error)) throw error;
  }
}

/** Names of what a stage has saved where it works. */
export function savedIn(work: string): readonly string[] {
  if (!existsSync(work)) return [];
  endInner(work);
  return readdirSync(work).filter((name) => !isReserved(name));
}

/** A program that was given the folder may have worked in it as we do, under a lease of its own. */
function endInner(work: string): void {
  const entry = heldEntry(stageLeasePlace(work));
  if (entry === null) return;
  removeEntry(entry, (entryFolder) => {
    const inner = join(entryFolder, workName);
    for (const name of savedIn(inner)) moveOver(join(inner, name), join(work, name));
  });
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
