/**
 * Processes on this machine. Stages that are ours, whoever computes for them, go to worker processes that are used
 * again while they are healthy; a backend that is a program of its own gets a process a stage.
 */
import { backendOf, native, type Backend } from '../backends/index.ts';
import { VerifiedFiles, workerLogFile, type StageTask } from '../store/index.ts';
import { CommandProcess } from './command-process.ts';
import type { LiveMessage, Launcher, Slot } from './launcher.ts';
import { WorkerProcess } from './worker-process.ts';
import type { WorkerReply } from './worker-reply.ts';

export interface LocalOptions {
  readonly resultsFolder: string;
  /** File that a worker process starts with. */
  readonly workerEntry: string;
  /** Time for a worker that is not trusted any more to leave. */
  readonly stopGraceMs: number;
  /** The backend that the experiment chose; stages that it does not serve are ours. */
  readonly backend: string;
  readonly backends: readonly Backend[];
}

export class LocalLauncher implements Launcher {
  readonly name = 'local';
  readonly #options: LocalOptions;
  /** By slot and backend: one that waits for further stages keeps what it has loaded. */
  readonly #workers = new Map<string, WorkerProcess>();
  readonly #commands = new Set<CommandProcess>();
  readonly #verified = new VerifiedFiles();

  constructor(options: LocalOptions) {
    this.#options = options;
  }

  async slot(slot: number): Promise<Slot> {
    const logFile = workerLogFile(this.#options.resultsFolder, slot);
    let current: Slot | null = null;
    return {
      logFile,
      start: async (task, onLive) => {
        current = await this.#processFor(task, slot);
        return this.#run(current, task, onLive);
      },
      lastLines: () => current?.lastLines() ?? [],
      get pid() {
        return current?.pid ?? null;
      },
      stop: () => current?.stop(),
      kill: () => current?.kill(),
    };
  }

  stop(): void {
    for (const process of [...this.#workers.values(), ...this.#commands]) process.stop();
  }

  kill(): void {
    for (const process of [...this.#workers.values(), ...this.#commands]) process.kill();
  }

  async close(graceMs: number): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.close(graceMs)));
  }

  async #run(process: Slot, task: StageTask, onLive: (message: LiveMessage) => void): Promise<WorkerReply> {
    if (process instanceof CommandProcess) this.#commands.add(process);
    try {
      return await process.start(task, onLive);
    } finally {
      if (process instanceof CommandProcess) this.#commands.delete(process);
    }
  }

  async #processFor({ stage }: StageTask, slot: number): Promise<Slot> {
    const { backend, backends, resultsFolder, workerEntry, stopGraceMs } = this.#options;
    const logFile = workerLogFile(resultsFolder, slot);
    const chosen = backendOf(stage.kind, backend, backends);
    const isOurs = chosen === native || chosen.compute !== undefined;
    if (!isOurs) return new CommandProcess(chosen, logFile, this.#verified);
    const key = `${slot} ${chosen.name}`;
    const before = this.#workers.get(key);
    if (before?.isUsable === true) return before;
    await before?.close(stopGraceMs);
    const worker = new WorkerProcess({ entry: workerEntry, logFile, backend: chosen });
    this.#workers.set(key, worker);
    return worker;
  }
}
