/**
 * `harness rescore --grader G`: the labels of stored evaluations once more, by another grader, and what the metrics are
 * then. Rewards are those on record, so no model is loaded; nothing on record changes.
 */
import path from 'node:path';
import { kindsWith, loadPlugins, type Kinds } from '../../kinds/index.ts';
import {
  regradeTask,
  rescore,
  type ChangedLabel,
  type ChangedPair,
  type RegradedTask,
  type RescoredMetric,
} from '../../stages/index.ts';
import { UserError } from '../../spec/user-error.ts';
import { readStageState, readTaskFile, stageFolder } from '../../store/index.ts';
import { plural } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { evaluateStages, type EvaluateStage } from '../evaluate-stages.ts';
import { cacheFolder, dataMirror } from '../folders.ts';
import { recordedNames, withStageName } from '../recorded-names.ts';

interface RescoreFlags {
  readonly grader: string;
  readonly plugin?: readonly string[];
  readonly results?: string;
  readonly json: boolean;
}

interface RescoredStage {
  readonly id: string;
  readonly metrics: readonly RescoredMetric[];
}

/** Evaluations on one split of one task share its labels. */
interface RescoredTask {
  readonly taskId: string;
  readonly split: 'dev' | 'test';
  readonly regraded: RegradedTask;
  readonly stages: readonly RescoredStage[];
}

export async function rescoreCommand(
  context: CliContext,
  flags: RescoreFlags,
  ...names: readonly string[]
): Promise<void> {
  const results = context.resultsFolder(flags.results);
  const groups = [...byTask(evaluateStages(names, results)).values()];
  const rescored: (RescoredTask | null)[] = [];
  for (const stages of groups) rescored.push(await rescoreTask(context, flags, { stages, results }));
  const tasks = rescored.filter((task) => task !== null);
  const leftOut = groups.filter((_, index) => rescored[index] === null).flatMap((stages) => stages.map(taskOf));
  sayLeftOut(context, [...new Set(leftOut)], tasks);
  if (flags.json) return context.printJson({ tasks: tasks.map(documentOf) });
  const stageNames = recordedNames(results);
  for (const task of tasks) print(context, task, stageNames);
}

const taskOf = ({ task }: EvaluateStage): string => task;

/** @throws UserError (2) where no task is left. */
function sayLeftOut({ note }: CliContext, leftOut: readonly string[], tasks: readonly RescoredTask[]): void {
  if (leftOut.length === 0) return;
  const what = `${leftOut.join(', ')}: no right answers to compare with, since the labels come with the data`;
  if (tasks.length === 0)
    throw new UserError(what, { exitCode: 2, hint: 'Name the experiments or stages of another task.' });
  note(`left out ${what}`);
}

function byTask(stages: readonly EvaluateStage[]): ReadonlyMap<string, readonly EvaluateStage[]> {
  const groups = new Map<string, EvaluateStage[]>();
  for (const stage of stages) {
    const key = `${stage.task} ${stage.config.split}`;
    groups.set(key, [...(groups.get(key) ?? []), stage]);
  }
  return groups;
}

async function rescoreTask(
  { host }: CliContext,
  { grader, plugin = [] }: RescoreFlags,
  { stages, results }: { readonly stages: readonly EvaluateStage[]; readonly results: string },
): Promise<RescoredTask | null> {
  const [first] = stages;
  if (first === undefined) throw new Error('a group of stages is never empty');
  const { task: taskId, config } = first;
  const folder = stageFolder(results, taskId);
  if (readStageState(results, taskId) !== 'done') throw taskIsGone(taskId, first.id);
  const { stage, plugins } = readTaskFile(folder);
  const own = plugin.map((file) => ({
    file: path.resolve(file),
    origin: { file: '--plugin', line: null, column: null },
  }));
  const kinds: Kinds = kindsWith(await loadPlugins([...plugins, ...own]));
  const regraded = await regradeTask({ stage, folder, split: config.split }, grader, {
    kinds,
    io: { cacheFolder: cacheFolder(host.env), mirrorFolder: dataMirror(host.env), download: true },
  });
  if (regraded === null) return null;
  return {
    taskId,
    split: config.split,
    regraded,
    stages: stages.map((one) => ({ id: one.id, metrics: rescore(one.folder, one.config.evaluate.bestOf, regraded) })),
  };
}

function taskIsGone(taskId: string, evaluate: string): UserError {
  return new UserError(`${taskId}: the task of ${evaluate} is gone or damaged`, {
    exitCode: 4,
    hint: 'Sweep its experiment again: the task is made again, and rewards that are done stay.',
  });
}

function documentOf({ taskId, split, regraded, stages }: RescoredTask): Readonly<Record<string, unknown>> {
  const { task, grader, counts, changed, changedPairs } = regraded;
  return {
    task: taskId,
    name: task.name,
    kind: task.kind,
    split,
    grader: { kind: grader.kind, version: grader.version },
    ...counts,
    changed,
    changedPairs,
    stages: stages.map(({ id, metrics }) => ({ stage: id, metrics })),
  };
}

function print(
  context: CliContext,
  { taskId, split, regraded, stages }: RescoredTask,
  names: ReadonlyMap<string, string>,
): void {
  const { task, grader, counts, changed, changedPairs } = regraded;
  context.print(`${task.name} (${taskId}, ${split}) by ${grader.kind} version ${grader.version}`);
  context.print(
    `${plural(counts.candidates, 'candidate')}, ${plural(changed.length, 'label')} changed, ` +
      `${counts.ungraded} not graded; ` +
      `${plural(counts.pairs, 'pair')}, ${counts.pairsSwapped} swapped, ${counts.pairsDropped} dropped`,
  );
  if (changed.length > 0) printChanged(context, changed);
  if (changedPairs.length > 0) printPairs(context, changedPairs);
  for (const { id, metrics } of stages) printMetrics(context, withStageName(id, names), metrics);
}

function printChanged(context: CliContext, changed: readonly ChangedLabel[]): void {
  context.printTable(
    ['question', 'source', { name: 'answer', isImportant: true }, 'reference', 'recorded', 'now'],
    changed.map(({ question, source, answer, reference, recorded, now }) => [
      question,
      source,
      answer,
      reference,
      labelled(recorded),
      labelled(now),
    ]),
  );
}

function printPairs(context: CliContext, changed: readonly ChangedPair[]): void {
  context.printTable(
    ['pair', { name: 'chosen', isImportant: true }, { name: 'rejected', isImportant: true }, 'reference', 'now'],
    changed.map(({ pair, chosen, rejected, reference, fate }) => [pair, chosen, rejected, reference, fate]),
  );
}

function printMetrics(context: CliContext, title: string, metrics: readonly RescoredMetric[]): void {
  context.print(`\n${title}`);
  context.printTable(
    [
      { name: 'metric', isImportant: true },
      { name: 'recorded', align: 'right' },
      { name: 'now', align: 'right' },
    ],
    metrics.map(({ name, recorded, now }) => [name, recorded, now]),
  );
}

function labelled(label: boolean | null): string {
  return label === null ? 'not graded' : label ? 'right' : 'wrong';
}
