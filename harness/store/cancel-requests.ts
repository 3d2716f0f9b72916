/**
 * What a person wants to be cancelled: one empty file a stage in results/cancel. The conductor of the sweep looks for
 * them, wherever it runs, and takes them away; a sweep that begins drops those of an earlier one.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cancelFolder } from './layout.ts';

export function requestCancel(resultsFolder: string, stageIds: readonly string[]): void {
  const folder = cancelFolder(resultsFolder);
  mkdirSync(folder, { recursive: true });
  for (const id of stageIds) writeFileSync(join(folder, id), '');
}

/** Ids of the stages that were asked for since the last call. Where they cannot be read, the sweep goes on. */
export function takeCancelRequests(resultsFolder: string): readonly string[] {
  const folder = cancelFolder(resultsFolder);
  try {
    const ids = readdirSync(folder);
    for (const id of ids) rmSync(join(folder, id), { force: true });
    return ids;
  } catch {
    return [];
  }
}

export const dropCancelRequests = (resultsFolder: string): void =>
  rmSync(cancelFolder(resultsFolder), { recursive: true, force: true });
