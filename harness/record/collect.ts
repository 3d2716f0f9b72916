/**
 * The collector: the files of a results folder -> results/harness.duckdb. A pure function of the files: collecting step
 * by step, or all at once from nothing (`rebuild`), gives the same tables. A folder that cannot be read is a problem in
 * the answer and never stops the others.
 *
 *     what is known? -> what changed? -> replace its rows in a copy -> derive trials -> rename over the live file
 */
import { existsSync, statSync } from 'node:fs';
import { UserError } from '../spec/user-error.ts';
import { databaseFile } from '../store/index.ts';
import { type Changes, type Collected, findChanges, readCollected } from './changes.ts';
import { hasCurrentSchema, replaceDatabase, withConnection } from './database-file.ts';
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

/** After so many lost races the database is replaced all the same; the next collect adds what is missing. */
const mostRounds = 5;

/**
 * Concurrent collectors are safe: each puts a whole database in place, and one that finds the file replaced meanwhile
 * starts again from the new one. Throws `UserError`: exit 5 where there is no results folder, exit 3 where the database
 * cannot be written.
 */
export async function collect(
  resultsFolder: string,
  options: { readonly rebuild?: boolean } = {},
): Promise<CollectSummary> {
  if (!existsSync(resultsFolder))
    throw new UserError(`nothing is recorded in ${resultsFolder}: there is no such folder`, {
      exitCode: 5,
      hint: 'Run `harness sweep SPEC` first, or name the folder with --results DIR.',
    });
  for (let round = 1; ; round += 1) {
    const summary = await collectOnce(resultsFolder, options.rebuild === true, round === mostRounds);
    if (summary !== null) return summary;
  }
}

/** null where another collector replaced the database meanwhile. */
async function collectOnce(
  resultsFolder: string,
  isRebuild: boolean,
  isLastRound: boolean,
): Promise<CollectSummary | null> {
  const path = databaseFile(resultsFolder);
  const before = identityOf(path);
  const known = isRebuild ? null : await readKnown(path);
  const changes = findChanges(resultsFolder, known ?? new Map());
  const isStillWanted = (): boolean => isLastRound || identityOf(path) === before;
  const problems = await applyChanges(path, changes, known === null ? 'empty' : 'copy', isStillWanted);
  return problems && summaryOf(path, changes, { isRebuilt: known === null, problems });
}

/** Problems of what was read; null where the database was not wanted any more. A copy with nothing new is not made. */
async function applyChanges(
  path: string,
  changes: Changes,
  start: 'copy' | 'empty',
  isStillWanted: () => boolean,
): Promise<ReadonlyMap<string, string> | null> {
  if (start === 'copy' && changes.changed.length + changes.removed.length === 0) return new Map();
  return replaceDatabase(path, {
    start,
    update: (connection) => updateDatabase(connection, changes),
    isStillWanted,
  });
}

/** Changes whenever the file is replaced. */
function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
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
  database: string,
  { changed, removed, unchanged }: Changes,
  found: { readonly isRebuilt: boolean; readonly problems: ReadonlyMap<string, string> },
): CollectSummary {
  const known = unchanged.flatMap(({ path, problem }) => (problem === null ? [] : [{ path, message: problem }]));
  const problems = [...known, ...[...found.problems].map(([path, message]) => ({ path, message }))];
  return {
    database,
    read: changed.length,
    unchanged: unchanged.length,
    removed: removed.length,
    isRebuilt: found.isRebuilt,
    problems: problems.sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}
