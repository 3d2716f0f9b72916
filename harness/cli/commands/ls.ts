/** `harness ls stages|runs|experiments|metrics`. Nothing to list is inconclusive (exit 5), never a quiet success. */
import { listExperiments, listMetrics, listRuns, listStages, withDatabase } from '../../record/index.ts';
import type { ResultsDatabase, Row } from '../../record/index.ts';
import type { CliContext } from '../context.ts';
import { camelRow } from '../output/json-keys.ts';
import { formatDuration, formatTable } from '../output/table.ts';
import type { Cell } from '../output/table.ts';
import { requireRows } from './require-rows.ts';

interface ListFlags {
  readonly results?: string;
  readonly json: boolean;
}

interface Listing {
  readonly name: string;
  readonly columns: readonly (readonly [title: string, cell: (row: Row) => Cell])[];
  read(database: ResultsDatabase): Promise<readonly Row[]>;
}

const plain =
  (name: string) =>
  (row: Row): Cell =>
    row[name] as Cell;
const duration = (row: Row): Cell => formatDuration(row['duration_ms'] as number | null);

async function printListing(context: CliContext, flags: ListFlags, listing: Listing): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const rows = await withDatabase(folder, (database) => listing.read(database));
  requireRows(rows, listing.name, folder);
  if (flags.json) return context.printJson({ [listing.name]: rows.map(camelRow) });
  context.print(
    formatTable(
      listing.columns.map(([title]) => title),
      rows.map((row) => listing.columns.map(([, cell]) => cell(row))),
    ),
  );
}

export async function lsStages(
  context: CliContext,
  flags: ListFlags & { experiment?: string; kind?: string; outcome?: string },
): Promise<void> {
  await printListing(context, flags, {
    name: 'stages',
    read: (database) => listStages(database, flags),
    columns: [
      ['stage', plain('stage_id')],
      ['outcome', plain('outcome')],
      ['attempts', plain('attempts')],
      ['steps', plain('steps')],
      ['parameters', plain('params_total')],
      ['time', duration],
      ['cause', plain('cause')],
    ],
  });
}

export async function lsRuns(
  context: CliContext,
  flags: ListFlags & { experiment?: string; outcome?: string },
): Promise<void> {
  await printListing(context, flags, {
    name: 'runs',
    read: (database) => listRuns(database, flags),
    columns: [
      ['stage', plain('stage_id')],
      ['attempt', plain('attempt')],
      ['outcome', plain('outcome')],
      ['started', plain('started_at')],
      ['time', duration],
      ['resumed from', plain('resumed_from_step')],
      ['error', plain('error_class')],
      ['message', plain('message')],
    ],
  });
}

export async function lsExperiments(context: CliContext, flags: ListFlags): Promise<void> {
  const outcomes = ['trials', 'completed', 'diverged', 'failed', 'blocked', 'pending'].map(
    (name) => [name, plain(name)] as const,
  );
  await printListing(context, flags, {
    name: 'experiments',
    read: listExperiments,
    columns: [['experiment', plain('experiment')], ...outcomes, ['question', plain('question')]],
  });
}

export async function lsMetrics(context: CliContext, flags: ListFlags & { experiment?: string }): Promise<void> {
  await printListing(context, flags, {
    name: 'metrics',
    read: (database) => listMetrics(database, flags.experiment),
    columns: [
      ['metric', plain('metric')],
      ['trials', plain('trials')],
    ],
  });
}
