/**
 * The collector: the files of a results folder -> results/harness.duckdb. A pure function of the files: collecting step
 * by step, or all at once from nothing (`rebuild`), gives the same tables. A folder that cannot be read is a problem in
 * the answer and never stops the others.
 *
 *     what is known? -> what changed? -> lease -> replace its rows in a copy -> derive trials -> move over the live file
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '../spec/user-error.ts';
import { CheckedStages, databaseFile, LeaseLost, type Lease } from '../store/index.ts';
import { type Changes, type Collected, findChanges, readCollected } from './changes.ts';
import { databaseDamage } from './database-digest.ts';
import { hasCurrentSchema, replaceDatabase, withConnection } from './database-file.ts';
import { takeDatabaseLease } from './database-lease.ts';
import { updateDatabase } from './update-database.ts';

export interface CollectSummary {
  readonly database: string;
  /** Stage and experiment folders read now, known already, and gone since the last time. */
  readonly read: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly isRebuilt: boolean;
  /** Damaged folders and torn lines, also those known from earlier. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

export interface CollectOptions {
  /** Build the database from nothing. */
  readonly rebuild?: boolean;
  /** What the caller knows of stages that were compared with their digests. */
  readonly checked?: CheckedStages;
  /** Time without a sign of life until another collector that cannot be looked at counts as gone. */
  readonly leaseLostMs?: number;
}

/**
 * Concurrent collectors are safe: one writes at a time, and the next one starts from what that one wrote. Throws
 * `UserError`: exit 5 where there is no results folder, exit 3 where the database cannot be written.
 */
export async function collect(resultsFolder: string, options: CollectOptions = {}): Promise<CollectSummary> {
  if (!existsSync(resultsFolder))
    throw new UserError(`nothing is recorded in ${resultsFolder}: there is no such folder`, {
      exitCode: 5,
      hint: 'Run `harness sweep SPEC` first, or name the folder with --results DIR.',
    });
  const checked = options.checked ?? new CheckedStages(resultsFolder);
  const summary = await collectChanges(resultsFolder, { ...options, checked });
  checked.save();
  return summary;
}

/** Where nothing has changed there is nothing to write, and nobody to wait for. */
async function collectChanges(
  resultsFolder: string,
  { rebuild: isRebuild = false, checked, leaseLostMs }: CollectOptions & { readonly checked: CheckedStages },
): Promise<CollectSummary> {
  const found = await look(resultsFolder, isRebuild, checked);
  if (found.start === 'copy' && isEmpty(found.changes)) return summaryOf(resultsFolder, found, new Map());
  for (;;) {
    const lease = await takeDatabaseLease(resultsFolder, leaseLostMs);
    try {
      return await collectAlone(resultsFolder, lease, { isRebuild, checked });
    } catch (error) {
      // Another writer took over, since this one gave no sign of life: what it left undone is done after that one.
      if (!(error instanceof LeaseLost)) throw error;
    } finally {
      lease.release();
    }
  }
}

/** Looks again: another writer may have been at work until now. */
async function collectAlone(
  resultsFolder: string,
  lease: Lease,
  { isRebuild, checked }: { readonly isRebuild: boolean; readonly checked: CheckedStages },
): Promise<CollectSummary> {
  const found = await look(resultsFolder, isRebuild, checked);
  const { start, changes } = found;
  if (start === 'copy' && isEmpty(changes)) return summaryOf(resultsFolder, found, new Map());
  const update = (connection: DuckDBConnection): ReturnType<typeof updateDatabase> =>
    updateDatabase(connection, changes, checked);
  return summaryOf(resultsFolder, found, await replaceDatabase(resultsFolder, lease, { start, update }));
}

const isEmpty = ({ changed, removed }: Changes): boolean => changed.length + removed.length === 0;

interface Found {
  readonly start: 'copy' | 'empty';
  readonly changes: Changes;
  /** How the database was not what was written; null where it was, or there was none. */
  readonly damage: string | null;
}

async function look(resultsFolder: string, isRebuild: boolean, checked: CheckedStages): Promise<Found> {
  const path = databaseFile(resultsFolder);
  const damage = existsSync(path) ? databaseDamage(resultsFolder) : null;
  const known = isRebuild || damage !== null ? null : await readKnown(path);
  const changes = findChanges(resultsFolder, known ?? new Map(), checked);
  return { start: known === null ? 'empty' : 'copy', changes, damage: isRebuild ? null : damage };
}

/** What the database already holds; null when it has to be built from nothing. */
async function readKnown(path: string): Promise<ReadonlyMap<string, Collected> | null> {
  if (!existsSync(path)) return null;
  try {
    return await withConnection(path, { access_mode: 'READ_ONLY', threads: '1' }, async (connection) =>
      (await hasCurrentSchema(connection)) ? await readCollected(connection) : null,
    );
  } catch {
    return null; // not a database, or of another DuckDB: the files are the truth
  }
}

function summaryOf(
  resultsFolder: string,
  { changes: { changed, removed, unchanged }, start, damage }: Found,
  found: ReadonlyMap<string, string>,
): CollectSummary {
  const database = databaseFile(resultsFolder);
  const known = unchanged.flatMap(({ path, problem }) => (problem === null ? [] : [{ path, message: problem }]));
  const own =
    damage === null
      ? []
      : [{ path: basename(database), message: `${damage}: built again from the files of the stages` }];
  const problems = [...own, ...known, ...[...found].map(([path, message]) => ({ path, message }))];
  return {
    database,
    read: changed.length,
    unchanged: unchanged.length,
    removed: removed.length,
    isRebuilt: start === 'empty',
    problems: problems.sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}
