/**
 * The report as a value: a pure function of the recorded trials. Nothing is rendered or written here.
 *
 *     trials -> check -> cells (seeds grouped) -> comparisons, efficiency, notes
 *       -> figures, tables -> statements, markdown
 */
import { createHash } from 'node:crypto';
import { UserError } from '../spec/user-error.ts';
import { checkTrials, countTrials, groupCells } from './cells.ts';
import { compareArms, harmfulBudgets, unique } from './compare.ts';
import { sampleEfficiency } from './efficiency.ts';
import { accuracyByPmpPairs } from './figures/accuracy-by-pmp-pairs.ts';
import { accuracyBySamples } from './figures/accuracy-by-samples.ts';
import { bestOfN } from './figures/best-of-n.ts';
import { pmpEffect } from './figures/pmp-effect.ts';
import { armLabel, count, countsText } from './format.ts';
import { markdownOf } from './markdown.ts';
import type { Cell, Comparison, Figure, Report, ReportInput, Statement, Table } from './report-input.ts';
import {
  accuracyTable,
  baselineTable,
  comparisonTable,
  diagnosticsTable,
  efficiencyTable,
  pretrainTable,
  scalingTable,
  selectionTable,
  type Tabulated,
} from './tables.ts';
import { taskNotes } from './task-notes.ts';

/**
 * Throws UserError: exit 5 for an experiment without trials, exit 4 for a metric that is not a finite number or a share
 * outside [0, 1].
 */
export function buildReport(input: ReportInput): Report {
  if (input.trials.length === 0)
    throw new UserError(`no trial of experiment ${input.experiment} is recorded`, {
      exitCode: 5,
      hint: 'Run `harness sweep SPEC` first, or look with `harness ls experiments`.',
    });
  checkTrials(input.trials);
  const cells = groupCells(input.trials);
  const comparisons = compareArms(cells, input);
  const efficiency = sampleEfficiency(cells, comparisons);
  const tabulated = tablesOf(cells, comparisons);
  const digest = digestOf(input);
  const withoutMarkdown = {
    schemaVersion: 1 as const,
    experiment: input.experiment,
    question: input.question,
    counts: countTrials(input.trials),
    statements: statementsOf(input, cells, comparisons),
    figures: figuresOf(cells, comparisons),
    tables: [...tabulated.map(({ table }) => table), ...textTables(cells, efficiency)],
    numbers: tabulated.flatMap(({ numbers }) => numbers),
    comparisons,
    efficiency,
    leftOut: leftOutOf(input),
    footer: footerOf(input, digest),
    digest,
  };
  return { ...withoutMarkdown, markdown: markdownOf(withoutMarkdown) };
}

const tasksOf = (cells: readonly Cell[]): readonly string[] => unique(cells.map((cell) => cell.task));
const ofTask = (cells: readonly Cell[], task: string): readonly Cell[] => cells.filter((cell) => cell.task === task);

function figuresOf(cells: readonly Cell[], comparisons: readonly Comparison[]): readonly Figure[] {
  const tasks = tasksOf(cells);
  return tasks.flatMap((task) => {
    const ours = ofTask(cells, task);
    const named = (base: string): string => (tasks.length === 1 ? base : `${base}-${task}`);
    const figures = [
      pmpEffect(
        task,
        named('pmp-effect'),
        ours,
        comparisons.filter((comparison) => comparison.task === task),
      ),
      accuracyByPmpPairs(task, named('rm-accuracy-by-pmp-pairs'), ours),
      accuracyBySamples(task, named('rm-accuracy-by-samples'), ours),
      bestOfN(task, named('best-of-n'), ours),
    ];
    return figures.filter((figure) => figure !== null);
  });
}

function tablesOf(cells: readonly Cell[], comparisons: readonly Comparison[]): readonly Tabulated[] {
  const perTask = tasksOf(cells).flatMap((task) => {
    const ours = ofTask(cells, task);
    const byArchitecture = unique(ours.map((cell) => cell.architecture)).map(
      (architecture) => [architecture, ours.filter((cell) => cell.architecture === architecture)] as const,
    );
    return [
      ...byArchitecture.map(([architecture, own]) => accuracyTable(task, architecture, own)),
      baselineTable(task, ours),
      ...byArchitecture.map(([architecture, own]) => diagnosticsTable(task, architecture, own)),
      comparisonTable(
        task,
        comparisons.filter((comparison) => comparison.task === task),
      ),
    ];
  });
  return [...perTask, pretrainTable(cells)].filter(
    (tabulated) => tabulated !== null && tabulated.table.rows.length > 0,
  ) as readonly Tabulated[];
}

