/**
 * The end of a process whose parent was killed. It is told by the closed channel and saves where it is between two
 * steps; but a step of a large model, or a call into the engine, can keep the event loop busy for long, and nobody is
 * left to end it. A thread of its own sees to that.
 */
import { Worker } from 'node:worker_threads';

/** Time to save and leave after the parent is gone. With what it takes to notice, processes are gone within 2 s. */
export const orphanedGraceMs = 1_300;
const lookEveryMs = 100;

/** Plain JavaScript: a thread of one file would need the file, and a loader, in sources and build alike. */
const watch = `
const { workerData: { parent, graceMs, lookEveryMs } } = require('node:worker_threads');
const timer = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(timer);
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs);
}, lookEveryMs);
`;

/** From now on this process ends so long after its parent, whatever it is doing. */
export function endWithParent(graceMs: number): void {
  const workerData = { parent: process.ppid, graceMs, lookEveryMs };
  new Worker(watch, { eval: true, execArgv: [], workerData }).unref();
}
