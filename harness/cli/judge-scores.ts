/** The end that `import-scores` and `score --task` share: measure, keep, print. */
import { collect } from '../record/index.ts';
import {
  judgedReport,
  keepScores,
  type JudgedItems,
  type JudgedReport,
  type ScoresConfig,
  type TaskScoring,
} from '../judged/index.ts';
import { captureProvenance } from '../run/index.ts';
import type { Provenance } from '../store/index.ts';
import type { CliContext } from './context.ts';
import type { NamedTask } from './named-task.ts';
import { printJudged } from './output/judged-tables.ts';

export interface ScoresToJudge {
  readonly model: string;
  /** null = the file said itself what is right. */
  readonly task: NamedTask | null;
  readonly format: string;
  readonly judged: JudgedItems;
  /** The benchmark's own way to score; null = none. */
  readonly scoring: TaskScoring | null;
  readonly execution: Provenance['execution'];
  /** More fields of the JSON document. */
  readonly more: Readonly<Record<string, unknown>>;
}

export interface JudgeFlags {
  readonly results?: string;
  readonly keep: boolean;
  readonly json: boolean;
}

const inconclusiveExitCode = 5;

export async function judgeScores(context: CliContext, flags: JudgeFlags, scores: ScoresToJudge): Promise<void> {
  const { model, task, judged, more } = scores;
  const report = judgedReport(judged, scores.scoring);
  const isSound = report.counts.nonFinite === 0;
  if (!isSound) context.exitWith(inconclusiveExitCode);
  const kept = flags.keep && isSound ? await keep(context, flags, scores, report) : null;
  const about = { model, task: aboutTask(task), format: scores.format };
  if (flags.json) return context.printJson({ ...about, ...more, ...report, kept: kept?.id ?? null });
  const on = task === null ? '' : ` on ${task.name} (${task.stage ?? task.kind}, ${task.split})`;
  context.print(`${model}${on}\n\n`);
  printJudged(context, model, report);
  if (kept !== null) context.print(keptLine(context, kept));
}

function aboutTask(task: NamedTask | null): object | null {
  if (task === null) return null;
  const { name, kind, split, stage } = task;
  return { name, kind, split, stage };
}

function keptLine(context: CliContext, { id, wasThere }: { readonly id: string; readonly wasThere: boolean }): string {
  const how = wasThere ? 'kept before as' : 'kept as';
  return context.callable(`${how} ${id}: \`harness compare-scores ${id} OTHER\` sets it beside others`);
}

async function keep(
  context: CliContext,
  flags: JudgeFlags,
  { model, task, format, judged, execution }: ScoresToJudge,
  report: JudgedReport,
): Promise<{ readonly id: string; readonly wasThere: boolean }> {
  const resultsFolder = context.resultsFolder(flags.results);
  const config: ScoresConfig = {
    model,
    task: task === null ? null : { name: task.name, kind: task.kind, split: task.split },
    format,
    lengthUnit: judged.lengthUnit,
  };
  const kept = await keepScores(
    { config, taskStage: task?.stage ?? null, items: judged.items, metrics: report.metrics, report },
    { resultsFolder, provenance: captureProvenance(execution) },
  );
  await collect(resultsFolder);
  return kept;
}
