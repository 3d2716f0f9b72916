/**
 * Signs of life of the leases that this process holds: a thread of its own counts up a number in each lease's folder.
 * The process's main thread may be inside a training step for minutes; a stopped process beats no more.
 */
import { Worker } from 'node:worker_threads';

/** A watcher sees a living holder within this time. */
export const beatEveryMs = 2_000;

/** A lease that is held for less needs no thread: a finished sweep, a note in a journal. */
const startAfterMs = 1_000;

/** Plain JavaScript, so that every loader starts it. A file that is gone is not made again: the lease is lost. */
const threadSource = `
const { openSync, writeSync, closeSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const files = new Map();
const beat = () => {
  for (const [file, count] of files) {
    try {
      const descriptor = openSync(file, 'r+');
      try { writeSync(descriptor, String(count + 1), 0); } finally { closeSync(descriptor); }
      files.set(file, count + 1);
    } catch (error) {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR' && error.code !== 'ESTALE') continue;
      files.delete(file);
      parentPort.postMessage(file);
    }
  }
};
parentPort.on('message', ({ add, drop }) => {
  if (add !== undefined) files.set(add, 0);
  if (drop !== undefined) files.delete(drop);
});
setInterval(beat, workerData.everyMs);
`;

const onLost = new Map<string, () => void>();
let thread: Worker | null = null;
let timer: NodeJS.Timeout | null = null;

/** Starts the thread now: for processes that block their main thread. */
export function startHeart(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  if (thread !== null) return;
  // Without this process's own options: loaders and preloaded modules are for its modules.
  thread = new Worker(threadSource, { eval: true, execArgv: [], workerData: { everyMs: beatEveryMs } });
  thread.on('message', (file: string) => onLost.get(file)?.());
  thread.unref(); // after `on`, which takes it back
  for (const file of onLost.keys()) thread.postMessage({ add: file }, []);
}

/** Keeps `file` changing until the returned function is called. `lost` is called where the file is gone before that. */
export function keepBeating(file: string, lost: () => void): () => void {
  onLost.set(file, lost);
  if (thread !== null) thread.postMessage({ add: file }, []);
  else timer ??= setTimeout(startHeart, startAfterMs).unref();
  return () => {
    onLost.delete(file);
    thread?.postMessage({ drop: file }, []);
  };
}
