/**
 * Installs the pinned packages once into the cache. `npm ci` checks every package against the integrity hash of the
 * lockfile; scripts never run, and the folder is renamed into place only when complete, so a cache entry is either
 * whole or absent.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../spec/user-error.ts';
import { corpusLockDigest, manifestFolder } from './manifest.ts';

/**
 * Returns the folder that holds `package.json` and `node_modules`; reused when it is there already.
 * Throws `UserError` (exit 4) with the last lines of npm's output when npm is missing or fails.
 */
export async function installCorpus(cacheFolder: string): Promise<string> {
  const target = join(cacheFolder, `npm-corpus-${corpusLockDigest().slice(0, 16)}`);
  if (existsSync(target)) return target;
  mkdirSync(cacheFolder, { recursive: true });
  const temporary = mkdtempSync(join(cacheFolder, '.installing-npm-corpus-'));
  try {
    copyManifest(temporary);
    await runNpm(temporary);
    renameIntoPlace(temporary, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return target;
}

function copyManifest(folder: string): void {
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(manifestFolder(), file), join(folder, file));
}

const npmArguments = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

async function runNpm(folder: string): Promise<void> {
  // Loaded here: most commands install nothing.
  const { execa } = await import('execa');
  const result = await execa('npm', npmArguments, { cwd: folder, reject: false, all: true });
  if (!result.failed) return;
  const lastLines = (result.all ?? '').trim().split('\n').slice(-8).join('\n') || result.message || 'no output';
  throw new UserError(`npm could not install the code corpus of datasets/npm-corpus:\n${lastLines}`, {
    exitCode: 4,
    hint:
      'Check that npm is installed and that its registry can be reached, then run the same command again; ' +
      'nothing was kept.',
    cause: result.cause,
  });
}

/** Another process may have finished first: its folder holds the same bytes and stays. */
function renameIntoPlace(temporary: string, target: string): void {
  try {
    renameSync(temporary, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}
