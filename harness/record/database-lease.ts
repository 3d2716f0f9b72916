/** One writer of the database at a time. Whoever comes second waits, and then looks again whether there is work left. */
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../spec/user-error.ts';
import {
  assertWritable,
  databaseLeasePlace,
  LeaseWatch,
  plainHolder,
  removeEntry,
  removePrepared,
  takeLease,
  whereabouts,
  type Lease,
} from '../store/index.ts';

const lookEveryMs = 50;
/** A rebuild of a large folder takes minutes. */
const mostWaitMs = 1_800_000;

/**
 * Resolves once the lease is held.
 * @throws UserError (3) where the folder cannot be written to; (4) where another writer stays for half an hour.
 */
export async function takeDatabaseLease(resultsFolder: string, lostMs?: number): Promise<Lease> {
  const place = databaseLeasePlace(resultsFolder);
  assertWritable(dirname(place));
  const watch = new LeaseWatch(place, plainHolder, lostMs === undefined ? {} : { lostMs });
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    const lease = takeLease(place, 1);
    if (lease !== null) {
      removePrepared(place);
      return lease;
    }
    const standing = watch.look();
    if (standing.kind === 'abandoned') removeEntry(standing.entry);
    if (standing.kind === 'held' && waitedMs > mostWaitMs) throw occupied(place, whereabouts(standing.holder));
    if (standing.kind === 'held') await sleep(lookEveryMs);
  }
}

function occupied(place: string, holder: string): UserError {
  return new UserError(`${place}: another collector (${holder}) does not come to an end`, {
    exitCode: 4,
    hint: 'End that process, then run the same command again.',
  });
}
