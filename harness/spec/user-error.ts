/**
 * An expected failure, reported to a person: what is wrong, where, what to do next, and the exit code of the command
 * line contract. It lives in `spec`, the lowest room that all others may import.
 */
export type ExitCode = 1 | 2 | 3 | 4 | 5;

/** An error that the user can do something about: its message is printed without a stack. */
export class UserError extends Error {
  /** 1 a trial failed, 2 usage or spec, 3 refused before start, 4 infrastructure (safe to retry), 5 inconclusive. */
  readonly exitCode: ExitCode;
  /** The next action, in one sentence. */
  readonly hint: string | null;

  constructor(message: string, options: { exitCode: ExitCode; hint?: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'UserError';
    this.exitCode = options.exitCode;
    this.hint = options.hint ?? null;
  }
}
