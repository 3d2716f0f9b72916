/**
 * One job by several ranks: torchrun is started for it, watched, and ended where it does not end by itself. How the job
 * ended stands in its events; exit codes of ranks do not get through torchrun.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { RanksSpec } from '../../spec/experiment-schema.ts';
import { UserError } from '../../spec/index.ts';
import { shellLine } from '../../text/index.ts';
import { EventReader, type JobEvent } from './events.ts';
import { torchPython } from './find-python.ts';
import { cannotServe, pythonOptions } from './python.ts';
import { RankFailures } from './rank-failures.ts';
import { rankCount, ranksCommand, rendezvousOf, type Rendezvous } from './torchrun.ts';

const lookEveryMs = 100;
/** Between the first failure of a rank and the end of all of them, which torchrun sees to; it may take 30 s. */
const failingGraceMs = 2500;
/** Between a job's last event and the end of its processes. */
const endedGraceMs = 10_000;
/** For what a process printed before it ended. */
const lastWordsMs = 500;
const keptLines = 20;

export interface RanksOptions {
  readonly job: string;
  readonly ranks: RanksSpec;
  readonly threads: number;
  onEvent(event: JobEvent): void;
}

/**
 * Carries out the job in a folder; its events are handed on as they come, and the last one is returned.
 * @throws UserError with what the first rank that failed said: (2, 3, 4) where Python refused the job, (3) where it
 *   could not be started, (4) where a rank or node failed.
 */
export async function runByRanks(options: RanksOptions): Promise<JobEvent> {
  const { job, ranks, threads } = options;
  const python = torchPython().command;
  const rendezvous = ranks.nodes === 1 ? null : await rendezvousOf(path.basename(job));
  const command = ranksCommand({ python, job, rendezvous }, ranks);
  const line = shellLine(command);
  process.stderr.write(`${rankCount(ranks)} ranks: ${line}\n`);
  const run = new RanksRun({ ...options, rendezvous, line });
  await run.watch(started(command, threads));
  return run.verdict(python);
}

function started([program = '', ...args]: readonly string[], threads: number): ChildProcess {
  const { env, ...options } = pythonOptions(threads);
  return spawn(program, args, { ...options, env: { ...env, ...prefixed } });
}

interface RunOptions extends RanksOptions {
  readonly rendezvous: Rendezvous | null;
  /** Of the command. */
  readonly line: string;
}

class RanksRun {
  readonly #options: RunOptions;
  readonly #reader: EventReader;
  readonly #lines = new Lines();
  #failingSinceMs: number | null = null;
  #endedSinceMs: number | null = null;
  #death = '';

  constructor(options: RunOptions) {
    this.#options = options;
    const { rendezvous, line, onEvent } = options;
    let isTold = rendezvous === null;
    this.#reader = new EventReader(options.job, (event) => {
      onEvent(event);
      if (!isTold) onEvent({ kind: 'note', text: `nodes meet at ${placeOf(rendezvous)}: ${line}` });
      isTold = true;
    });
  }

  /** Resolves when the process has ended. */
  async watch(child: ChildProcess): Promise<void> {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => this.#lines.hear(text));
    child.stdin?.end();
    const timer = setInterval(() => this.#look(child), lookEveryMs);
    this.#death = await endOf(child);
    clearInterval(timer);
    this.#reader.read();
  }

  /** @throws UserError as `runByRanks`. */
  verdict(python: string): JobEvent {
    const ended = this.#reader.ended();
    if (ended !== null) return ended;
    const failures = new RankFailures(this.#options.job);
    const said = tail(this.#lines.all);
    throw (
      this.#ofRank(failures) ??
      this.#ofNodes(failures) ??
      cannotServe(python, this.#death, said) ??
      failed(`torchrun ${this.#death}${said}`, null)
    );
  }

  #ofRank(failures: RankFailures): UserError | null {
    const all = rankCount(this.#options.ranks);
    const first = failures.first(all, (rank) => this.#lines.of(rank));
    if (first === null) return null;
    return failed(`rank ${first.rank} of ${all} ${first.why}${tail(first.lastLines)}`, first.hint);
  }

  #ofNodes({ rendezvous }: RankFailures): UserError | null {
    return rendezvous === null || this.#options.rendezvous === null ? null : notMet(this.#options, rendezvous);
  }

  #look(child: ChildProcess): void {
    this.#reader.read();
    const now = performance.now();
    if (this.#reader.last?.kind === 'ended') this.#endedSinceMs ??= now;
    if (this.#lines.tellsOfFailure || new RankFailures(this.#options.job).isAny) this.#failingSinceMs ??= now;
    // torchrun takes its ranks with it.
    if (now - (this.#failingSinceMs ?? now) > failingGraceMs || now - (this.#endedSinceMs ?? now) > endedGraceMs)
      child.kill('SIGKILL');
  }
}

/** In words, with what it printed last read. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      const words = signal === null ? `left with exit code ${code}` : `was ended by ${signal}`;
      child.once('close', () => resolve(words));
      // Whoever still holds its streams is not waited for.
      setTimeout(() => resolve(words), lastWordsMs);
    });
  });
}

/** What the processes print, passed on to the log of the worker, and its end kept: of each rank, and of all together. */
class Lines {
  readonly #byRank = new Map<number, string[]>();
  all: readonly string[] = [];
  /** torchrun has begun to end the ranks that are left. */
  tellsOfFailure = false;

  hear(text: string): void {
    process.stderr.write(text);
    for (const line of text.split('\n').filter((one) => one.trim() !== '')) this.#keep(line);
  }

  #keep(line: string): void {
    this.all = [...this.all, line].slice(-keptLines);
    this.tellsOfFailure ||= line.includes('closing signal SIGTERM');
    const [, rank, said] = rankPrefix.exec(line) ?? [];
    if (rank !== undefined) this.#byRank.set(Number(rank), [...this.of(Number(rank)), said ?? ''].slice(-keptLines));
  }

  of(rank: number): readonly string[] {
    return this.#byRank.get(rank) ?? [];
  }
}

/** srun puts the number of the task before it. */
const prefixed = { TORCHELASTIC_LOG_LINE_PREFIX_TEMPLATE: '[rank ${rank}]: ' };
const rankPrefix = /^(?:\d+: )?\[rank (\d+)\]: ?(.*)$/;

function failed(what: string, hint: string | null): UserError {
  const again = 'Run the same command again: it goes on from the last resume point. The worker has a log of it.';
  return new UserError(`backend torch: ${what}`, { exitCode: 4, hint: hint ?? again });
}

function notMet({ ranks, rendezvous }: RunOptions, said: string): UserError {
  const { nodes, torch } = ranks;
  const place = placeOf(rendezvous);
  return new UserError(
    `backend torch: the ${nodes} nodes did not come together at ${place} within ${torch.joinTimeoutSeconds} s: ${said}`,
    {
      exitCode: 4,
      hint:
        'Is the port free on that machine, and can every node reach it? HARNESS_TORCH_RENDEZVOUS=host:port names ' +
        'another place, execution.torch.joinTimeoutSeconds gives more time.',
    },
  );
}

const placeOf = (rendezvous: Rendezvous | null): string => `${rendezvous?.host}:${rendezvous?.port}`;

const tail = (lines: readonly string[]): string => (lines.length === 0 ? '' : `: ${lines.slice(-3).join(' | ')}`);
