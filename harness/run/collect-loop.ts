/**
 * Files -> database while the sweep goes on: not more often than every few seconds, never two at once, and its failure
 * is news, not the end.
 */

export class CollectLoop {
  readonly #collect: (isLast: boolean) => Promise<void>;
  readonly #everyMs: number;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #isWanted = false;

  constructor(collect: (isLast: boolean) => Promise<void>, everyMs: number, onError: (error: unknown) => void) {
    this.#collect = collect;
    this.#everyMs = everyMs;
    this.#onError = onError;
  }

  /** Something has finished: collect within the next interval. */
  request(): void {
    this.#isWanted = true;
    if (this.#timer !== null || this.#running !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#run(false);
    }, this.#everyMs);
  }

  /** The last collect, after everything has finished. */
  async finish(): Promise<void> {
    await this.cancel();
    await this.#run(true);
  }

  /** No further collect; resolves once the one that is running has ended. */
  async cancel(): Promise<void> {
    this.#clearTimer();
    await this.#running;
    this.#clearTimer();
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #run(isLast: boolean): Promise<void> {
    this.#isWanted = false;
    this.#running = Promise.resolve()
      .then(() => this.#collect(isLast))
      .catch(this.#onError)
      .finally(() => {
        this.#running = null;
        if (this.#isWanted) this.request();
      });
    return this.#running;
  }
}
