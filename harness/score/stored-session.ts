/**
 * One compiled program whose parameters come straight from their files, each kept as the file keeps it: 16-bit weights
 * take 16 bits, and are widened one after another while they are computed with. Rewards have the same bits as from
 * parameters in float32. For a command that scores with one model and ends. Owns its session.
 */
import { fillState, type Executor, type Session } from '../engine/index.ts';
import type { Program, StateStorage } from '../graph/index.ts';
import type { OpenedModel } from '../model/index.ts';
import type { SessionSource } from './score-responses.ts';

export interface StoredSessionOptions {
  readonly threads: number;
  readonly weights: OpenedModel['weights'];
  /** What the device can keep. */
  readonly storages: readonly StateStorage[];
}

export class StoredSession implements SessionSource {
  readonly threads: number;
  readonly #executor: Executor;
  readonly #weights: StoredSessionOptions['weights'];
  readonly #storages: StoredSessionOptions['storages'];
  #held: { readonly key: string; readonly session: Session } | null = null;

  constructor(executor: Executor, { threads, weights, storages }: StoredSessionOptions) {
    this.threads = threads;
    this.#executor = executor;
    this.#weights = weights;
    this.#storages = storages;
  }

  /** Not for users at the same time: another key replaces the session. */
  async acquire(key: string, build: () => Program): Promise<{ readonly session: Session; done(): void }> {
    if (this.#held?.key !== key) {
      await this.release();
      this.#held = { key, session: await this.#filled(build()) };
    }
    return { session: this.#held.session, done: () => undefined };
  }

  async release(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    await held?.session.release();
  }

  async #filled(built: Program): Promise<Session> {
    const state = built.state.map((entry) => ({ ...entry, storage: this.#storageOf(entry.name) }));
    const session = await this.#executor.compile({ ...built, state }, { threads: this.threads });
    for (const entry of state) await fillState(session, entry, (target) => this.#weights.readInto(entry.name, target));
    return session;
  }

  #storageOf(name: string): StateStorage {
    const storage = this.#weights.storageOf(name);
    return this.#storages.includes(storage) ? storage : 'float32';
  }
}
