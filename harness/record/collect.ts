/**
 * The collector: the files of a results folder -> results/harness.duckdb. A pure function of the files: collecting step
 * by step, or all at once from nothing (`rebuild`), gives the same tables. A folder that cannot be read is a problem in
 * the answer and never stops the others.
 *
 *     find sources -> which changed since `collected`? -> read those -> replace their rows in a copy
 *       -> derive trials -> rename over the live file
 */
import { existsSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { UserError } from '../spec/user-error.ts';
import { hasCurrentSchema, replaceDatabase, withConnection } from './database-file.ts';
import { type RecordSource, databaseFile, findSources } from '../store/index.ts';
import { digestOf, signatureOf } from './signature.ts';
import { recordFiles } from './store-folder.ts';
import { updateDatabase } from './update-database.ts';

export interface CollectSummary {
  readonly database: string;
  /** Stage and experiment folders read now, known already, and gone since the last time. */
  readonly read: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly isRebuilt: boolean;
  /** What a person should know: damaged folders, torn lines; also those known from earlier. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

interface Collected {
  readonly signature: string;
  readonly sha256: string;
  readonly problem: string | null;
}

interface SignedSource extends RecordSource {
  readonly signature: string;
}

export interface ChangedSource extends SignedSource {
  readonly sha256: string;
  readonly isOnlyTouched: boolean;
  /** The problem known from before; holds on when the source was only touched. */
  readonly problem: string | null;
}

const filesOf = { stage: recordFiles, experiment: ['plan.json'] } as const;
/** A folder counts once it says what it is; a stage folder that is being set up does not yet. */
const isPresent = /^(stage|done|plan)\.json /m;

/**
 * Throws `UserError` (exit 5) where there is no results folder. Concurrent collectors are safe: each puts a whole
 * database in place, the next one catches up.
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
  const path = databaseFile(resultsFolder);
  const known = options.rebuild === true ? null : await readCollected(path);
  const sources = findSources(resultsFolder)
    .map((source) => ({ ...source, signature: signatureOf(source.folder, filesOf[source.kind]) }))
    .filter(({ signature }) => isPresent.test(signature));
  const stale = sources.flatMap((source) => changeOf(source, known?.get(source.path)));
  const paths = new Set(sources.map((source) => source.path));
  const removed = [...(known?.keys() ?? [])].filter((key) => !paths.has(key));
  const problems = new Map(
    [...(known ?? [])].flatMap(([key, { problem }]) =>
      problem === null || !paths.has(key) ? [] : [[key, problem] as const],
    ),
  );
  if (known === null || stale.length > 0 || removed.length > 0) {
    await replaceDatabase(path, known === null ? 'empty' : 'copy', async (connection) => {
      const found = await updateDatabase(connection, stale, removed);
      for (const source of stale) problems.delete(source.path);
      for (const [key, message] of found) problems.set(key, message);
    });
  }
  return {
    database: path,
    read: stale.length,
    unchanged: sources.length - stale.length,
    removed: removed.length,
    isRebuilt: known === null,
    problems: [...problems]
      .map(([key, message]) => ({ path: key, message }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

/** Nothing where the source is as it was collected. A source that was only touched keeps its rows. */
function changeOf(source: SignedSource, known: Collected | undefined): readonly ChangedSource[] {
  if (source.signature === known?.signature) return [];
  const sha256 = digestOf(source.folder, filesOf[source.kind]);
  return [{ ...source, sha256, isOnlyTouched: sha256 === known?.sha256, problem: known?.problem ?? null }];
}

/** What the database already holds; null when it has to be built from nothing. */
async function readCollected(path: string): Promise<ReadonlyMap<string, Collected> | null> {
  if (!existsSync(path)) return null;
  try {
    return await withConnection(path, { access_mode: 'READ_ONLY', threads: '1' }, async (connection) =>
      (await hasCurrentSchema(connection)) ? await collectedRows(connection) : null,
    );
  } catch {
    return null; // not a database, or of another DuckDB: the files are the truth
  }
}

async function collectedRows(connection: DuckDBConnection): Promise<ReadonlyMap<string, Collected>> {
  const reader = await connection.runAndReadAll('SELECT path, signature, sha256, problem FROM collected');
  return new Map(
    reader
      .getRowsJS()
      .map(([path, signature, sha256, problem]) => [
        String(path),
        { signature: String(signature), sha256: String(sha256), problem: problem === null ? null : String(problem) },
      ]),
  );
}
