/** `harness ls experiments|metrics`. Nothing to list is inconclusive (exit 5), never a quiet success. */
import { listExperiments, listMetrics } from '../../record/index.ts';
import type { ResultsDatabase, Row } from '../../record/index.ts';
import type { CliContext } from '../context.ts';
import { readResults } from '../read-results.ts';
import { camelRow } from '../output/json-keys.ts';
import type { Cell } from '../../text/index.ts';
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

async function printListing(context: CliContext, flags: ListFlags, listing: Listing): Promise<void> {
  const folder = context.resultsFolder(flags.results);
  const rows = await readResults(context, folder, (database) => listing.read(database));
  requireRows(rows, listing.name, folder);
  if (flags.json) return context.printJson({ [listing.name]: rows.map(camelRow) });
  context.printTable(
    listing.columns.map(([title]) => title),
    rows.map((row) => listing.columns.map(([, cell]) => cell(row))),
  );
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
