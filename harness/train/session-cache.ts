/**
 * Compiled sessions of a worker, kept for its next stages: compiling a training step takes longer than many of its steps, and every stage of one
 * architecture needs the same program. Owns the sessions: `release` frees them all.
 */
import type { Executor, Session } from '../engine/index.ts';
import type { Program } from '../graph/index.ts';

/** A session in exclusive use; its state is the user's own until `done`. */
export interface SessionLease { readonly session: Session; done(): void }

interface Entry { readonly key: string; readonly session: Promise<Session>; isBusy: boolean }

export class SessionCache {
  readonly #executor: Executor;
  readonly #threads: number;
  readonly #capacity: number;
  /** Least recently used first. */
  #entries: Entry[] = [];

  constructor(executor: Executor, options: { readonly threads: number; readonly capacity?: number }) {
    this.#executor = executor;
    this.#threads = options.threads;
    this.#capacity = options.capacity ?? 4;
  }

  /** A session for the program named by `key`, compiled where no idle one is kept. Equal keys must mean equal programs. */
  async acquire(key: string, build: () => Program): Promise<SessionLease> {
    const idle = this.#entries.find((entry) => entry.key === key && !entry.isBusy);
    const entry = idle ?? { key, session: this.#executor.compile(build(), { threads: this.#threads }), isBusy: true };
    entry.isBusy = true;
    this.#entries = [...this.#entries.filter((other) => other !== entry), entry];
    try {
      await this.#evict();
      return { session: await entry.session, done: () => { entry.isBusy = false; } };
    } catch (error) {
      this.#entries = this.#entries.filter((other) => other !== entry);
      throw error;
    }
  }

  /** Frees all sessions; the cache can be used again afterwards. */
  async release(): Promise<void> {
    const entries = this.#entries;
    this.#entries = [];
    for (const { session } of entries) await (await session).release();
  }

  async #evict(): Promise<void> {
    while (this.#entries.length > this.#capacity) {
      const oldest = this.#entries.find((entry) => !entry.isBusy);
      if (!oldest) return;
      this.#entries = this.#entries.filter((other) => other !== oldest);
      await (await oldest.session).release();
    }
  }
}
