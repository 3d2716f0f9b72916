/** Programs that tests were run on. Types only. */

/** One program written for a problem, and what its tests said. */
export interface TestedCandidate {
  /** What follows the prompt. */
  readonly completion: string;
  readonly passed: boolean;
  /** `pass`, `wrong`, `error`, `syntax`, `timeout`: how it ended, as far as that is known; else `failed`. */
  readonly status: string;
  readonly model: string;
}

export interface TestedProblem {
  readonly id: string;
  readonly prompt: string;
  readonly candidates: readonly TestedCandidate[];
}
