/** The texts of pairs in shards, read in order and a few at a time. */
import type { PreferencePair } from '../preference-pair.ts';
import type { StoredRows } from '../rows.ts';
import { UserError } from '../../spec/user-error.ts';
import { openDuckDb, quotedFile, type DuckDb } from './duck-db.ts';
import { shardPaths } from './pair-shards.ts';
import { countPairs } from './pair-tokens.ts';

/**
 * Can be read again and again; every reading opens the files anew.
 * @throws UserError (4) naming a shard that is missing or damaged, here or when it is reached.
 */
export function storedPairShards(folder: string, name: string): StoredRows<PreferencePair> {
  const paths = shardPaths(folder, name, 'parquet');
  return { count: countPairs(folder, name), [Symbol.asyncIterator]: () => readShards(paths) };
}

async function* readShards(paths: readonly string[]): AsyncGenerator<PreferencePair> {
  const database = await openDuckDb();
  try {
    for (const path of paths) yield* readShard(database, path);
  } finally {
    database.close();
  }
}

async function* readShard({ connection }: DuckDb, path: string): AsyncGenerator<PreferencePair> {
  try {
    const result = await connection.stream(`select * from read_parquet(${quotedFile(path)}, hive_partitioning=false)`);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      for (const row of chunk.getRows()) yield pairOf(row as unknown as Row);
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** In the order of the columns that pair-table.ts writes. */
type Row = readonly [
  id: string,
  group: string,
  prompt: string,
  chosen: string,
  rejected: string,
  source: string,
  edits: { readonly items: readonly string[] },
  margin: number | null,
  language: string | null,
  isDescribed: boolean | null,
  /** Absent in files without a rendered pair. */
  isRendered?: boolean | null,
];

function pairOf(row: Row): PreferencePair {
  const [id, group, prompt, chosen, rejected, source, edits, margin, language, isDescribed, isRendered = null] = row;
  return {
    id,
    group,
    prompt,
    chosen,
    rejected,
    source,
    edits: edits.items,
    ...(margin !== null && { margin }),
    ...(language !== null && { language }),
    ...(isDescribed !== null && { isDescribed }),
    ...(isRendered !== null && { isRendered }),
  };
}

function unreadable(path: string, cause: unknown): UserError {
  const message = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  return new UserError(`${path}: cannot be read: ${message}`, {
    exitCode: 4,
    hint: 'Remove the folder of this file and run the same command again.',
    cause,
  });
}
