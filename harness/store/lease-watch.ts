/**
 * Is the holder of a lease still there? Where this process can look at it, the process table says so. Elsewhere it must
 * give a sign of life while this process watches: the watcher's own clock measures for how long the beat stood still,
 * and no clock is compared with another. A wrong answer costs time, never a result (`lease.ts`).
 */
import { z } from 'zod';
import { beatText, heldEntry, holderText, type HeldEntry } from './lease.ts';
import { livenessOf, processIdentitySchema, type Liveness, type ProcessIdentity } from './process-identity.ts';
import { parseJson } from './read-json.ts';

/** Without a sign of life for this long, as one process saw it, a holder counts as gone. */
export const defaultLostMs = 30_000;

/** A watcher that was stopped itself has not watched: a longer pause between two looks counts as this much. */
const longestPauseMs = 1_000;

export interface Holding<Holder extends ProcessIdentity = ProcessIdentity> {
  readonly entry: HeldEntry;
  readonly holder: Holder;
  readonly liveness: Liveness;
  /** It gave a sign of life since the first look. */
  readonly hasBeaten: boolean;
}

export type Standing<Holder extends ProcessIdentity = ProcessIdentity> =
  | { readonly kind: 'free' }
  | ({ readonly kind: 'held' } & Holding<Holder>)
  /** `isSure`: its process is known to be gone. Otherwise it gave no sign of life, and may wake up. */
  | { readonly kind: 'abandoned'; readonly entry: HeldEntry; readonly holder: Holder | null; readonly isSure: boolean };

/** Looks at one lease again and again. */
export class LeaseWatch<Holder extends ProcessIdentity> {
  readonly #place: string;
  readonly #schema: z.ZodType<Holder>;
  readonly #lostMs: number;
  readonly #now: () => number;
  #seen: { readonly entry: string; readonly beat: string | null } | null = null;
  #hasBeaten = false;
  #stillMs = 0;
  #lookedMs = 0;

  /** @param now Milliseconds of a clock of this process that only goes forward. */
  constructor(
    place: string,
    schema: z.ZodType<Holder>,
    { lostMs = defaultLostMs, now = (): number => performance.now() } = {},
  ) {
    this.#place = place;
    this.#schema = schema;
    this.#lostMs = lostMs;
    this.#now = now;
  }

  look(): Standing<Holder> {
    const entry = heldEntry(this.#place);
    if (entry === null) return { kind: 'free' };
    const holder = holderOf(entry, this.#schema);
    // A holder's folder appears with its holder.json: without one it is being removed.
    if (holder === null) return { kind: 'abandoned', entry, holder, isSure: false };
    const liveness = livenessOf(holder);
    if (liveness === 'dead') return { kind: 'abandoned', entry, holder, isSure: true };
    const stillMs = this.#watch(entry);
    if (liveness !== 'alive' && stillMs >= this.#lostMs) return { kind: 'abandoned', entry, holder, isSure: false };
    return { kind: 'held', entry, holder, liveness, hasBeaten: this.#hasBeaten };
  }

  /** For how long its beat has stood still before this process's eyes. */
  #watch(entry: HeldEntry): number {
    const now = this.#now();
    const beat = beatText(entry);
    const isSame = this.#seen?.entry === entry.name;
    if (isSame && this.#seen?.beat === beat) this.#stillMs += Math.min(now - this.#lookedMs, longestPauseMs);
    else this.#stillMs = 0;
    this.#hasBeaten = isSame && (this.#hasBeaten || this.#seen?.beat !== beat);
    this.#seen = { entry: entry.name, beat };
    this.#lookedMs = now;
    return this.#stillMs;
  }
}

/** What an entry says of its holder; null where it says nothing that can be read. */
export function holderOf<Holder>(entry: HeldEntry, schema: z.ZodType<Holder>): Holder | null {
  const text = holderText(entry);
  return text === null ? null : (schema.safeParse(parseJson(text)).data ?? null);
}

/** Who holds a lease now, as far as one look can tell. null: nobody, or a process that is gone for sure. */
export function readHolder<Holder extends ProcessIdentity>(place: string, schema: z.ZodType<Holder>): Holder | null {
  const standing = new LeaseWatch(place, schema).look();
  return standing.kind === 'held' ? standing.holder : null;
}

export const plainHolder = processIdentitySchema;
