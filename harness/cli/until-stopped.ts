/** Work that cleans up behind it when it is told to stop. */
import { interruptedExitCodes } from './exit-code.ts';
import { listenForStop, type StopSignal } from '../run/index.ts';
import type { CliContext } from './context.ts';

/** null where a signal ended it: the exit code is set then. A second signal does not wait for the cleaning. */
export async function untilStopped<T>(
  context: CliContext,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const abort = new AbortController();
  let stoppedBy: StopSignal | null = null;
  const stopListening = listenForStop(undefined, {
    onStop: (signal) => {
      stoppedBy ??= signal;
      abort.abort(new Error('told to stop'));
    },
    onKill: () => process.exit(interruptedExitCodes[stoppedBy ?? 'SIGINT']),
  });
  try {
    return await work(abort.signal);
  } catch (error) {
    if (stoppedBy === null) throw error;
    context.note('stopped; nothing was written');
    context.exitWith(interruptedExitCodes[stoppedBy]);
    return null;
  } finally {
    stopListening();
  }
}
