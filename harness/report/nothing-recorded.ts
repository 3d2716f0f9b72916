/** The error of a report about nothing. */
import { UserError } from '../spec/user-error.ts';

export function nothingRecorded(message: string): UserError {
  return new UserError(message, {
    exitCode: 5,
    hint: 'Run `harness sweep SPEC` first, or look with `harness ls experiments`.',
  });
}
