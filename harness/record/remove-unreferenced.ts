/** Removes from a store what nothing refers to, while no sweep can write there. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readLiveLease, stageFiles, stageFolder, takeSweepLease } from '../store/index.ts';
import { findReferences, type StoreEntry } from './references.ts';

/**
 * What there was, all of it; the entries without a reason are gone.
 * @throws UserError (3) while a sweep writes there, (4) where a plan cannot be read: then nothing is removed.
 */
export async function removeUnreferenced(
  resultsFolder: string,
  planned: ReadonlySet<string>,
): Promise<readonly StoreEntry[]> {
  const lease = await takeSweepLease(resultsFolder, 'gc');
  try {
    const entries = findReferences(resultsFolder, planned);
    for (const { id, keptBecause } of entries) if (keptBecause === null) removeStage(resultsFolder, id);
    return entries;
  } finally {
    lease.release();
  }
}

/** The commit goes first: what a kill leaves is a stage that was not done, and never one that seems to be. */
function removeStage(resultsFolder: string, id: string): void {
  // A stage can be run by hand without a sweep.
  if (readLiveLease(resultsFolder, id) !== null) return;
  const folder = stageFolder(resultsFolder, id);
  rmSync(join(folder, stageFiles.done), { force: true });
  rmSync(folder, { recursive: true, force: true });
}
