/**
 * Hears signals from the first moment of a sweep to its last: before stages run, it does not begin; while they run,
 * they save and stop; a second one ends them at once.
 */
import { listenForStop, type StopSignal } from './stop-signals.ts';

/** Who lets running stages go. */
interface Stoppable {
  stop(signal: StopSignal): void;
  kill(): void;
}

/** Instead of what was waited for. */
export const stopped = Symbol('stopped');

export class Stopping {
  readonly #stopListening: () => void;
  readonly #told: Promise<typeof stopped>;
  #signal: StopSignal | null = null;
  #wasKilled = false;
  #conductor: Stoppable | null = null;

  /** @param tell What is said of it; `command` continues the sweep. */
  constructor(abort: AbortSignal | undefined, command: string, tell: (text: string) => void) {
    let resolve: (told: typeof stopped) => void;
    this.#told = new Promise((settle) => (resolve = settle));
    this.#stopListening = listenForStop(abort, {
      onStop: (signal) => {
        if (this.#signal !== null) return;
        this.#signal = signal;
        const what =
          this.#conductor === null
            ? 'stopping before anything was started'
            : 'stopping: running stages save their state (Ctrl-C again: stop at once)';
        tell(`${what}; continue with: ${command}`);
        this.#conductor?.stop(signal);
        resolve(stopped);
      },
      onKill: () => {
        this.#wasKilled = true;
        this.#conductor?.kill();
      },
    });
  }

  get signal(): StopSignal | null {
    return this.#signal;
  }

  /** A second signal came. */
  get wasKilled(): boolean {
    return this.#wasKilled;
  }

  /** From now on it is the conductor's to stop. */
  conduct(conductor: Stoppable): void {
    this.#conductor = conductor;
    if (this.#signal !== null) conductor.stop(this.#signal);
  }

  /** What `work` gives, or `stopped` where a signal came first; then nobody hears of its errors. */
  unlessStopped<T>(work: Promise<T>): Promise<T | typeof stopped> {
    return Promise.race([this.#told, work]);
  }

  end(): void {
    this.#stopListening();
  }
}
