/** `harness score MODEL --task T`: a model scores the rows of a task, and is judged by the task's labels. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { checkInput, type RowRewards } from '../../score/index.ts';
import {
  gather,
  matchScores,
  scoredRows,
  taskRows,
  tokenRows,
  withTokenLengths,
  type JudgedItems,
} from '../../judged/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CliContext } from '../context.ts';
import { judgeScores } from '../judge-scores.ts';
import { namedTask, type NamedTask } from '../named-task.ts';
import { scoreAll, speedLine, speedOf, type OpenedModel, type ScoreFlags } from '../score-rows.ts';

export async function scoreTask(
  context: CliContext,
  flags: ScoreFlags,
  named: string,
  opened: OpenedModel,
): Promise<void> {
  const { tokenizer: _, ...ofTask } = flags;
  const task = await namedTask(context, named, ofTask);
  const isAsEncoded = readsTokensOf(task, opened, flags.tokenizer);
  if (!isAsEncoded) refuseRendered(task, opened);
  using rows = rowsFile(task, isAsEncoded);
  const { scored, scorer, folder, reason } = opened;
  const input = await checkInput({ path: rows.path, name: task.name }, scored);
  const done = await scoreAll(context, flags, { scored, scorer, input, limit: Infinity });
  const { name: device, kind } = opened.device();
  const speed = speedOf(done);
  for (const note of [...scored.notes, ...input.notes]) context.note(note);
  await judgeScores(context, flags, {
    model: nameOf(folder),
    task,
    format: 'model',
    scoring: task.scoring,
    judged: judge(task, done.kept, flags.overLength),
    execution: {
      workers: 1,
      threads: flags.threads,
      device: kind,
      deviceReason: device === kind ? reason : `${device}: ${reason}`,
    },
    more: { folder, device, threads: flags.threads, speed, output: flags.output ?? null },
  });
  if (!flags.json) context.note(speedLine(speed, `${device} (${reason})`));
}

/**
 * Whether the model has the tokenizer of the task and the same behind a response. Then the rows are the very tokens
 * that an evaluation in a sweep scores.
 */
function readsTokensOf(
  { folder: taskFolder, tokens, responseEnd }: NamedTask,
  { folder, scored }: OpenedModel,
  tokenizer: string | undefined,
): boolean {
  if (taskFolder === null || tokens === null || scored.encoder.kind !== 'own') return false;
  if (responseEnd !== scored.encoder.responseEnd) return false;
  const [own, other] = [tokenizer ?? join(folder, 'tokenizer.json'), join(taskFolder, 'tokenizer.json')];
  return existsSync(own) && existsSync(other) && readFileSync(own).equals(readFileSync(other));
}

/** Texts that hold the special tokens of one tokenizer mean something else to another. */
function refuseRendered({ texts, name }: NamedTask, { folder }: OpenedModel): void {
  const isRendered = [...texts.pairs, ...texts.questions].some((row) => row.isRendered === true);
  if (!isRendered) return;
  throw new UserError(`${name}: its chats were rendered for another tokenizer or responseEnd than ${folder} has`, {
    exitCode: 2,
    hint: 'Score a model that was finetuned on this task, or give the chats themselves as FILE.',
  });
}

function rowsFile(task: NamedTask, asTokens: boolean): { readonly path: string; [Symbol.dispose](): void } {
  const folder = mkdtempSync(join(tmpdir(), 'harness-task-'));
  const path = join(folder, 'rows.jsonl');
  const rows = asTokens && task.tokens !== null ? tokenRows(task.tokens) : taskRows(task.texts);
  writeFileSync(path, [...rows].map((row) => `${JSON.stringify(row)}\n`).join(''));
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What a policy leaves out that the person chose is missing by intention. */
function judge(task: NamedTask, rows: readonly RowRewards[], overLength: ScoreFlags['overLength']): JudgedItems {
  const missing = overLength === 'refuse' ? 'refuse' : 'leave-out';
  const scored = rows.map(({ id, row, rewards, lengths }) => ({
    id: String(id),
    set: row.kind === 'pair' ? ('pairs' as const) : ('pool' as const),
    rewards,
    lengths,
  }));
  const lengths = new Map(scored.map((row) => [`${row.set} ${row.id}`, row.lengths]));
  const labels = withTokenLengths(task.labels, ({ set, id }) => lengths.get(`${set} ${id}`));
  return matchScores(gather(scoredRows(scored, task.name)).entries, labels, { name: task.name, missing });
}

/** The id of its stage, or the name of its folder. */
const nameOf = (folder: string): string => basename(folder.replace(/\/+$/, ''));
