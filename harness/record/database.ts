/**
 * The recorded results, opened for reading: any number of readers, at any time, also while a sweep runs. Nothing can be
 * written through it but the one file that its opener names; the connection is locked (locked-connection.ts).
 */
import { existsSync } from 'node:fs';
import { StatementType } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { UserError } from '../spec/user-error.ts';
import { otherSchema, refuseFolder } from './database-file.ts';
import { openLocked, sqlText, type LockedConnection } from './locked-connection.ts';
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
  /** Whether there are more rows than were asked for. */
  readonly isCut: boolean;
}

/** What a query may take; Infinity = whatever it takes. */
export interface QueryLimits {
  readonly rows: number;
  readonly seconds: number;
}

const unlimited: QueryLimits = { rows: Infinity, seconds: Infinity };
const readingStatements: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN]);

/** The recorded results of one folder, for reading. */
export class ResultsDatabase {
  readonly path: string;
  readonly #opened: LockedConnection;
  readonly #connection: DuckDBConnection;

  constructor(path: string, opened: LockedConnection) {
    this.path = path;
    this.#opened = opened;
    this.#connection = opened.connection;
  }

  /**
   * One reading statement, parameters as `$name`.
   * @throws UserError (2) for SQL that is wrong, would write, or takes too long.
   */
  async query(sql: string, parameters: Parameters = {}, limits: QueryLimits = unlimited): Promise<QueryResult> {
    return this.#translated(async () => {
      const statement = await this.#prepare(sql);
      try {
        statement.bind(parameters);
        return await this.#within(limits.seconds, () => readRows(statement, limits.rows));
      } finally {
        statement.destroySync();
      }
    });
  }

  /**
   * Writes what one SELECT gives to the file that the database was opened for. Returns the number of rows.
   * @param options Of DuckDB's COPY.
   */
  async copyTo(file: string, select: string, options: string): Promise<number> {
    return this.#translated(async () => {
      // A text that is one statement by itself is one within the parentheses too.
      (await this.#prepare(select)).destroySync();
      const copy = `COPY (${select}\n) TO ${sqlText(file)} (${options}, USE_TMP_FILE false)`;
      const reader = await this.#connection.runAndReadAll(copy);
      return Number(reader.getRowsJS()[0]?.[0] ?? 0);
    });
  }

  async #translated<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw asUserError(error);
    }
  }

  /** Interrupted once the seconds are over. */
  async #within<T>(seconds: number, run: () => Promise<T>): Promise<T> {
    if (seconds === Infinity) return run();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#connection.interrupt();
    }, 1000 * seconds);
    try {
      return await run();
    } catch (error) {
      throw isLate ? tooLong(seconds, error) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #prepare(sql: string): Promise<DuckDBPreparedStatement> {
    if (sql.trim() === '') throw refused('one statement at a time; there is none');
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
    this.#opened.close();
  }
}

async function readRows(statement: DuckDBPreparedStatement, mostRows: number): Promise<QueryResult> {
  const reader =
    mostRows === Infinity ? await statement.runAndReadAll() : await statement.streamAndReadUntil(mostRows + 1);
  const rows = reader.getRowObjectsJS();
  return {
    columns: reader.deduplicatedColumnNames(),
    rows: rows.slice(0, mostRows).map((row) => plainRow(row)),
    isCut: rows.length > mostRows,
  };
}

function tooLong(seconds: number, cause: unknown): UserError {
  return new UserError(`the query took longer than ${seconds} s and was stopped`, {
    exitCode: 2,
    hint: 'Ask for less, or give it more time with --max-seconds.',
    cause,
  });
}

const rebuild = 'Build it again from the files: harness collect --rebuild';

/**
 * Throws `UserError`: exit 5 where nothing was collected yet, exit 4 where the database is of another version of the
 * harness.
 * @param writes The one file that may be written, by `copyTo`.
 */
export async function openDatabase(
  resultsFolder: string,
  { writes = null }: { readonly writes?: string | null } = {},
): Promise<ResultsDatabase> {
  const path = databaseFile(resultsFolder);
  if (!existsSync(path)) throw nothingRecorded(resultsFolder, path);
  refuseFolder(path);
  const opened = await openReadOnly(path, writes);
  const age = await otherSchema(opened.connection);
  if (age === null) return new ResultsDatabase(path, opened);
  opened.close();
  throw new OtherSchema(path, age);
}

/** The database was made by another version of the harness: `collect` builds it again from the files. */
export class OtherSchema extends UserError {
  constructor(path: string, age: string) {
    super(`${path} was written by another version of the harness: ${age}`, { exitCode: 4, hint: rebuild });
  }
}

function nothingRecorded(resultsFolder: string, path: string): UserError {
  return new UserError(`nothing is recorded in ${resultsFolder}: there is no ${path}`, {
    exitCode: 5,
    hint: 'Run `harness sweep SPEC` or `harness collect` first, or name the folder with --results DIR.',
  });
}

async function openReadOnly(path: string, writes: string | null): Promise<LockedConnection> {
  try {
    return await openLocked(path, writes);
  } catch (cause) {
    throw new UserError(`${path} cannot be opened: ${firstLine(cause)}`, { exitCode: 4, hint: rebuild, cause });
  }
}

/** Opens the database for `use`, and closes it also after an error. */
export async function withDatabase<T>(
  resultsFolder: string,
  use: (database: ResultsDatabase) => Promise<T>,
  options: { readonly writes?: string | null } = {},
): Promise<T> {
  const database = await openDatabase(resultsFolder, options);
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
