/** `harness validate`: every error of every file at once; nothing is run. */
import { readExperiment } from '../../kinds/index.ts';
import { formatSpecErrors, type ParseResult } from '../../spec/index.ts';
import { plural } from '../../text/index.ts';
import { requireServed } from '../load-plan.ts';
import { checkReportKinds } from '../check-report-kinds.ts';
import type { CliContext } from '../context.ts';

interface ValidateFlags {
  readonly json: boolean;
  readonly set?: readonly string[];
}

const invalidExitCode = 2;

export async function validate(context: CliContext, flags: ValidateFlags, ...files: readonly string[]): Promise<void> {
  const results = await Promise.all(files.map((file) => read(file, flags.set ?? [])));
  const errors = results.flatMap(({ result }) => (result.ok ? [] : result.errors));
  if (errors.length > 0) context.exitWith(invalidExitCode);
  if (flags.json) return context.printJson({ valid: errors.length === 0, errors });
  for (const { file, result } of results) {
    if (result.ok) context.print(`${file}: valid (experiment ${result.spec.name})`);
    else context.note(formatSpecErrors(result.errors));
  }
  if (errors.length > 0) context.note(`harness: ${plural(errors.length, 'error')}`);
}

async function read(file: string, settings: readonly string[]): Promise<{ file: string; result: ParseResult }> {
  const experiment = await readExperiment(file, settings);
  await checkReportKinds(experiment);
  const { result } = experiment;
  if (result.ok) requireServed(result.spec, experiment);
  return { file, result };
}
