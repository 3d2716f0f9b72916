/** `harness validate`: every error of every file at once; nothing is run. */
import { readExperiment } from '../../kinds/index.ts';
import { formatSpecErrors } from '../../spec/index.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';

interface ValidateFlags {
  readonly json: boolean;
  readonly set?: readonly string[];
}

const invalidExitCode = 2;

export async function validate(context: CliContext, flags: ValidateFlags, ...files: readonly string[]): Promise<void> {
  const read = async (file: string) => ({ file, result: (await readExperiment(file, flags.set ?? [])).result });
  const results = await Promise.all(files.map(read));
  const errors = results.flatMap(({ result }) => (result.ok ? [] : result.errors));
  if (errors.length > 0) context.exitWith(invalidExitCode);
  if (flags.json) return context.printJson({ valid: errors.length === 0, errors });
  for (const { file, result } of results) {
    if (result.ok) context.print(`${file}: valid (experiment ${result.spec.name})`);
    else context.note(formatSpecErrors(result.errors));
  }
  if (errors.length > 0) context.note(`harness: ${plural(errors.length, 'error')}`);
}
