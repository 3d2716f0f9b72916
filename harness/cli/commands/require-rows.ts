/** An empty listing says so and is inconclusive: a script that reads it must not take it for a result. */
import { UserError } from '../../spec/user-error.ts';

/** Throws `UserError` (exit 5) where there are no rows. */
export function requireRows(rows: readonly unknown[], what: string, folder: string): void {
  if (rows.length === 0)
    throw new UserError(`no ${what} on record in ${folder}`, {
      exitCode: 5,
      hint: 'Loosen the filter, or run `harness collect` if a sweep is still going on.',
    });
}
