/**
 * The Python that has torch, as a process that carries out one job after another: loading torch and transformers takes
 * seconds, and a stage has several jobs.
 */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { createInterface } from 'node:readline';
import { UserError } from '../../spec/index.ts';
import { EventReader, type JobEvent } from './events.ts';
import { torchPython } from './find-python.ts';
import { packageFolder } from './package-folder.ts';

const keptLines = 20;

/** How every Python is started: by itself, so that a Ctrl-C reaches it only by way of the stage, which lets it save. */
export function pythonOptions(threads: number): SpawnOptions {
  const own = {
    PYTHONPATH: packageFolder,
    HARNESS_TORCH_PARENT: String(process.pid),
    OMP_NUM_THREADS: String(threads),
  };
  return { env: { ...process.env, ...own }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] };
}

/** Python that carries out jobs as it is told them. */
export function servingCommand(python: string): readonly [string, ...string[]] {
  return [python, '-m', 'harness_torch.start', 'harness_torch', '--serve'];
}

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
    const reader = new EventReader(folder, onEvent);
    child.ref();
    const timer = setInterval(() => reader.read(), 100);
    try {
      await this.#answer(child, folder);
    } finally {
      clearInterval(timer);
      reader.read();
      child.unref();
    }
    const ended = reader.ended();
    if (ended === null) throw this.#failure('it ended without a result');
    return ended;
  }

  /** It ends when it has carried out what it was asked for. */
  close(): void {
    this.#child?.stdin?.end();
    this.#child = null;
  }

  #running(): ChildProcess {
    const alive = this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
    if (!alive) this.#child = this.#started();
    return this.#child as ChildProcess;
  }

  #started(): ChildProcess {
    const [program, ...args] = servingCommand(this.#python);
    const child = spawn(program, args, pythonOptions(this.#threads));
    this.#lastLines = [];
    child.on('error', () => {}); // told by #answer
    child.stdin?.on('error', () => {});
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
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
      cannotServe(this.#python, what, said) ??
      new UserError(`backend torch: ${this.#python} failed: ${what}${said === '' ? '' : `: ${said}`}`, {
        exitCode: 4,
        hint: 'Run the same command again; the log of the worker has all that Python said.',
      })
    );
  }
}

/** It, or what it needs, is not there; null where something else is wrong. */
export function cannotServe(python: string, what: string, said: string): UserError | null {
  const missing = /No module named '(\w+)'/.exec(said)?.[1];
  const isThere = !what.includes('ENOENT');
  if (isThere && missing === undefined) return null;
  const lacks = isThere ? `${python} has no package ${missing}` : `there is no ${python}`;
  return new UserError(`backend torch: ${lacks}`, {
    exitCode: 3,
    hint:
      '`harness doctor --install torch` makes an environment; HARNESS_TORCH_PYTHON names a Python that has the ' +
      'packages of harness/backends/torch/pyproject.toml.',
  });
}
