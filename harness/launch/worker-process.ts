/**
 * The conductor's end of one worker: a child process (execa, IPC) whose stdout and stderr go straight to a log file, so
 * that they outlive both.
 */
import { execaNode } from 'execa';
import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { native, type Backend } from '../backends/index.ts';
import { allocatorEnvironment } from '../engine/index.ts';
import type { StageTask } from '../store/index.ts';
import type { LiveMessage, Slot } from './launcher.ts';
import { beginLog, lastLinesOf } from './worker-log.ts';
import type { MessageFromWorker, MessageToWorker } from './worker-messages.ts';
import type { WorkerReply } from './worker-reply.ts';

export interface WorkerOptions {
  /** File that the process starts with. */
  readonly entry: string;
  readonly logFile: string;
  /** Who computes for its stages. */
  readonly backend: Backend;
}

export class WorkerProcess implements Slot {
  readonly logFile: string;
  readonly #child: ReturnType<typeof startChild>;
  readonly #died: Promise<Extract<WorkerReply, { kind: 'died' }>>;
  #onMessage: (message: MessageFromWorker) => void = () => {};
  #logOffset = 0;
  #isUsable = true;

  constructor(options: WorkerOptions) {
    this.logFile = options.logFile;
    this.#child = startChild(options);
    this.#child.on('message', (message) => this.#onMessage(message as MessageFromWorker));
    this.#died = this.#awaitDeath();
  }

  /** Alive and trusted: may be given another stage. */
  get isUsable(): boolean {
    return this.#isUsable && this.#child.connected === true;
  }

  /** Runs one stage; resolves with its result, or with the process's death. Never rejects. */
  async start(task: StageTask, onLive: (message: LiveMessage) => void): Promise<WorkerReply> {
    const heading = `${task.stage.id} attempt ${task.attempt} (worker pid ${this.#child.pid ?? '?'})`;
    this.#logOffset = beginLog(this.logFile, heading);
    const finished = this.#finished(onLive);
    this.#send({ type: 'run', folder: task.folder });
    const reply = await Promise.race([finished, this.#died]);
    this.#onMessage = () => {};
    return reply;
  }

  /** Passes live messages on until the stage ends. */
  #finished(onLive: (message: LiveMessage) => void): Promise<WorkerReply> {
    return new Promise((resolve) => {
      this.#onMessage = (message) => {
        if (message.type !== 'finished') return onLive(message);
        this.#isUsable &&= message.isHealthy;
        resolve({ kind: 'result', result: message.result });
      };
    });
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  lastLines(): readonly string[] {
    return lastLinesOf(this.logFile, this.#logOffset);
  }

  /** Asks the running stage to save and stop. */
  stop(): void {
    this.#send({ type: 'stop' });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Ends an idle worker and waits for its exit. */
  async close(graceMs: number): Promise<void> {
    this.#isUsable = false;
    if (this.#child.connected) this.#child.disconnect?.();
    const timer = setTimeout(() => this.kill(), graceMs);
    await this.#died;
    clearTimeout(timer);
  }

  #send(message: MessageToWorker): void {
    // A closed channel is a death, which `#died` reports in better words.
    if (this.#child.connected) this.#child.sendMessage(message).catch(() => {});
  }

  async #awaitDeath(): Promise<Extract<WorkerReply, { kind: 'died' }>> {
    // The channel can still hold a last message when the exit is seen: it counts only once the channel is closed, too.
    const drained = new Promise<void>((resolve) =>
      this.#child.pid === undefined ? resolve() : this.#child.once('disconnect', () => setImmediate(resolve)),
    );
    const end = await this.#child;
    await drained;
    this.#isUsable = false;
    return { kind: 'died', pid: this.#child.pid ?? null, signal: end.signal ?? null, exitCode: end.exitCode ?? null };
  }
}

// Sources run through tsx; the built program runs as it is. Flags of this process (a test runner's, a debugger's) are
// not passed on.
function nodeOptionsFor(entry: string): readonly string[] {
  return entry.endsWith('.ts') ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
}

function startChild({ entry, logFile, backend }: WorkerOptions) {
  const log = openSync(logFile, 'a');
  try {
    return execaNode(entry, [backend.name], {
      nodeOptions: nodeOptionsFor(entry),
      // Of our own engine: what another backend starts would inherit it.
      env: backend === native ? allocatorEnvironment : {},
      stdin: 'ignore',
      // Any open descriptor will do; execa's types name only the first ten.
      stdout: log as 1,
      stderr: log as 1,
      ipc: true,
      serialization: 'advanced',
      buffer: false,
      reject: false,
    });
  } finally {
    closeSync(log);
  }
}
