/**
 * The file a checker process starts with: loads saved models and scores the probes, as its worker asks. Nothing but the
 * channel to its worker keeps it alive: when that closes, it ends.
 */
import { executorOf } from '../engine/index.ts';
import { scoreResponses } from '../score/index.ts';
import { loadModelFolder } from '../model/index.ts';
import { endWithParent } from '../store/index.ts';
import { UserError } from '../spec/user-error.ts';
import { SessionCache } from '../train/index.ts';
import { probeQuestions } from './probes.ts';
import type { MessageFromChecker, MessageToChecker } from './saved-model-check.ts';

/** Bytes of parameters above which the process ends after its answer, so that no memory is held between checks. */
const largeModelBytes = 64e6;

let sessions: { readonly key: string; readonly cache: SessionCache } | null = null;

// Its worker may be killed while it scores.
endWithParent(0);
process.on('message', (asked: MessageToChecker) => void answer(asked));

async function answer(asked: MessageToChecker): Promise<void> {
  let isLarge = false;
  const reply = await score(asked, (bytes) => {
    isLarge = bytes > largeModelBytes;
  }).catch(failureOf);
  process.send?.(reply, undefined, undefined, () => {
    if (isLarge) process.disconnect();
  });
}

async function score(
  { folder, taskFolder, device, threads }: MessageToChecker,
  onLoaded: (bytes: number) => void,
): Promise<MessageFromChecker> {
  const loaded = await loadModelFolder(folder);
  onLoaded(Object.values(loaded.parameters).reduce((sum, { byteLength }) => sum + byteLength, 0));
  return {
    rewards: await scoreResponses(
      { ...loaded, sessions: await sessionsOf(device, threads) },
      probeQuestions(taskFolder),
    ),
  };
}

async function sessionsOf(device: MessageToChecker['device'], threads: number): Promise<SessionCache> {
  const key = `${device} ${threads}`;
  if (sessions?.key === key) return sessions.cache;
  await sessions?.cache.release();
  sessions = { key, cache: new SessionCache(await executorOf(device), { threads, capacity: 1 }) };
  return sessions.cache;
}

function failureOf(error: unknown): MessageFromChecker {
  return {
    failure: {
      message: error instanceof Error ? error.message : String(error),
      hint: error instanceof UserError ? error.hint : null,
    },
  };
}
