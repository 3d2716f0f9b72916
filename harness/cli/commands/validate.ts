/** `harness validate`: every error of every file at once; nothing is run. */
import { formatSpecErrors, loadExperiment } from '../../spec/index.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';

interface ValidateFlags {
  readonly json: boolean;
  readonly set?: readonly string[];
}

const invalidExitCode = 2;

export async function validate(context: CliContext, flags: ValidateFlags, ...files: readonly string[]): Promise<void> {
  const results = files.map((file) => ({ file, result: loadExperiment(file, flags.set ?? []) }));
  const errors = results.flatMap(({ result }) => (result.ok ? [] : result.errors));
  if (errors.length > 0) context.exitWith(invalidExitCode);
  if (flags.json) return context.printJson({ valid: errors.length === 0, errors });
  for (const { file, result } of results) {
    if (result.ok) context.print(`${file}: valid (experiment ${result.spec.name})`);
    else context.note(formatSpecErrors(result.errors));
  }
  if (errors.length > 0) context.note(`harness: ${plural(errors.length, 'error')}`);
}
