/** `harness sql`: one reading statement. No rows is an answer too (exit 0). */
import { withDatabase } from '../../record/index.ts';
import type { Value } from '../../record/index.ts';
import type { CliContext } from '../context.ts';
import { plural, type Cell } from '../../text/index.ts';

export async function sql(
  context: CliContext,
  flags: { readonly results?: string; readonly json: boolean },
  query: string,
): Promise<void> {
  const { columns, rows } = await withDatabase(context.resultsFolder(flags.results), (database) =>
    database.query(query),
  );
  if (flags.json) return context.printJson({ rows });
  context.printTable(
    columns,
    rows.map((row) => columns.map((column) => cellOf(row[column] ?? null))),
  );
  context.note(plural(rows.length, 'row'));
}

const cellOf = (value: Value): Cell => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value);
