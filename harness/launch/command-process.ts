/**
 * A program of somebody else's for one stage, by its backend's command line. What it does is read off the stage folder:
 * progress from the journal while it runs, the end from `done.json` or the journal's last outcome.
 */
import { execa } from 'execa';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import type { Backend } from '../backends/index.ts';
import type { StageTask, VerifiedFiles } from '../store/index.ts';
import { damagedInput } from './damaged-input.ts';
import { GivenFolder } from './given-folder.ts';
import { JournalReader } from './journal-reader.ts';
import type { LiveMessage, Slot } from './launcher.ts';
import { beginLog, lastLinesOf } from './worker-log.ts';
import type { WorkerReply } from './worker-reply.ts';

const lookEveryMs = 500;

export class CommandProcess implements Slot {
  readonly logFile: string;
  readonly #backend: Backend;
  readonly #verified: VerifiedFiles;
  #child: ReturnType<typeof startCommand> | null = null;
  #logOffset = 0;

  /** @param verified What was checked for earlier stages. */
  constructor(backend: Backend, logFile: string, verified: VerifiedFiles) {
    this.#backend = backend;
    this.#verified = verified;
    this.logFile = logFile;
  }

  async start(task: StageTask, onLive: (message: LiveMessage) => void): Promise<WorkerReply> {
    const heading = `${task.stage.id} attempt ${task.attempt} (backend ${this.#backend.name})`;
    this.#logOffset = beginLog(this.logFile, heading);
    const damaged = await damagedInput(task, this.#verified);
    if (damaged !== null) return damaged;
    return this.#runProgram(task, onLive);
  }

  /** The lease is held for it, and what it commits is committed for it. */
  async #runProgram(task: StageTask, onLive: (message: LiveMessage) => void): Promise<WorkerReply> {
    const given = GivenFolder.for(task);
    if (!(given instanceof GivenFolder)) return { kind: 'result', result: given };
    try {
      const death = await this.#run(given.task, onLive, (pid) => given.heldBy(pid));
      const result = await given.result();
      return result === null ? death : { kind: 'result', result };
    } finally {
      given.leave();
    }
  }

  async #run(
    task: StageTask,
    onLive: (message: LiveMessage) => void,
    onStart: (pid: number) => void,
  ): Promise<Extract<WorkerReply, { kind: 'died' }>> {
    const child = startCommand(this.#backend.command(task), this.logFile);
    this.#child = child;
    if (child.pid !== undefined) onStart(child.pid);
    const stopWatching = watchJournal(task, onLive);
    const { signal = null, exitCode = null, shortMessage } = await child;
    stopWatching();
    this.#child = null;
    if (child.pid === undefined) appendFileSync(this.logFile, `${shortMessage ?? 'it could not be started'}\n`);
    return { kind: 'died', pid: child.pid ?? null, signal, exitCode };
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  lastLines(): readonly string[] {
    return lastLinesOf(this.logFile, this.#logOffset);
  }

  stop(): void {
    this.#child?.kill('SIGTERM');
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }
}

function startCommand(command: readonly string[], logFile: string) {
  const [file = '', ...args] = command;
  const log = openSync(logFile, 'a');
  try {
    // Any open descriptor will do; execa's types name only the first ten. The channel says nothing: it closes where
    // this process is killed, so that the program can save and leave.
    return execa(file, args, {
      stdin: 'ignore',
      stdout: log as 1,
      stderr: log as 1,
      ipc: true,
      buffer: false,
      reject: false,
    });
  } finally {
    closeSync(log);
  }
}

/** Passes on notes and progress of this attempt, until the returned function is called. */
function watchJournal({ folder, attempt }: StageTask, onLive: (message: LiveMessage) => void): () => void {
  const journal = new JournalReader(folder, attempt);
  const timer = setInterval(() => journal.read(onLive), lookEveryMs);
  return () => {
    clearInterval(timer);
    journal.read(onLive);
  };
}
