/** `harness export`: results for other tools, in a file or on standard output. */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { exportTable } from '../../record/index.ts';
import type { ExportFormat } from '../../record/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { plural } from '../../text/index.ts';
import type { CliContext, CliHost } from '../context.ts';

interface ExportFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly format?: ExportFormat;
  readonly output: string;
}

const formats: Readonly<Record<string, ExportFormat>> = { '.csv': 'csv', '.parquet': 'parquet', '.json': 'json' };
/** The name that the system gives to standard output is taken for it, and never replaced. */
const standardOutput: ReadonlySet<string> = new Set(['-', '/dev/stdout']);

export async function exportCommand(context: CliContext, flags: ExportFlags, source: string): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  if (standardOutput.has(flags.output)) return exportToOutput(context, flags, { folder, source });
  const format = flags.format ?? formats[extname(flags.output)];
  if (format === undefined)
    throw new UserError(`the format does not follow from the name ${flags.output}`, {
      exitCode: 2,
      hint: 'End it in .csv, .parquet or .json, or give --format.',
    });
  const rows = await exportTable(folder, source, format, flags.output);
  if (flags.json) return context.printJson({ file: flags.output, format, rows });
  context.print(`${flags.output}: ${plural(rows, 'row')}`);
}

/** CSV where no format is named. What would harm a terminal is shown there, and written as it is to a file or pipe. */
async function exportToOutput(
  context: CliContext,
  { json, format = 'csv' }: ExportFlags,
  { folder, source }: { readonly folder: string; readonly source: string },
): Promise<void> {
  if (json)
    throw new UserError('--json and -o - both write to standard output', {
      exitCode: 2,
      hint: 'For rows as JSON there is --format json.',
    });
  const { stdout } = context.host;
  if (format === 'parquet' && stdout.isTTY === true)
    throw new UserError('Parquet is nothing for a terminal', { exitCode: 2, hint: 'Redirect it, or name a file.' });
  const scratch = mkdtempSync(join(tmpdir(), 'harness-export-'));
  try {
    const file = join(scratch, 'rows');
    const rows = await exportTable(folder, source, format, file);
    const write = writer(context.host);
    for await (const chunk of createReadStream(file)) write(chunk as Buffer);
    context.note(plural(rows, 'row'));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function writer({ stdout, writeBytes }: CliHost): (bytes: Uint8Array) => unknown {
  if (writeBytes !== undefined && stdout.isTTY !== true) return writeBytes;
  const decoder = new TextDecoder();
  return (bytes) => stdout.write(decoder.decode(bytes, { stream: true }));
}
