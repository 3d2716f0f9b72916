/**
 * `harness collect`: the database brought up to the files. Damaged records are told, and the rest is collected all the
 * same.
 */
import { collect } from '../../record/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CliContext } from '../context.ts';

interface CollectFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly rebuild: boolean;
}

export async function collectCommand(context: CliContext, flags: CollectFlags, folder?: string): Promise<void> {
  if (folder !== undefined && flags.results !== undefined && folder !== flags.results)
    throw new UserError(`two results folders: ${folder} and --results ${flags.results}`, {
      exitCode: 2,
      hint: 'Name it once.',
    });
  const summary = await collect(context.resultsFolder(folder ?? flags.results), { rebuild: flags.rebuild });
  if (summary.rebuiltBecause !== null)
    context.note(`harness: ${summary.database}: ${summary.rebuiltBecause}; built again from the files`);
  for (const problem of summary.problems) context.note(`harness: ${problem.path}: ${problem.message}`);
  if (flags.json) return context.printJson({ ...summary });
  context.print(
    `${summary.database}: ${summary.read} read${summary.isRebuilt ? ' from nothing' : ''}, ` +
      `${summary.unchanged} unchanged, ${summary.removed} removed, ${summary.problems.length} with problems`,
  );
}
