/**
 * The committed manifest of the corpus: which npm packages, at which version and integrity. It is no dependency of the
 * product.
 */
import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../spec/user-error.ts';

/**
 * Folder of `package.json` and `package-lock.json`: looked for upwards, as sources and their build lie at different
 * depths.
 */
export function manifestFolder(): string {
  const from = dirname(fileURLToPath(import.meta.url));
  for (let folder = from; dirname(folder) !== folder; folder = dirname(folder)) {
    const candidate = join(folder, 'datasets', 'npm-corpus');
    if (existsSync(join(candidate, 'package-lock.json'))) return candidate;
  }
  throw new UserError(`datasets/npm-corpus/package-lock.json was not found above ${from}`, {
    exitCode: 4,
    hint: 'Restore the folder `datasets/npm-corpus` from version control.',
  });
}

/** sha256 of the committed lockfile, lower-case hex: the identity of the raw corpus. */
export function corpusLockDigest(): string {
  return hash('sha256', readFileSync(join(manifestFolder(), 'package-lock.json')), 'hex');
}

/** Names of the packages, sorted. */
export function corpusPackages(): readonly string[] {
  const text = readFileSync(join(manifestFolder(), 'package.json'), 'utf8');
  return Object.keys((JSON.parse(text) as { dependencies?: Record<string, string> }).dependencies ?? {}).toSorted();
}
