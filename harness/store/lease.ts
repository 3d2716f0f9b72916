/**
 * One holder at a time, on any mixture of processes, containers and hosts that share a folder
 * (docs/decisions/037-leases.md has the argument). A lease is a folder with one entry:
 *
 *     <place>/<number>.<token>/     the holder's own folder; nobody else ever uses this name
 *         holder.json               who holds it
 *         beat                      a number that goes up while the holder lives
 *         ...                       what the holder is about to put in place
 *
 *     take      rename(<place>.<token>, <place>), which fails where <place> has an entry
 *     publish   rename(<place>/<number>.<token>/x, x): checks the fence and changes the shared files in one step
 *     take over remove the entry with all in it; from then on no publish of its holder can succeed
 *
 * The file system orders a publish before or after the removal, so no clock decides what counts.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode, readIfThere, toJson } from './durable.ts';
import { keepBeating } from './heart.ts';
import { thisProcess, type ProcessIdentity } from './process-identity.ts';

export const leaseFiles = { holder: 'holder.json', beat: 'beat' } as const;

/** What a holder tried was too late: its lease was taken over, and what it had prepared counts for nothing. */
export class LeaseLost extends Error {
  constructor(place: string) {
    super(`the lease ${place} was taken over`);
  }
}

/** What holder.json says: who it is, and what else there is to know. */
type Holder = ProcessIdentity & Readonly<Record<string, unknown>>;

/** A name with a lease that somebody holds. */
export interface HeldEntry {
  readonly place: string;
  /** `<number>.<token>` */
  readonly name: string;
}

export class Lease {
  /** The holder's own: gone once the lease is. */
  readonly folder: string;
  readonly #place: string;
  readonly #stopBeating: () => void;
  readonly #lost = new AbortController();

  constructor({ place, name }: HeldEntry) {
    this.#place = place;
    this.folder = join(place, name);
    this.#stopBeating = keepBeating(join(this.folder, leaseFiles.beat), () => this.#lost.abort(new LeaseLost(place)));
  }

  /** Aborted, with a `LeaseLost`, soon after the lease is lost: a hint to stop. `publish` is what is sure. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get isLost(): boolean {
    return this.#lost.signal.aborted || !existsSync(join(this.folder, leaseFiles.holder));
  }

  /** Moves `name` of the holder's folder to `target`, outside of it. @throws LeaseLost */
  publish(name: string, target: string): void {
    this.#move(join(this.folder, name), target);
  }

  /** Moves `source`, outside of the holder's folder, to `name` in it. @throws LeaseLost */
  withdraw(source: string, name: string): void {
    this.#move(source, join(this.folder, name));
  }

  #move(from: string, to: string): void {
    try {
      renameSync(from, to);
    } catch (error) {
      if (this.isLost) throw new LeaseLost(this.#place);
      throw error;
    }
  }

  /** What the folder still holds is dropped. */
  release(): void {
    this.#stopBeating();
    removeEntry({ place: this.#place, name: basename(this.folder) });
  }
}

/** The entry of a lease that is held, or null. */
export function heldEntry(place: string): HeldEntry | null {
  const [name] = namesIn(place);
  return name === undefined ? null : { place, name };
}

/**
 * Takes the lease, or returns null because it is held.
 * @param number Rises from holder to holder, for people; the token is what no two holders share.
 */
export function takeLease(place: string, number: number, note: Readonly<Record<string, unknown>> = {}): Lease | null {
  const token = randomBytes(8).toString('hex');
  const entry = { place, name: `${number}.${token}` };
  const prepared = `${place}.${token}`;
  writeEntry(join(prepared, entry.name), { ...thisProcess(), ...note });
  try {
    renameSync(prepared, place);
  } catch (error) {
    // Over a network a rename that was done can be told as failed.
    if (!existsSync(join(place, entry.name))) return refusedTake(place, prepared, error);
  } finally {
    rmSync(prepared, { recursive: true, force: true });
  }
  return new Lease(entry);
}

/** Somebody else was first, or has tidied up what was prepared. @throws what else the file system said. */
function refusedTake(place: string, prepared: string, error: unknown): null {
  if (heldEntry(place) === null && existsSync(prepared) && errorCode(error) !== 'ENOTEMPTY') throw error;
  return null;
}

/** @param holder Replaces what the entry says of its holder. @throws where the entry is gone. */
export function writeHolder(folder: string, holder: Holder): void {
  const temporary = join(folder, `${leaseFiles.holder}.new`);
  writeFileSync(temporary, toJson(holder));
  renameSync(temporary, join(folder, leaseFiles.holder));
}

function writeEntry(folder: string, holder: Holder): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, leaseFiles.holder), toJson(holder));
  writeFileSync(join(folder, leaseFiles.beat), '0');
}

/** What is left of takes that were killed: of no use to anybody, and a take that still goes on begins again. */
export function removePrepared(place: string): void {
  const beginning = `${basename(place)}.`;
  for (const name of namesIn(dirname(place)))
    if (name.startsWith(beginning) && /^[0-9a-f]{16}$/.test(name.slice(beginning.length)))
      rmSync(join(dirname(place), name), { recursive: true, force: true });
}

const mostRounds = 1_000;

/**
 * Ends a lease: its holder can publish nothing afterwards. Any number of processes may do it at once, at any time.
 * @param salvage Called before with the holder's folder: what it moves out stays. Until this function returns the holder
 *   may still publish, so nothing may be moved to where it publishes.
 */
export function removeEntry({ place, name }: HeldEntry, salvage: (folder: string) => void = () => {}): void {
  const folder = join(place, name);
  for (let round = 0; !isRemoved(folder); round += 1) {
    if (round === mostRounds) throw new Error(`${folder} cannot be removed: something keeps writing into it`);
    rmSync(join(folder, leaseFiles.holder), { force: true }); // first, so that the holder knows why its files are gone
    salvage(folder);
    for (const child of namesIn(folder)) rmSync(join(folder, child), { recursive: true, force: true });
  }
  removeIfEmpty(place);
}

/** A folder that a process may still write into is gone only once rmdir says so: it refuses one with a file in it. */
function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return true;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // another holder's by now, or gone
  }
}

/** The text of holder.json, or null. */
export const holderText = ({ place, name }: HeldEntry): string | null =>
  readIfThere(join(place, name, leaseFiles.holder));

export const beatText = ({ place, name }: HeldEntry): string | null => readIfThere(join(place, name, leaseFiles.beat));

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESTALE') return [];
    throw error;
  }
}
