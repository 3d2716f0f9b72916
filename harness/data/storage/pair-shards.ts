/**
 * Pairs are kept in shards: `<name>-00000.parquet` with their texts and `<name>-00000.arrow` with the token ids of the
 * same rows in the same order, `<name>-00001.*` and so on. Row numbers go on from shard to shard, so no reader needs to
 * know where one ends.
 */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../spec/user-error.ts';

/** Where a shard ends, whichever comes first. Bounds the memory of the writer. */
export interface ShardLimits {
  readonly pairs: number;
  /** UTF-16 units of prompt, chosen and rejected. */
  readonly characters: number;
}

export const shardLimits: ShardLimits = { pairs: 50_000, characters: 2 ** 26 };

type Extension = 'parquet' | 'arrow';

export function shardFile(name: string, index: number, extension: Extension): string {
  return `${name}-${String(index).padStart(5, '0')}.${extension}`;
}

/**
 * Paths of the shards there are, in order.
 * @throws UserError (4) where there is none, or one is missing between others.
 */
export function shardPaths(folder: string, name: string, extension: Extension): readonly string[] {
  const files = shardsIn(folder, name).filter((file) => file.endsWith(`.${extension}`));
  const missing = files.findIndex((file, index) => file !== shardFile(name, index, extension));
  if (files.length > 0 && missing === -1) return files.map((file) => path.join(folder, file));
  throw new UserError(`${path.join(folder, shardFile(name, Math.max(0, missing), extension))}: there is no such file`, {
    exitCode: 4,
    hint: 'Remove this folder and run the same command again.',
  });
}

/** What an interrupted attempt has left behind must not be taken for shards of the next one. */
export function removeShards(folder: string, name: string): void {
  for (const file of shardsIn(folder, name)) rmSync(path.join(folder, file));
}

function shardsIn(folder: string, name: string): readonly string[] {
  const isShard = new RegExp(`^\\d{5}\\.(parquet|arrow)$`);
  const found = filesOf(folder).filter(
    (file) => file.startsWith(`${name}-`) && isShard.test(file.slice(name.length + 1)),
  );
  return found.toSorted();
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // The caller says which file is missing.
    return [];
  }
}
