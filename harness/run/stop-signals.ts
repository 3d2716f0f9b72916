/** Ctrl-C once: save and stop. Ctrl-C again: stop now. */

/**
 * Launchers (npm, npx, tsx) pass on the Ctrl-C that the terminal has already sent to everyone: two within this time are
 * one.
 */
const sameSignalMs = 500;

/** Of a person or a scheduler; SIGHUP: the terminal was closed. */
export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type StopSignal = (typeof stopSignals)[number];

let listening = 0;

/** Whether somebody answers signals now. */
export const isAnswered = (): boolean => listening > 0;

/** Listens until the returned function is called. `abort`'s reason may be one of the signals, else it is SIGINT. */
export function listenForStop(
  abort: AbortSignal | undefined,
  handlers: { onStop(signal: StopSignal): void; onKill(): void },
): () => void {
  let firstMs: number | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (firstMs !== null && Date.now() - firstMs > sameSignalMs) return handlers.onKill();
    firstMs ??= Date.now();
    handlers.onStop(asStopSignal(signal));
  };
  const onAbort = (): void => handlers.onStop(asStopSignal(abort?.reason));
  for (const signal of stopSignals) process.on(signal, onSignal);
  abort?.addEventListener('abort', onAbort);
  listening += 1;
  if (abort?.aborted === true) onAbort();
  return () => {
    listening -= 1;
    for (const signal of stopSignals) process.off(signal, onSignal);
    abort?.removeEventListener('abort', onAbort);
  };
}

const asStopSignal = (reason: unknown): StopSignal => stopSignals.find((signal) => signal === reason) ?? 'SIGINT';
