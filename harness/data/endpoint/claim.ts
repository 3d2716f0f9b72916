/**
 * Before a request is sent, an intent is written. Of several processes that mean to send the same request, the one
 * whose intent stands first in the ledger sends it; the others withdraw theirs and wait for the answer.
 */
import type { Request } from './request.ts';
import type { OpenSession } from './session.ts';

const lookAgainMs = 200;

/** The id of the attempt that may now be sent; null where the answer stands in the ledger by now. */
export async function claim({ session, ledger }: OpenSession, request: Request): Promise<string | null> {
  const { sha } = request;
  for (let hasTold = false; ; hasTold = true) {
    await waitForRivals({ session, ledger }, sha, hasTold);
    if (ledger.has(sha)) return null;
    const id = ledger.newAttempt();
    await ledger.append({
      kind: 'intent',
      sha,
      id,
      by: ledger.by,
      key: request.key,
      request: JSON.parse(request.body),
    });
    if (ledger.has(sha)) return null;
    if (ledger.attempts.rival(sha, ledger.by, id) === null) return id;
    await ledger.append({ ...closing(sha, id), reason: 'withdrawn', mayBeBought: false });
  }
}

/** @throws the reason of a halt. */
async function waitForRivals({ session, ledger }: OpenSession, sha: string, hasTold: boolean): Promise<void> {
  for (let isFirst = !hasTold; !ledger.has(sha); isFirst = false) {
    session.halted.throwIfAborted();
    const rival = ledger.attempts.rival(sha, ledger.by, null);
    if (rival === null) return;
    if (isFirst) session.note(`process ${rival.pid} is asking the same; waiting for its answer`);
    await session.sleep(lookAgainMs);
    await ledger.sync();
  }
}

/** What a failure without an answer of the server says. */
export function closing(sha: string, id: string) {
  return { kind: 'failure', sha, id, status: null, date: null, body: null } as const;
}