function textTables(cells: readonly Cell[], efficiency: Report['efficiency']): readonly Table[] {
  const perTask = tasksOf(cells).flatMap((task) => [
    efficiencyTable(
      task,
      efficiency.filter((row) => row.task === task),
    ),
    scalingTable(task, ofTask(cells, task)),
  ]);
  return [...perTask, selectionTable(cells)].filter((table) => table !== null);
}

/** Warnings about a task stand before what is concluded from it. */
function statementsOf(
  input: ReportInput,
  cells: readonly Cell[],
  comparisons: readonly Comparison[],
): readonly Statement[] {
  const used = countTrials(input.trials).used;
  if (used === 0)
    return [
      {
        tone: 'warning',
        task: null,
        text: `No trial is complete yet (${countsText(countTrials(input.trials))}): there is nothing to compare, and no figure is drawn.`,
      },
    ];
  const harmful = harmfulBudgets(cells, input);
  const perTask = tasksOf(cells).flatMap((task): readonly Statement[] => {
    const headline = [...comparisons.filter((comparison) => comparison.scope === 'overall'), ...harmful].filter(
      (comparison) => comparison.task === task,
    );
    return [
      ...taskNotes(task, ofTask(cells, task)),
      ...headline.map(({ reading, sentence }): Statement => ({ tone: reading, task, text: sentence })),
    ];
  });
  const general: string[] = [];
  if (!cells.some((cell) => cell.arm === 'pmp'))
    general.push('The sweep has no PMP arm: nothing can be said about preference-model pretraining.');
  else if (comparisons.length === 0)
    general.push('The sweep has no arm without PMP: there is nothing to compare PMP with.');
  if (comparisons.length > 0 && comparisons.every((comparison) => comparison.itemInterval === null))
    general.push(
      'Outcomes on single test pairs are not recorded for all compared trials (or there is one seed): intervals show the noise of seeds, not that of the choice of test pairs.',
    );
  const seeds = Math.max(...cells.map((cell) => cell.used.length));
  if (seeds < 3)
    general.push(`At most ${seeds === 1 ? 'one seed' : `${seeds} seeds`} a point: three are the least for a claim.`);
  return [...general.map((text): Statement => ({ tone: 'warning', task: null, text })), ...perTask];
}

function leftOutOf(input: ReportInput): Report['leftOut'] {
  return input.trials
    .filter((trial) => trial.outcome !== 'completed' && trial.outcome !== 'pending')
    .map((trial) => ({
      trialId: trial.trialId,
      where: `${trial.task}, ${trial.architecture}, ${armLabel({ arm: trial.arm, pretrainPairs: trial.pretrainPairs, variant: '' }, true)}, ${count(trial.samples)} samples, seed ${trial.seed}`,
      outcome: trial.outcome,
      cause: trial.cause ?? 'no cause recorded',
    }));
}

function footerOf(
  { command, provenance, excluded, duplicates, trials }: ReportInput,
  digest: string,
): Report['footer'] {
  const { commits, isDirty, machines, dataFrom, dataUntil } = provenance;
  const dirt = isDirty === true ? ' with uncommitted changes' : '';
  const days = [dataFrom, dataUntil].flatMap((time) => (time === null ? [] : [time.slice(0, 10)]));
  return [
    { label: 'command', text: command ?? 'not recorded' },
    {
      label: 'code',
      text:
        commits.length === 0
          ? 'commit not recorded'
          : `${commits.map((commit) => commit.slice(0, 12)).join(', ')}${dirt}`,
    },
    { label: 'machine', text: machines.length === 0 ? 'not recorded' : machines.join(', ') },
    { label: 'data of', text: days.length === 0 ? 'no run recorded' : unique(days).join(' to ') },
    {
      label: 'sweep',
      text: `${count(trials.length)} trials; ${count(excluded)} points left out by rule, ${count(duplicates)} named twice and kept once`,
    },
    { label: 'data digest', text: `sha256 ${digest.slice(0, 16)} over trials, metrics and pair outcomes` },
  ];
}

function digestOf({ trials, pairOutcomes }: Pick<ReportInput, 'trials' | 'pairOutcomes'>): string {
  const rows = trials.map(({ trialId, seed, outcome, metrics }) => [
    trialId,
    seed,
    outcome,
    Object.entries(metrics).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  const outcomes = pairOutcomes.map(({ trialId, correct }) => [
    trialId,
    [...correct].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([rows, outcomes]))
    .digest('hex');
}
