/** Ctrl-C once: save and stop. Ctrl-C again: stop now. */

/**
 * Launchers (npm, npx, tsx) pass on the Ctrl-C that the terminal has already sent to everyone: two within this time are
 * one.
 */
const sameSignalMs = 500;

export type StopSignal = 'SIGINT' | 'SIGTERM';

/**
 * Listens until the returned function is called. `abort`'s reason 'SIGTERM' counts as that signal, anything else as
 * SIGINT.
 */
export function listenForStop(
  abort: AbortSignal | undefined,
  handlers: { onStop(signal: StopSignal): void; onKill(): void },
): () => void {
  let firstMs: number | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (firstMs !== null && Date.now() - firstMs > sameSignalMs) return handlers.onKill();
    firstMs ??= Date.now();
    handlers.onStop(signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
  };
  const onAbort = (): void => handlers.onStop(abort?.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT');
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  abort?.addEventListener('abort', onAbort);
  if (abort?.aborted === true) onAbort();
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
    abort?.removeEventListener('abort', onAbort);
  };
}
