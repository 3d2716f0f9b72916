/** Folders that the environment names, with their defaults. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { reportsFolder as reportsIn } from '../store/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export const resultsFolder = (env: Environment): string => named(env, 'HARNESS_RESULTS') ?? 'results';

/** Without a name of its own, in the results folder: never where git looks. */
export const reportsFolder = (env: Environment, results: string): string =>
  named(env, 'HARNESS_REPORTS') ?? reportsIn(results);

/**
 * Corpora and datasets are kept here between experiments: HARNESS_CACHE, else `$XDG_CACHE_HOME/harness`, else
 * `~/.cache/harness`.
 */
export function cacheFolder(env: Environment): string {
  return named(env, 'HARNESS_CACHE') ?? join(named(env, 'XDG_CACHE_HOME') ?? join(homeFolder(), '.cache'), 'harness');
}

/** Whether there is a place for a cache. */
export const hasCache = (env: Environment): boolean =>
  (named(env, 'HARNESS_CACHE') ?? named(env, 'XDG_CACHE_HOME') ?? homeOrNull()) !== null;

/** @throws UserError (3) where the system knows none: a user id of a container without a name. */
function homeFolder(): string {
  const home = homeOrNull();
  if (home !== null) return home;
  throw new UserError('there is no home folder to keep the cache in', {
    exitCode: 3,
    hint: 'Name a folder for it with HARNESS_CACHE.',
  });
}

function homeOrNull(): string | null {
  try {
    return homedir() || null;
  } catch {
    return null;
  }
}

/** Builds of the native tfjs packages: HARNESS_TFJS, else `tfjs` in the cache. */
export const tfjsFolder = (env: Environment): string => named(env, 'HARNESS_TFJS') ?? resolve(cacheFolder(env), 'tfjs');

/** Environments of the backend torch: HARNESS_TORCH, else `torch` in the cache. */
export const torchFolder = (env: Environment): string =>
  named(env, 'HARNESS_TORCH') ?? resolve(cacheFolder(env), 'torch');

/** Models of the Hugging Face hub: HARNESS_MODELS, else `models` in the cache. */
export const modelsFolder = (env: Environment): string =>
  named(env, 'HARNESS_MODELS') ?? resolve(cacheFolder(env), 'models');

/** A folder with copies of the datasets; null = download. */
export const dataMirror = (env: Environment): string | null => named(env, 'HARNESS_DATA_MIRROR') ?? null;

/** A variable that is set to nothing counts as not set, as a shell user means it. */
function named(env: Environment, variable: string): string | undefined {
  const value = env[variable];
  return value === '' ? undefined : value;
}
