/** `harness export`: results for other tools. */
import { extname } from 'node:path';
import { exportTable } from '../../record/index.ts';
import type { ExportFormat } from '../../record/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';

interface ExportFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly format?: ExportFormat;
  readonly output: string;
}

const formats: Readonly<Record<string, ExportFormat>> = { '.csv': 'csv', '.parquet': 'parquet', '.json': 'json' };

export async function exportCommand(context: CliContext, flags: ExportFlags, source: string): Promise<void> {
  const format = flags.format ?? formats[extname(flags.output)];
  if (format === undefined)
    throw new UserError(`the format does not follow from the name ${flags.output}`, {
      exitCode: 2,
      hint: 'End it in .csv, .parquet or .json, or give --format.',
    });
  const rows = await exportTable(context.resultsFolder(flags.results), source, format, flags.output);
  if (flags.json) return context.printJson({ file: flags.output, format, rows });
  context.print(`${flags.output}: ${plural(rows, 'row')}`);
}
