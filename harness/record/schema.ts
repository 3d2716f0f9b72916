/**
 * The schema of results/harness.duckdb. The files are the truth, so a database that was made by other SQL than this is
 * built again from the files instead of being altered.
 */
import { createHash } from 'node:crypto';
import { type TableName, createTable, tables } from './tables.ts';
import { views } from './views.ts';

export const schema = [...(Object.keys(tables) as TableName[]).map(createTable), views].join('\n');

/** Goes up with every change; the digest finds a change that was not counted. */
export const schemaVersion = { version: 8, sha256: createHash('sha256').update(schema).digest('hex') } as const;

export const schemaVersionTable = 'CREATE TABLE schema_version (version INTEGER, sha256 VARCHAR);';
