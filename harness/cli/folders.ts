/** Folders that the environment names, with their defaults. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CliHost } from './context.ts';

/**
 * Corpora and datasets are kept here between experiments: HARNESS_CACHE, else `$XDG_CACHE_HOME/harness`, else
 * `~/.cache/harness`.
 */
export function cacheFolder(env: CliHost['env']): string {
  return named(env, 'HARNESS_CACHE') ?? join(named(env, 'XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'harness');
}

/** A folder with copies of the datasets; null = download. */
export const dataMirror = (env: CliHost['env']): string | null => named(env, 'HARNESS_DATA_MIRROR') ?? null;

/** A variable that is set to nothing counts as not set, as a shell user means it. */
function named(env: CliHost['env'], variable: string): string | undefined {
  const value = env[variable];
  return value === '' ? undefined : value;
}
