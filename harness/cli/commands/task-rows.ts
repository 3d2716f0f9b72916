/** `harness task-rows T -o FILE`: the rows of a task that a reward model has to score, with the ids it is judged by. */
import { taskRows } from '../../judged/index.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { namedTask, type TaskFlags } from '../named-task.ts';
import { openLineOutput } from '../output/line-output.ts';

interface RowsFlags extends Omit<TaskFlags, 'tokenizer'> {
  readonly output: string;
}

export async function taskRowsCommand(context: CliContext, flags: RowsFlags, named: string): Promise<void> {
  const task = await namedTask(context, named, flags);
  const output = openLineOutput(context, flags.output);
  for (const row of taskRows(task.texts)) await output.write(`${JSON.stringify(row)}\n`);
  await output.close();
  if (flags.output === '-') return;
  const { pairs, questions } = task.texts;
  context.print(
    `${flags.output}: ${plural(pairs.length, 'pair')} and ${plural(questions.length, 'question')} of ${task.name}`,
  );
}
