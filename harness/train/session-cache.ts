/**
 * Compiled sessions of a worker, kept for its next stages: compiling a training step takes longer than many of its
 * steps, and every stage of one architecture needs the same program. Owns the sessions: `release` frees them all.
 */
import type { Executor, Session } from '../engine/index.ts';
import type { Program } from '../graph/index.ts';
import { flatteningFor, type Flattening } from './learned-groups.ts';

/** Programs that work on the state of a first one (see `CompileOptions.stateOf`), by name. */
export type LinkedPrograms = Readonly<Record<string, () => Program>>;

/** A session in exclusive use, with those linked to it; its state is the user's own until `done`. */
export interface SessionLease {
  readonly session: Session;
  readonly linked: Readonly<Record<string, Session>>;
  done(): void;
}

interface Sessions {
  readonly session: Session;
  readonly linked: Readonly<Record<string, Session>>;
}
interface Entry {
  readonly key: string;
  readonly sessions: Promise<Sessions>;
  isBusy: boolean;
}

export interface SessionCacheOptions {
  readonly threads: number;
  /** Sessions kept; 4 by default. */
  readonly capacity?: number;
  /** What suits the executor by default. */
  readonly flattening?: Flattening;
}

export class SessionCache {
  readonly #executor: Executor;
  /** Threads of every session. */
  readonly threads: number;
  /** Which parameters its programs keep together. */
  readonly flattening: Flattening;
  readonly #capacity: number;
  /** Least recently used first. */
  #entries: Entry[] = [];

  constructor(executor: Executor, options: SessionCacheOptions) {
    this.#executor = executor;
    this.threads = options.threads;
    this.flattening = options.flattening ?? flatteningFor(executor);
    this.#capacity = options.capacity ?? 4;
  }

  /**
   * A session for the program named by `key`, compiled where no idle one is kept. Equal keys must mean equal programs,
   * the linked ones included.
   */
  async acquire(key: string, build: () => Program, linked: LinkedPrograms = {}): Promise<SessionLease> {
    const idle = this.#entries.find((entry) => entry.key === key && !entry.isBusy);
    const entry = idle ?? { key, sessions: this.#compile(build, linked), isBusy: true };
    entry.isBusy = true;
    this.#entries = [...this.#entries.filter((other) => other !== entry), entry];
    try {
      await this.#evict();
      return {
        ...(await entry.sessions),
        done: () => {
          entry.isBusy = false;
        },
      };
    } catch (error) {
      this.#entries = this.#entries.filter((other) => other !== entry);
      throw error;
    }
  }

  /** Whether its engine would rather have a step whole (see `Executor`). */
  get wantsWholeSteps(): boolean {
    return this.#executor.wantsWholeSteps === true;
  }

  /** Frees all sessions; the cache can be used again afterwards. */
  async release(): Promise<void> {
    const entries = this.#entries;
    this.#entries = [];
    for (const { sessions } of entries) await releaseAll(await sessions);
  }

  async #compile(build: () => Program, linked: LinkedPrograms): Promise<Sessions> {
    const threads = this.threads;
    const session = await this.#executor.compile(build(), { threads });
    const others: Record<string, Session> = {};
    try {
      for (const [name, program] of Object.entries(linked))
        others[name] = await this.#executor.compile(program(), { threads, stateOf: session });
    } catch (error) {
      await releaseAll({ session, linked: others });
      throw error;
    }
    return { session, linked: others };
  }

  async #evict(): Promise<void> {
    while (this.#entries.length > this.#capacity) {
      const oldest = this.#entries.find((entry) => !entry.isBusy);
      if (!oldest) return;
      this.#entries = this.#entries.filter((other) => other !== oldest);
      await releaseAll(await oldest.sessions);
    }
  }
}

async function releaseAll({ session, linked }: Sessions): Promise<void> {
  for (const other of Object.values(linked)) await other.release();
  await session.release();
}
