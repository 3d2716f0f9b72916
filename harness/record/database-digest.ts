/**
 * `harness.duckdb.sha256`: the digest of the database as its last writer left it, and the stamp of that file. A database
 * that does not match is built again from the files of the stages.
 */
import { basename, dirname, join } from 'node:path';
import { writeFileSync } from 'node:fs';
import {
  databaseDigestFile,
  databaseFile,
  hashFileSync,
  isRecord,
  parseJson,
  readIfThere,
  stampOf,
  syncFolder,
  textOf,
  toJson,
  type Lease,
} from '../store/index.ts';

/** Moves a finished database into place, and its digest behind it. @throws LeaseLost */
export function publishDatabase(resultsFolder: string, lease: Lease, prepared: string): void {
  const [path, digestFile] = [databaseFile(resultsFolder), databaseDigestFile(resultsFolder)];
  const { sha256 } = hashFileSync(prepared, true);
  lease.publish(basename(prepared), path);
  writeFileSync(join(lease.folder, basename(digestFile)), toJson({ sha256, stamp: stampOf(path) }));
  lease.publish(basename(digestFile), digestFile);
  syncFolder(dirname(path));
}

/**
 * Null, or how the database is not what was written. A file that was not touched since is not read again, but for
 * `read`.
 */
export function databaseDamage(resultsFolder: string, how: 'look' | 'read' = 'look'): string | null {
  const stated = parseJson(readIfThere(databaseDigestFile(resultsFolder)) ?? '');
  if (!isRecord(stated)) return `${basename(databaseDigestFile(resultsFolder))} is missing`;
  const path = databaseFile(resultsFolder);
  if (how === 'look' && textOf(stated, 'stamp') === stampOf(path)) return null;
  const { sha256 } = hashFileSync(path, false);
  if (sha256 === textOf(stated, 'sha256')) return null;
  return `it has sha256 ${sha256.slice(0, 12)}, ${(textOf(stated, 'sha256') ?? '?').slice(0, 12)} was written`;
}
