/**
 * The file that the process of `expression-process.ts` starts with: compares expressions, one at a time, as it is
 * asked. It ends when the channel to its parent closes; in the middle of a comparison, a thread sees that the parent is
 * gone.
 */
import { Worker } from 'node:worker_threads';
import { equalExpressions } from './equal-expressions.ts';
import type { MessageFromEngine, MessageToEngine } from './expression-process.ts';
import { openMathEngine } from './math-engine.ts';

/** Looks once a second: a comparison that hangs would outlive a parent that was killed. */
const watch = `
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.kill(process.pid, 'SIGKILL'), 1000);
`;

function say(message: MessageFromEngine): void {
  process.send?.(message);
}

new Worker(watch, { eval: true, execArgv: [], stdout: true, stderr: true }).unref();

try {
  const engine = openMathEngine();
  // What the engine prepares at its first use belongs to no item's time.
  equalExpressions(engine, '\\frac{x+1}{2}', '0.5x+0.5', 'equal');
  process.on('message', ({ id, a, b, relation }: MessageToEngine) => {
    try {
      say({ kind: 'verdict', id, verdict: equalExpressions(engine, a, b, relation) });
    } catch {
      // The engine throws for some texts that are no expressions.
      say({ kind: 'verdict', id, verdict: null });
    }
  });
  say({ kind: 'ready' });
} catch (error) {
  say({ kind: 'failure', message: error instanceof Error ? error.message : String(error) });
}
