/** `harness import-scores FILE`: rewards of any model, judged as those of an evaluation are. */
import { basename } from 'node:path';
import {
  gather,
  matchScores,
  ownLabels,
  readScores,
  scoringNamed,
  type PlacedRow,
  type StepRule,
} from '../../judged/index.ts';
import { plural } from '../../text/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CliContext } from '../context.ts';
import { judgeScores, type JudgeFlags } from '../judge-scores.ts';
import { namedTask, type NamedTask, type TaskFlags } from '../named-task.ts';
import { rowInput } from '../row-input.ts';

interface ImportFlags extends JudgeFlags, Omit<TaskFlags, 'results'> {
  readonly task?: string;
  readonly model?: string;
  readonly format: 'auto' | 'plain' | 'themis' | 'rewardmath' | 'judgebench';
  readonly sections?: string;
  readonly scoring?: string;
  readonly steps?: StepRule;
  readonly missing: 'refuse' | 'leave-out';
}

export async function importScoresCommand(context: CliContext, flags: ImportFlags, file: string): Promise<void> {
  refuseTaskFlags(flags);
  const scoring = flags.scoring === undefined ? null : { name: scoringNamed(flags.scoring).name, settings: {} };
  const task = flags.task === undefined ? null : await namedTask(context, flags.task, flags);
  using input = await rowInput(file);
  const { format, rows } = await readScores(input, {
    format: flags.format === 'auto' ? null : flags.format,
    sections: flags.sections ?? null,
    steps: flags.steps ?? null,
  });
  const { entries, repeatedRows } = gather(withIds(rows, task));
  const labels = task?.labels ?? ownLabels(entries);
  const judged = matchScores(entries, labels, { name: input.name, missing: flags.missing });
  if (repeatedRows > 0) context.note(`${plural(repeatedRows, 'row')} said again what a row before said`);
  await judgeScores(context, flags, {
    model: flags.model ?? modelIn(rows) ?? nameOf(file),
    task,
    format,
    judged,
    scoring: scoring ?? task?.scoring ?? null,
    execution: { workers: 1, threads: 1, device: 'cpu', deviceReason: 'nothing was computed' },
    more: { file: input.name, repeatedRows },
  });
}

/** They say something about a task, and there is none. */
function refuseTaskFlags({ task, set, tokenizer, split }: ImportFlags): void {
  if (task !== undefined) return;
  const given = [
    ...(set === undefined ? [] : ['--set']),
    ...(tokenizer === undefined ? [] : ['--tokenizer']),
    ...(split === 'test' ? [] : ['--split']),
  ];
  if (given.length === 0) return;
  throw new UserError(
    `${given.join(', ')} ${given.length === 1 ? 'is' : 'are'} about a task, and --task is not given`,
    {
      exitCode: 2,
      hint: 'Name the task that was scored with --task.',
    },
  );
}

/** Rows of a file that says itself what is right may go without ids: their place stands for one. */
function withIds(rows: readonly PlacedRow[], task: NamedTask | null): readonly PlacedRow[] {
  if (task !== null) return rows;
  return rows.map((row, index) =>
    row.id === null && row.scores.kind !== 'one' ? { ...row, id: `row ${index + 1}` } : row,
  );
}

/** Who scored, where all rows that say it say the same. */
function modelIn(rows: readonly PlacedRow[]): string | null {
  const models = new Set(rows.flatMap(({ model }) => model ?? []));
  const [only] = models;
  return models.size === 1 ? (only ?? null) : null;
}

/** `my-model.jsonl.gz` is scores of `my-model`. */
function nameOf(file: string): string {
  const name = basename(file).replace(/(\.(jsonl|json|ndjson|parquet|gz|zst))+$/, '');
  return file === '-' || name === '' ? 'stdin' : name;
}
