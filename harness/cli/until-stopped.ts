/** Work that ends early when it is told to stop. */
import { interruptedExitCodes } from './exit-code.ts';
import { listenForStop, type StopSignal } from '../run/index.ts';
import type { CliContext } from './context.ts';

export interface StopOrder {
  /** Aborts at the first signal. A second one ends the process where it is. */
  readonly signal: AbortSignal;
  readonly stoppedBy: StopSignal | null;
  /** Signals have their usual effect again. */
  end(): void;
}

/** Listens for signals to stop until its `end` is called, which the caller must do in any case. */
export function stopOrder(): StopOrder {
  const abort = new AbortController();
  let stoppedBy: StopSignal | null = null;
  const end = listenForStop(undefined, {
    onStop: (signal) => {
      stoppedBy ??= signal;
      abort.abort(new Error('told to stop'));
    },
    onKill: () => process.exit(interruptedExitCodes[stoppedBy ?? 'SIGINT']),
  });
  return {
    signal: abort.signal,
    get stoppedBy() {
      return stoppedBy;
    },
    end,
  };
}

/** null where a signal ended it, which cleaned up behind it: the exit code is set then. */
export async function untilStopped<T>(
  context: CliContext,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const order = stopOrder();
  try {
    return await work(order.signal);
  } catch (error) {
    if (order.stoppedBy === null) throw error;
    context.note('stopped; nothing was written');
    context.exitWith(interruptedExitCodes[order.stoppedBy]);
    return null;
  } finally {
    order.end();
  }
}
