/** One compiled program at a time, for a command that scores with one model and ends. Owns its session. */
import type { Executor, Session } from '../engine/index.ts';
import type { Program } from '../graph/index.ts';
import type { SessionSource } from './score-responses.ts';

export class OneSession implements SessionSource {
  readonly threads: number;
  readonly #executor: Executor;
  #held: { readonly key: string; readonly session: Session } | null = null;

  constructor(executor: Executor, { threads }: { readonly threads: number }) {
    this.#executor = executor;
    this.threads = threads;
  }

  /** Not for users at the same time: another key replaces the session. */
  async acquire(key: string, build: () => Program): Promise<{ readonly session: Session; done(): void }> {
    if (this.#held?.key !== key) {
      await this.release();
      this.#held = { key, session: await this.#executor.compile(build(), { threads: this.threads }) };
    }
    return { session: this.#held.session, done: () => undefined };
  }

  async release(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    await held?.session.release();
  }
}
