/**
 * The collector: the files of a results folder -> results/harness.duckdb. A pure function of the files: collecting step
 * by step, or all at once from nothing (`rebuild`), gives the same tables. A folder that cannot be read is a problem in
 * the answer and never stops the others.
 *
 *     what is known? -> what changed? -> lease -> replace its rows in a copy -> derive trials -> move over the old
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '../spec/user-error.ts';
import { CheckedStages, databaseFile, LeaseLost, type Lease } from '../store/index.ts';
import { type Changes, type Collected, findChanges, hasChanged, type Looking, readCollected } from './changes.ts';
import { databaseDamage } from './database-digest.ts';
import { otherSchema, refuseFolder, replaceDatabase, withConnection } from './database-file.ts';
import { takeDatabaseLease } from './database-lease.ts';
import { updateDatabase } from './update-database.ts';

export interface CollectSummary {
  readonly database: string;
  /** Stage and experiment folders read now, known already, and gone since the last time. */
  readonly read: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly isRebuilt: boolean;
  /** Why the database that was there could not be continued; null where it could, or there was none. */
  readonly rebuiltBecause: string | null;
  /** Damaged folders and torn lines, also those known from earlier. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

export interface CollectOptions {
  /** Build the database from nothing. */
  readonly rebuild?: boolean;
  /** What the caller knows of stages that were compared with their digests. */
  readonly checked?: CheckedStages;
  /** Whether no stage was written since `checked` looked at it. */
  readonly isSettled?: boolean;
  /** Threads that read stages; 0: none but this one. As many as pay where it is left out. */
  readonly threads?: number;
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
  const looking = {
    checked: options.checked ?? new CheckedStages(resultsFolder),
    isSettled: options.isSettled ?? false,
  };
  const summary = await collectChanges(resultsFolder, looking, options);
  looking.checked.save();
  return summary;
}

/** Where nothing has changed there is nothing to write, and nobody to wait for. */
async function collectChanges(
  resultsFolder: string,
  looking: Looking,
  { rebuild: isRebuild = false, threads, leaseLostMs }: CollectOptions,
): Promise<CollectSummary> {
  const { known, ...start } = await readStart(resultsFolder, isRebuild);
  if (known !== null && !hasChanged(resultsFolder, known, looking))
    return summaryOf(resultsFolder, { ...start, known, changes: nothingChanged(known) }, new Map());
  for (;;) {
    const lease = await takeDatabaseLease(resultsFolder, leaseLostMs);
    try {
      return await collectAlone(resultsFolder, lease, { isRebuild, looking, threads });
    } catch (error) {
      // Another writer took over, since this one gave no sign of life: what it left undone is done after that one.
      if (!(error instanceof LeaseLost)) throw error;
    } finally {
      lease.release();
    }
  }
}

const nothingChanged = (known: ReadonlyMap<string, Collected>): Changes => ({
  changed: [],
  removed: [],
  unchanged: [...known.values()],
});

interface Collecting {
  readonly isRebuild: boolean;
  readonly looking: Looking;
  readonly threads: number | undefined;
}

/** Looks again: another writer may have been at work until now. */
async function collectAlone(
  resultsFolder: string,
  lease: Lease,
  { isRebuild, looking, threads }: Collecting,
): Promise<CollectSummary> {
  const start = await readStart(resultsFolder, isRebuild);
  const changes = findChanges(resultsFolder, start.known ?? new Map(), looking);
  const found = { ...start, changes };
  if (start.known !== null && isEmpty(changes)) return summaryOf(resultsFolder, found, new Map());
  const update = (connection: DuckDBConnection): ReturnType<typeof updateDatabase> =>
    updateDatabase(connection, changes, { resultsFolder, checked: looking.checked, threads });
  const from = start.known === null ? 'empty' : 'copy';
  return summaryOf(resultsFolder, found, await replaceDatabase(resultsFolder, lease, { start: from, update }));
}

const isEmpty = ({ changed, removed }: Changes): boolean => changed.length + removed.length === 0;

interface Start {
  /** What the database already holds; null where it is built from nothing. */
  readonly known: ReadonlyMap<string, Collected> | null;
  /** How the database was not what was written; null where it was, or there was none. */
  readonly damage: string | null;
  /** Why it is built again, damage aside. */
  readonly age: string | null;
}

async function readStart(resultsFolder: string, isRebuild: boolean): Promise<Start> {
  const path = databaseFile(resultsFolder);
  refuseFolder(path);
  const fromNothing = { known: null, damage: null, age: null };
  if (isRebuild || !existsSync(path)) return fromNothing;
  const damage = databaseDamage(resultsFolder);
  if (damage !== null) return { ...fromNothing, damage };
  try {
    return await withConnection(path, { access_mode: 'READ_ONLY', threads: '1' }, async (connection) => {
      const age = await otherSchema(connection);
      return age === null ? { ...fromNothing, known: await readCollected(connection) } : { ...fromNothing, age };
    });
  } catch {
    // The files are the truth.
    return { ...fromNothing, age: 'it is not a database of this DuckDB' };
  }
}

function summaryOf(
  resultsFolder: string,
  { changes: { changed, removed, unchanged }, known, damage, age }: Start & { readonly changes: Changes },
  found: ReadonlyMap<string, string>,
): CollectSummary {
  const database = databaseFile(resultsFolder);
  const earlier = unchanged.flatMap(({ path, problem }) => (problem === null ? [] : [{ path, message: problem }]));
  const own =
    damage === null
      ? []
      : [{ path: basename(database), message: `${damage}: built again from the files of the stages` }];
  const problems = [...own, ...earlier, ...[...found].map(([path, message]) => ({ path, message }))];
  return {
    database,
    read: changed.length,
    unchanged: unchanged.length,
    removed: removed.length,
    isRebuilt: known === null,
    rebuiltBecause: damage ?? age,
    problems: problems.sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}
