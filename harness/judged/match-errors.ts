/** What is said of scores that do not fit their task. */
import { UserError } from '../spec/user-error.ts';
import { plural } from '../text/index.ts';
import type { Gathered } from './gather.ts';
import type { LabelledItem } from './labels.ts';

const shown = 20;

export function doNotFit(problems: readonly string[]): UserError {
  const more = problems.length > shown ? [`... and ${problems.length - shown} more`] : [];
  const what = `${plural(problems.length, 'entry', 'entries')} with scores that do not fit the task`;
  return new UserError([what, ...problems.slice(0, shown), ...more].join('\n  '), {
    exitCode: 2,
    hint: 'The scores must stand in the order of the candidates; `harness task-rows` writes the rows of a task.',
  });
}

const examples = (items: readonly { readonly id: string }[]): string =>
  `${items
    .slice(0, 3)
    .map(({ id }) => JSON.stringify(id))
    .join(', ')}${items.length > 3 ? ', ...' : ''}`;

export function nothingInCommon(
  entries: readonly Gathered[],
  labelled: readonly LabelledItem[],
  name: string,
): UserError {
  const task = labelled.length === 0 ? 'has neither pairs nor questions' : `has ${examples(labelled)}`;
  return new UserError(`${name}: no id is one of the task: the file has ${examples(entries)}; the task ${task}`, {
    exitCode: 2,
    hint: 'The ids must be those of the task and the split; `harness task-rows` writes its rows.',
  });
}

export function notScored(missing: readonly LabelledItem[], asked: number, name: string): UserError {
  return new UserError(
    `${name}: no scores for ${missing.length} of ${plural(asked, 'pair and question', 'pairs and questions')} ` +
      `of the task: ${examples(missing)}`,
    {
      exitCode: 2,
      hint: 'Score these too, or say --missing leave-out: then they are counted, and every n is smaller.',
    },
  );
}
