import { UserError } from '../../spec/user-error.ts';

/** What is thrown where a file of token ids is missing, cut off or of another kind. */
export function unreadableTokens(path: string, cause: unknown): UserError {
  return new UserError(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
    exitCode: 4,
    hint: 'Remove the folder of this file and run the same command again.',
    cause,
  });
}
