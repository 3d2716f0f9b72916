/**
 * A worker process: runs one stage after another as the conductor asks over IPC, so that a crash costs one stage and a
 * small stage costs no new process. It stops (abort signal, resume point, exit) on SIGTERM, SIGINT, SIGHUP, on a `stop`
 * message, and when the channel closes, which is how it learns that its conductor was killed. A stage that does not
 * stop in time is ended by the process exiting under it.
 */
import { classifyFailure } from './classify-failure.ts';
import { runStage } from './run-stage.ts';
import type { StageLibrary } from './stage-library.ts';
import {
  type JournalEvent,
  type StageResult,
  VerifiedFiles,
  endWithParent,
  orphanedGraceMs,
  readTaskFile,
  startHeart,
} from '../store/index.ts';
import type { MessageFromWorker, MessageToWorker } from '../launch/index.ts';

/** Longest time a stage may take to save its resume point once it is told to stop. */
const stopGraceMs = 60_000;
/** The display needs no more than this; the journal has its own, slower rhythm. */
const progressEveryMs = 100;

/** Serves stages until the conductor lets go: the whole body of a worker entry file. */
export function serveStages(library: StageLibrary): void {
  const stop = new AbortController();
  const crash = new AbortController();
  const verifiedFiles = new VerifiedFiles();
  const crashed = rejectionOf(crash.signal);
  let isBusy = false;
  process.on('SIGXFSZ', () => {}); // a write past `ulimit -f` is an error of the stage then
  startHeart(); // a step may block this thread for longer than a watcher waits for a sign of life

  const leave = (): void => {
    if (stop.signal.aborted) return;
    stop.abort(new Error('told to stop'));
    if (!isBusy) process.exit(0);
    setTimeout(() => process.exit(1), stopGraceMs);
  };
  const leaveAlone = (): void => {
    leave();
    setTimeout(() => process.exit(1), orphanedGraceMs);
  };
  const serve = async (folder: string): Promise<void> => {
    if (isBusy || stop.signal.aborted) return;
    isBusy = true;
    const runner = { library, verifiedFiles, signal: stop.signal, crashed, onEvent: displayEvents() };
    const result = await Promise.resolve()
      .then(() => runStage(readTaskFile(folder), runner))
      .catch((error: unknown) => classifyFailure(error, stop.signal.aborted));
    const isHealthy = !crash.signal.aborted && !stop.signal.aborted && isTrustedAfter(result);
    await send({ type: 'finished', result, isHealthy });
    isBusy = false;
    if (!isHealthy || stop.signal.aborted) process.exit(0);
  };

  process.on('message', (message: MessageToWorker) => (message.type === 'run' ? void serve(message.folder) : leave()));
  process.on('disconnect', leaveAlone);
  endWithParent(orphanedGraceMs);
  if (process.connected === false) leaveAlone(); // the conductor was killed while this file was loaded
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, leave);
  for (const failure of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(failure, (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      if (!isBusy) process.exit(1);
      crash.abort(error);
    });
  }
}

/** Native memory and module state are not trusted after a bug or a full machine: the next stage gets a new process. */
function isTrustedAfter(result: StageResult): boolean {
  return result.kind !== 'failed' || result.outcome.errorClass === 'user';
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  const rejection = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  rejection.catch(() => {}); // raced against each stage; between stages nobody listens
  return rejection;
}

function displayEvents(): (event: JournalEvent) => void {
  let lastMs = 0;
  return (event) => {
    if (event.kind === 'note') void send({ type: 'note', text: event.text });
    if (event.kind !== 'progress') return;
    const now = Date.now();
    if (now - lastMs < progressEveryMs && event.step < event.steps) return;
    lastMs = now;
    const { step, steps, loss, tokensPerSecond } = event;
    void send({ type: 'progress', step, steps, loss, tokensPerSecond });
  };
}

/** Resolves once the message is written; a channel that is gone swallows it, since then nobody is left to read. */
function send(message: MessageFromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}
