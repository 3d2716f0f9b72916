/** An empty listing says so and is inconclusive: a script that reads it must not take it for a result. */
import { UserError } from '../../spec/user-error.ts';

/** Throws `UserError` (exit 5) where there are no rows. */
export function requireRows(rows: readonly unknown[], what: string, folder: string): void {
  if (rows.length === 0)
    throw new UserError(`no ${what} recorded in ${folder} that match`, {
      exitCode: 5,
      hint: 'Run `harness collect` if the sweep is still going on, or loosen the filter.',
    });
}
