/**
 * The Python that has torch, as a process that carries out one job after another: loading torch and transformers takes
 * seconds, and a stage has several jobs.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { UserError } from '../../spec/index.ts';
import { torchPython } from './find-python.ts';
import { packageFolder } from './package-folder.ts';

const keptLines = 20;

/** One event of a job, as Python wrote it. */
export type JobEvent = Readonly<Record<string, unknown>> & { readonly kind: string };

export class TorchProcess {
  readonly #python = torchPython().command;
  readonly #threads: number;
  #child: ChildProcess | null = null;
  #lastLines: string[] = [];

  constructor(threads: number) {
    this.#threads = threads;
  }

  /**
   * Carries out the job in a folder; its events are handed on as they come, and the last one is returned.
   * @throws UserError with what Python said: (2, 3, 4) where it refused the job or could not be started, (4) where it
   *   ended in the middle.
   */
  async run(folder: string, onEvent: (event: JobEvent) => void): Promise<JobEvent> {
    const child = this.#running();
    const reader = new EventReader(path.join(folder, 'events.jsonl'), onEvent);
    child.ref();
    const timer = setInterval(() => reader.read(), 100);
    try {
      await this.#answer(child, folder);
    } finally {
      clearInterval(timer);
      reader.read();
      child.unref();
    }
    const { last } = reader;
    if (last?.kind !== 'ended') throw this.#failure('it ended without a result');
    if (last['outcome'] === 'refused') throw refusal(last);
    return last;
  }

  #running(): ChildProcess {
    const alive = this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
    if (!alive) this.#child = this.#started();
    return this.#child as ChildProcess;
  }

  #started(): ChildProcess {
    const child = spawn(this.#python, ['-m', 'harness_torch', '--serve'], {
      env: { ...process.env, PYTHONPATH: packageFolder, OMP_NUM_THREADS: String(this.#threads) },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#lastLines = [];
    child.on('error', () => {}); // told by #answer
    child.stdin.on('error', () => {});
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as { unref?(): void }).unref?.();
    return child;
  }

  #hear(text: string): void {
    process.stderr.write(text);
    this.#lastLines = [...this.#lastLines, ...text.split('\n').filter((line) => line !== '')].slice(-keptLines);
  }

  /** Asks for the job, and waits until Python says that it has left it. */
  #answer(child: ChildProcess, folder: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
      const settle = (act: () => void): void => {
        lines.close();
        child.removeAllListeners('exit');
        child.off('error', onError);
        act();
      };
      const onError = (error: Error): void => settle(() => reject(this.#failure(error.message)));
      child.once('error', onError);
      child.once('exit', (code, signal) =>
        settle(() => reject(this.#failure(signal === null ? `exit code ${code}` : `ended by ${signal}`))),
      );
      lines.on('line', (line) => line === `left ${folder}` && settle(resolve));
      child.stdin?.write(`${folder}\n`);
    });
  }

  #failure(what: string): UserError {
    const said = this.#lastLines.slice(-3).join(' | ');
    return (
      this.#cannotServe(what, said) ??
      new UserError(`backend torch: ${this.#python} failed: ${what}${said === '' ? '' : `: ${said}`}`, {
        exitCode: 4,
        hint: 'Run the same command again; the log of the worker has all that Python said.',
      })
    );
  }

  /** It, or what it needs, is not there. */
  #cannotServe(what: string, said: string): UserError | null {
    const missing = /No module named '(\w+)'/.exec(said)?.[1];
    const isThere = !what.includes('ENOENT');
    if (isThere && missing === undefined) return null;
    const lacks = isThere ? `${this.#python} has no package ${missing}` : `there is no ${this.#python}`;
    return new UserError(`backend torch: ${lacks}`, {
      exitCode: 3,
      hint:
        '`harness doctor --install torch` makes an environment; HARNESS_TORCH_PYTHON names a Python that has the ' +
        'packages of harness/backends/torch/pyproject.toml.',
    });
  }
}

function refusal(event: JobEvent): UserError {
  return new UserError(`backend torch: ${String(event['message'])}`, {
    exitCode: Number(event['exitCode']) as 2 | 3 | 4,
    hint: String(event['hint']),
  });
}

/** Hands on whole lines of a file that grows, each byte read once. */
class EventReader {
  readonly #file: string;
  readonly #onEvent: (event: JobEvent) => void;
  #offset = 0;
  #rest = '';
  last: JobEvent | null = null;

  constructor(file: string, onEvent: (event: JobEvent) => void) {
    this.#file = file;
    this.#onEvent = onEvent;
  }

  read(): void {
    // Python writes ASCII, so that no character is cut.
    const lines = (this.#rest + this.#grown()).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      this.last = JSON.parse(line) as JobEvent;
      this.#onEvent(this.last);
    }
  }

  #grown(): string {
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= this.#offset) return '';
    const bytes = Buffer.alloc(size - this.#offset);
    const descriptor = openSync(this.#file, 'r');
    this.#offset += readSync(descriptor, bytes, 0, bytes.length, this.#offset);
    closeSync(descriptor);
    return bytes.toString('latin1');
  }
}
