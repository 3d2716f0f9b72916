/**
 * `harness score MODEL FILE`: rewards for rows of text from a reward-model folder. Files are checked as a whole before
 * anything is scored. `harness score MODEL --task T` scores the rows of a task instead (score-task.ts).
 */
import {
  checkInput,
  rewardCells,
  rewardRecord,
  type OpenModelOptions,
  type RowRewards,
  type ScoreSummary,
} from '../../score/index.ts';
import { UserError } from '../../spec/user-error.ts';
import type { CliContext } from '../context.ts';
import { modelFolder } from '../model-folder.ts';
import { openScorer } from '../open-scorer.ts';
import { rowInput } from '../row-input.ts';
import { scoreAll, speedLine, speedOf, type Scored, type ScoreFlags } from '../score-rows.ts';
import { plural } from '../../text/index.ts';
import { scoreTask } from './score-task.ts';

/** Rows of the table for people; the summary counts all. */
const shownResponses = 20;
const inconclusiveExitCode = 5;

export async function scoreCommand(
  context: CliContext,
  flags: ScoreFlags,
  model: string,
  file?: string,
): Promise<void> {
  refuseFlags(flags, file);
  const folder = modelFolder(model, context.resultsFolder(flags.results));
  const opened = await openScorer(context, flags, folder, openOptions(flags));
  const { scored, scorer, reason } = opened;
  try {
    if (flags.task !== undefined) return await scoreTask(context, flags, flags.task, opened);
    using input = await rowInput(file ?? '-');
    const checked = await checkInput(input, scored);
    const limit = flags.output !== undefined ? 0 : flags.json ? Infinity : shownResponses;
    const rows = await scoreAll(context, flags, { scored, scorer, input: checked, limit });
    const notes = [...scored.notes, ...checked.notes];
    report(context, flags, { ...rows, folder, device: opened.device().name, reason, notes });
  } finally {
    await opened.close();
  }
}

function openOptions(flags: ScoreFlags): OpenModelOptions {
  return {
    tokenizer: flags.tokenizer ?? null,
    template: flags.template === undefined ? null : withEscapes(flags.template),
    chatTemplate: flags.chatTemplate ?? null,
    chat: flags.chat,
    specialTokens: flags.specialTokens,
    overLength: flags.overLength,
  };
}

function refuseFlags({ json, output, task, set, split }: ScoreFlags, file: string | undefined): void {
  if (json && output === '-')
    throw new UserError('--json and --output - both write to stdout', {
      exitCode: 2,
      hint: 'Give --output a file name, or leave one of them out.',
    });
  if ((task === undefined) === (file === undefined))
    throw new UserError(task === undefined ? 'nothing to score: neither FILE nor --task' : 'both FILE and --task', {
      exitCode: 2,
      hint: 'Give a file of rows (- is stdin), or a task whose rows are scored and judged by its labels.',
    });
  if (task === undefined && (set !== undefined || split !== 'test'))
    throw new UserError(`${set === undefined ? '--split' : '--set'} is about a task, and --task is not given`, {
      exitCode: 2,
      hint: 'Name the task with --task.',
    });
}

type Reported = Scored & {
  readonly folder: string;
  readonly device: string;
  readonly reason: string;
  readonly notes: readonly string[];
};

function report(context: CliContext, flags: ScoreFlags, scored: Reported): void {
  const { summary, device, reason, notes } = scored;
  if (summary.nonFiniteRewards > 0) context.exitWith(inconclusiveExitCode);
  if (flags.json) return context.printJson(documentOf(flags, scored));
  const lines = [summaryLines(summary, speedOf(scored), `${device} (${reason})`), ...notes].join('\n');
  // With the rewards on stdout, what is said about them must not stand among them.
  if (flags.output === '-') return context.note(lines);
  printRewards(context, flags, scored);
  context.print(lines);
}

function documentOf({ threads, output }: ScoreFlags, scored: Reported): Readonly<Record<string, unknown>> {
  const { summary, kept, folder, device, notes } = scored;
  return {
    model: folder,
    notes,
    device,
    threads,
    summary,
    speed: speedOf(scored),
    output: output ?? null,
    rows: output === undefined ? kept.map(rewardRecord) : null,
  };
}

function printRewards(context: CliContext, { output }: ScoreFlags, { summary, kept }: Reported): void {
  const shown = kept.flatMap(rewardCells).slice(0, shownResponses);
  if (shown.length > 0)
    context.printTable(
      [unitOf(kept), 'id', { name: 'response', align: 'left', isImportant: true }, { name: 'reward', align: 'right' }],
      shown.map(({ place, id, response, reward }) => [place, id, response, reward.toFixed(4)]),
    );
  if (output === undefined && shown.length < summary.responses)
    context.print(`... and ${summary.responses - shown.length} more; --output FILE writes all rewards`);
  if (output !== undefined) context.print(`${output}: ${plural(summary.rows, 'row')}`);
}

function unitOf([first]: readonly RowRewards[]): string {
  return first?.place.unit ?? 'line';
}

function summaryLines(
  { rows, responses, meanReward, nonFiniteRewards, pairs, ...repeats }: ScoreSummary,
  speed: { readonly durationMs: number; readonly tokensPerSecond: number },
  device: string,
): string {
  const mean = meanReward === null ? '' : `, mean reward ${meanReward.toFixed(4)}`;
  const lines = [`${plural(rows, 'row')}, ${plural(responses, 'response')}${mean}`];
  if (nonFiniteRewards > 0)
    lines.push(
      `${plural(nonFiniteRewards, 'reward')} not finite (null in the output): ` +
        'the model or its weights are broken, and nothing is concluded',
    );
  if (pairs !== null) lines.push(...accuracyLines(pairs));
  lines.push(...repeatLines(repeats));
  lines.push(speedLine(speed, device));
  return lines.join('\n');
}

/** Rows that say less than they seem to. */
function repeatLines({
  equalPairs,
  repeatedIds,
  repeatedRows,
}: Pick<ScoreSummary, 'equalPairs' | 'repeatedIds' | 'repeatedRows'>): readonly string[] {
  return [
    ...(equalPairs > 0
      ? [`${plural(equalPairs, 'pair')} with chosen equal to rejected: a tie whatever the model`]
      : []),
    ...(repeatedIds > 0 ? [`${plural(repeatedIds, 'row')} with the id of a row before`] : []),
    ...(repeatedRows > 0 ? [`${plural(repeatedRows, 'row')} equal to a row before, but for the id`] : []),
  ];
}

function accuracyLines(pairs: NonNullable<ScoreSummary['pairs']>): readonly string[] {
  const { pairwiseAccuracy, interval, pairwiseAccuracyHalfCredit, tieRate, meanMargin } = pairs;
  const ends =
    interval === null
      ? ''
      : ` (95 % interval ${percent(interval.low)} to ${percent(interval.high)}, ${interval.method})`;
  return [
    `pairwise accuracy ${percent(pairwiseAccuracy)}${ends}, n = ${pairs.pairs}`,
    `with half credit for ties ${percent(pairwiseAccuracyHalfCredit)}, ties ${percent(tieRate)}; ` +
      `mean margin ${meanMargin.toFixed(4)}`,
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A shell passes \n as two characters. */
function withEscapes(template: string): string {
  return template.replaceAll(/\\([nt\\])/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? letter);
}
