/**
 * Answers a signal while nobody else does: while the program is loaded, before a command listens, and in commands that
 * have nothing to save. The first module that `main.ts` loads; `bin.mjs` answers until then.
 */
import { isAnswered, stopSignals } from '../run/stop-signals.ts';
import { interruptedExitCodes } from './interrupted.ts';

for (const signal of stopSignals) {
  process.removeAllListeners(signal);
  process.on(signal, () => {
    if (isAnswered()) return;
    process.stderr.write(`harness: stopped by ${signal}; the same command can be given again\n`);
    process.exit(interruptedExitCodes[signal]);
  });
}
