/**
 * The recorded results, opened for reading: any number of readers, at any time, also while a sweep runs. Nothing can be
 * written through it, neither the database nor any other file: the file is opened read-only, external access is off,
 * and the configuration is locked.
 */
import { existsSync } from 'node:fs';
import { DuckDBInstance, StatementType } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { UserError } from '../spec/user-error.ts';
import { hasCurrentSchema } from './database-file.ts';
import { databaseFile } from '../store/index.ts';

/**
 * A value as JSON can hold it: whole numbers as numbers where they are exact, else as text; times as ISO text; JSON
 * columns as text.
 */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Row = Readonly<Record<string, Value>>;
export type Parameters = Readonly<Record<string, string | number | boolean | null>>;

/** Names of the columns, and the rows in order. */
export interface QueryResult {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

const readerOptions = {
  access_mode: 'READ_ONLY',
  threads: '2',
  enable_external_access: 'false',
  lock_configuration: 'true',
};
const readingStatements: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN]);

/** The recorded results of one folder, for reading. */
export class ResultsDatabase {
  readonly path: string;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  constructor(path: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.path = path;
    this.#instance = instance;
    this.#connection = connection;
  }

  /** One reading statement, parameters as `$name`. Throws `UserError` (exit 2) for SQL that is wrong or would write. */
  async query(sql: string, parameters: Parameters = {}): Promise<QueryResult> {
    if (sql.trim() === '') throw refused('one statement at a time; there is none');
    try {
      const statement = await this.#prepare(sql);
      try {
        statement.bind(parameters);
        const reader = await statement.runAndReadAll();
        const rows = reader.getRowObjectsJS().map((row) => plainRow(row));
        return { columns: reader.deduplicatedColumnNames(), rows };
      } finally {
        statement.destroySync();
      }
    } catch (error) {
      throw asUserError(error);
    }
  }

  async #prepare(sql: string): Promise<DuckDBPreparedStatement> {
    const statements = await this.#connection.extractStatements(sql);
    if (statements.count !== 1) throw refused(`one statement at a time; there are ${statements.count}`);
    const statement = await statements.prepare(0);
    if (readingStatements.has(statement.statementType)) return statement;
    const kind = StatementType[statement.statementType] ?? 'this';
    statement.destroySync();
    throw refused(`${kind} statements are refused: results are changed by running stages, and read here`);
  }

  /** Ends the connection; a closed database answers no query. */
  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

const rebuild = 'Build it again from the files: harness collect --rebuild';

/**
 * Throws `UserError`: exit 5 where nothing was collected yet, exit 4 where the database is of another version of the
 * harness.
 */
export async function openDatabase(resultsFolder: string): Promise<ResultsDatabase> {
  const path = databaseFile(resultsFolder);
  if (!existsSync(path)) throw nothingRecorded(resultsFolder, path);
  const instance = await openReadOnly(path);
  const connection = await instance.connect();
  const database = new ResultsDatabase(path, instance, connection);
  if (await hasCurrentSchema(connection)) return database;
  database.close();
  throw new UserError(`${path} was written by another version of the harness`, { exitCode: 4, hint: rebuild });
}

function nothingRecorded(resultsFolder: string, path: string): UserError {
  return new UserError(`nothing is recorded in ${resultsFolder}: there is no ${path}`, {
    exitCode: 5,
    hint: 'Run `harness sweep SPEC` or `harness collect` first, or name the folder with --results DIR.',
  });
}

async function openReadOnly(path: string): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(path, readerOptions);
  } catch (cause) {
    throw new UserError(`${path} cannot be opened: ${firstLine(cause)}`, { exitCode: 4, hint: rebuild, cause });
  }
}

/** Opens the database for `use`, and closes it also after an error. */
export async function withDatabase<T>(
  resultsFolder: string,
  use: (database: ResultsDatabase) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(resultsFolder);
  try {
    return await use(database);
  } finally {
    database.close();
  }
}

function plainRow(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'object') return plainObject(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  // JSON would turn NaN into null, which means missing.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'boolean' ? value : String(value);
}

function plainObject(value: object): Value {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return Array.isArray(value) ? value.map(plainValue) : plainRow(value as Readonly<Record<string, unknown>>);
}

const askedTables = ['experiments', 'trials', 'trial_stages', 'stages', 'runs', 'metrics', 'choices', 'items'];

function refused(what: string): UserError {
  return new UserError(what, {
    exitCode: 2,
    hint: `Tables: ${askedTables.join(', ')}; views: results, trial_results, trial_choices, pair_outcomes.`,
  });
}

/** What DuckDB says about a statement is a usage error, in DuckDB's words. */
function asUserError(error: unknown): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const text = error.message.replace(/^Failed to extract statements: /, '').trimEnd();
  if (text.startsWith('Permission Error'))
    return refused('other files cannot be reached from here: only the recorded results are');
  return new UserError(text, { exitCode: 2, cause: error });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
