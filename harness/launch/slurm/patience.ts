/** Asking again, less and less often, somebody who does not answer: told once, and once more when it is over. */
const [firstMs, longestMs] = [1_000, 60_000];

export class Patience {
  readonly #tell: (text: string) => void;
  #waitMs = 0;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** Returns how long to wait until it is asked again. */
  unanswered(why: string): number {
    if (this.#waitMs === 0)
      this.#tell(`Slurm does not answer, or takes nothing for now (${firstLine(why)}): it is asked again and again`);
    this.#waitMs = Math.min(longestMs, Math.max(firstMs, 2 * this.#waitMs));
    return this.#waitMs;
  }

  answered(): void {
    if (this.#waitMs > 0) this.#tell('Slurm answers again');
    this.#waitMs = 0;
  }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
