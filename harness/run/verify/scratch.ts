/**
 * A folder beside the store, where there is room for a stage once more. It is the folder of a lease, so that one
 * verification runs at a time, and what a killed one left is removed by the next.
 */
import { join } from 'node:path';
import { UserError } from '../../spec/user-error.ts';
import { LeaseWatch, plainHolder, removeEntry, takeLease, whereabouts, type Lease } from '../../store/index.ts';

/** @throws UserError (3) where another verification is running. */
export async function withScratch<T>(resultsFolder: string, use: (folder: string) => Promise<T>): Promise<T> {
  const lease = takeScratch(join(resultsFolder, 'verify.lease'));
  try {
    return await use(lease.folder);
  } finally {
    lease.release();
  }
}

function takeScratch(place: string): Lease {
  for (;;) {
    const lease = takeLease(place, 1);
    if (lease !== null) return lease;
    const standing = new LeaseWatch(place, plainHolder).look();
    if (standing.kind === 'abandoned') removeEntry(standing.entry);
    if (standing.kind === 'held')
      throw new UserError(`another verification (${whereabouts(standing.holder)}) is running`, {
        exitCode: 3,
        hint: `Wait for it. Should its machine be gone, remove ${place}.`,
      });
  }
}
