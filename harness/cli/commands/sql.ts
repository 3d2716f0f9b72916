/** `harness sql`: one reading statement. No rows is an answer too (exit 0). */
import type { Value } from '../../record/index.ts';
import type { CliContext } from '../context.ts';
import { readResults } from '../read-results.ts';
import { count, plural, type Cell } from '../../text/index.ts';

interface SqlFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly maxRows: number;
  readonly maxSeconds: number;
}

export async function sql(context: CliContext, flags: SqlFlags, query: string): Promise<void> {
  const limits = { rows: flags.maxRows, seconds: flags.maxSeconds };
  const { columns, rows, isCut } = await readResults(context, context.resultsFolder(flags.results), (database) =>
    database.query(query, {}, limits),
  );
  if (flags.json) context.printJson({ rows, isCut });
  else
    context.printTable(
      columns,
      rows.map((row) => columns.map((column) => cellOf(row[column] ?? null))),
    );
  if (isCut)
    context.note(
      `only the first ${count(rows.length)} rows: --max-rows N shows more, \`harness export -o FILE\` writes all`,
    );
  else if (!flags.json) context.note(plural(rows.length, 'row'));
}

const cellOf = (value: Value): Cell => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value);
