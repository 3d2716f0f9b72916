/**
 * `harness ls stages|runs`: what was started, by id and name. What runs now is said to run, whatever the database
 * knows.
 */
import { experimentNames, planFile, readStageState, type StoreState } from '../../store/index.ts';
import { listRuns, listStages, readExperimentFile, type Row } from '../../record/index.ts';
import { formatDuration, type Cell, type TableColumn } from '../../text/index.ts';
import type { CliContext } from '../context.ts';
import { readResults } from '../read-results.ts';
import { camelRow } from '../output/json-keys.ts';
import { nameColumn, outcomeColumn, type RunOutcome, type StageOutcome } from '../output/outcome.ts';
import { recordedNames } from '../recorded-names.ts';
import { runningStages, type RunningStage } from '../running-stages.ts';
import { requireRows } from './require-rows.ts';

interface ListFlags {
  readonly results?: string;
  readonly json: boolean;
  readonly experiment?: string;
}

interface StageFlags extends ListFlags {
  readonly kind?: string;
  readonly outcome?: StageOutcome;
}

interface RunFlags extends ListFlags {
  readonly outcome?: RunOutcome;
}

type Columns = readonly (readonly [column: string | TableColumn, cell: (row: Row) => Cell])[];

const plain =
  (name: string) =>
  (row: Row): Cell =>
    row[name] as Cell;
const duration = (row: Row): Cell => formatDuration((row['duration_ms'] as number | null | undefined) ?? null);

const stageColumns: Columns = [
  ['stage', plain('stage_id')],
  [nameColumn, plain('name')],
  [outcomeColumn, plain('outcome')],
  ['class', plain('error_class')],
  ['attempts', plain('attempts')],
  ['steps', plain('steps')],
  ['parameters', plain('params_total')],
  [{ name: 'time', align: 'right' }, duration],
  ['cause', plain('cause')],
];

const runColumns: Columns = [
  ['stage', plain('stage_id')],
  [nameColumn, plain('name')],
  ['attempt', plain('attempt')],
  [outcomeColumn, plain('outcome')],
  ['started', plain('started_at')],
  [{ name: 'time', align: 'right' }, duration],
  ['resumed from', plain('resumed_from_step')],
  ['class', plain('error_class')],
  ['message', plain('message')],
];

export async function lsStages(context: CliContext, flags: StageFlags): Promise<void> {
  const { outcome: _later, ...filter } = flags;
  const folder = context.resultsFolder(flags.results);
  const rows = await readResults(context, folder, (database) => listStages(database, filter));
  const running = new Map(runningStages(folder).map((stage) => [stage.stageId, stage]));
  const isAsked = stageFilter(folder, flags);
  const known = new Set(rows.map((row) => row['stage_id']));
  const newcomers = [...running.values()].filter(({ stageId }) => !known.has(stageId) && isAsked(stageId));
  const all = [...rows.map((row) => asOfNow(row, folder, running)), ...newcomers.map(rowOfRunning)];
  print(context, flags, { name: 'stages', rows: all, columns: stageColumns });
}

export async function lsRuns(context: CliContext, flags: RunFlags): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const { outcome: _later, ...filter } = flags;
  const rows = await readResults(context, folder, (database) => listRuns(database, filter));
  const running = new Map(runningStages(folder).map((stage) => [stage.stageId, stage]));
  const all = rows.map((row) =>
    running.get(String(row['stage_id']))?.attempt === row['attempt'] ? { ...row, outcome: 'running' } : row,
  );
  print(context, flags, { name: 'runs', rows: all, columns: runColumns });
}

interface Listing {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly columns: Columns;
}

function print(context: CliContext, flags: StageFlags, { name, rows, columns }: Listing): void {
  const folder = context.resultsFolder(flags.results);
  const wanted = rows.filter((row) => flags.outcome === undefined || row['outcome'] === flags.outcome);
  requireRows(wanted, name, folder);
  const names = recordedNames(folder);
  const named = wanted.map((row): Row => ({ ...row, name: names.get(String(row['stage_id'])) ?? null }));
  if (flags.json) return context.printJson({ [name]: named.map(camelRow) });
  context.printTable(
    columns.map(([column]) => column),
    named.map((row) => columns.map(([, cell]) => cell(row))),
  );
}

/** A stage runs, or has ended, since the database was brought up to the files: then its files are right. */
function asOfNow(row: Row, folder: string, running: ReadonlyMap<string, RunningStage>): Row {
  const id = String(row['stage_id']);
  const stage = running.get(id);
  if (stage !== undefined) return { ...row, ...rowOfRunning(stage) };
  return row['outcome'] === 'unfinished' ? { ...row, ...endOf(readStageState(folder, id)) } : row;
}

function endOf(state: StoreState): Row {
  if (state === 'done') return { outcome: 'completed', cause: null };
  if (typeof state === 'string' || 'damaged' in state) return {};
  return 'failed' in state
    ? { outcome: 'failed', error_class: state.failed.outcome.errorClass, cause: state.failed.outcome.message }
    : { outcome: 'diverged', cause: `step ${state.diverged.step}: ${state.diverged.reason}` };
}

function rowOfRunning({ stageId, attempt, pid, startedAt }: RunningStage): Row {
  const since = startedAt === null ? '' : `, since ${startedAt}`;
  return {
    stage_id: stageId,
    outcome: 'running',
    error_class: null,
    attempts: attempt,
    cause: `process ${pid}${since}`,
  };
}

/** The filter of the database, for stages that are not in it yet. */
function stageFilter(folder: string, { experiment, kind }: StageFlags): (id: string) => boolean {
  const planned =
    experiment !== undefined && experimentNames(folder).includes(experiment)
      ? new Set(readExperimentFile(planFile(folder, experiment)).stages.map(({ id }) => id))
      : null;
  return (id) => (planned?.has(id) ?? true) && (kind === undefined || id.startsWith(`${kind}-`));
}
