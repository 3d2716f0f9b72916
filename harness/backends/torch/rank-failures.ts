/**
 * Which rank failed first, and what it said. Ranks that fail write it down themselves; of one that was killed only
 * torchrun knows; and the others fail behind it, because one of them is gone.
 */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

export interface RankFailure {
  readonly rank: number;
  /** What ended it: an error, or a signal. */
  readonly why: string;
  readonly lastLines: readonly string[];
  readonly hint: string | null;
}

/** As `harness_torch/failures.py` writes it. */
interface RankError {
  readonly rank: number;
  readonly timeMs: number;
  readonly message: string;
  readonly kind: string;
  /** It says no more than that another rank is gone. */
  readonly isConsequence: boolean;
  readonly isOutOfMemory: boolean;
  readonly hint: string | null;
  readonly lastLines: readonly string[];
}

/** As `harness_torch/launch.py` writes it, in the order in which torchrun noticed. */
interface NodeError {
  readonly host: string;
  readonly message?: string;
  readonly failures?: readonly SeenFailure[];
}

interface SeenFailure {
  readonly rank: number;
  /** null where nobody saw it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** The errors in a job's folder. */
export class RankFailures {
  readonly #ranks: readonly RankError[];
  readonly #nodes: readonly NodeError[];

  constructor(job: string) {
    const files = readdirSync(job).filter((file) => file.endsWith('.error.json'));
    const read = <T>(beginning: string): readonly T[] =>
      files.filter((file) => file.startsWith(beginning)).map((file) => readJson<T>(path.join(job, file)));
    this.#ranks = read<RankError>('rank-').toSorted((a, b) => a.timeMs - b.timeMs);
    this.#nodes = read<NodeError>('node-');
  }

  get isAny(): boolean {
    return this.#ranks.length + this.#nodes.length > 0;
  }

  /** Where nodes did not come together: what torchrun says of it. */
  get rendezvous(): string | null {
    return this.#nodes.find(({ message }) => message !== undefined)?.message ?? null;
  }

  /**
   * The first with a cause of its own. A rank that was killed says none, and is told by its signal; torchrun ends the
   * ranks that are left by SIGTERM. Where those that say something only missed another, that one is silent.
   *
   * @param count Ranks of the job.
   */
  first(count: number, printedBy: (rank: number) => readonly string[]): RankFailure | null {
    const told = this.#ranks.find(({ isConsequence }) => !isConsequence);
    if (told !== undefined) return failureOf(told);
    const seen = this.#nodes.flatMap(({ failures = [] }) => failures);
    const silent =
      seen.find(({ signal }) => signal !== null && signal !== 'SIGTERM') ?? this.#missing(count) ?? seen[0];
    if (silent !== undefined) return silentFailure(silent, printedBy(silent.rank));
    const [earliest] = this.#ranks;
    return earliest === undefined ? null : failureOf(earliest);
  }

  /** The one that all others missed, before torchrun has said how it ended. */
  #missing(count: number): SeenFailure | undefined {
    const said = new Set(this.#ranks.map(({ rank }) => rank));
    const silent = Array.from({ length: count }, (_, rank) => rank).filter((rank) => !said.has(rank));
    return said.size > 0 && silent.length === 1
      ? { rank: silent[0] as number, exitCode: null, signal: null }
      : undefined;
  }
}

function failureOf({ rank, kind, message, lastLines, hint, isOutOfMemory }: RankError): RankFailure {
  const memory = 'Use smaller micro-batches (execution.torch.tokensAtOnce), or more ranks.';
  return { rank, why: `failed: ${kind}: ${message}`, lastLines, hint: hint ?? (isOutOfMemory ? memory : null) };
}

/** Of a rank that wrote nothing down. */
function silentFailure({ rank, signal, exitCode }: SeenFailure, lastLines: readonly string[]): RankFailure {
  const hint = signal === 'SIGKILL' ? 'Often the system was out of memory: use fewer ranks or workers.' : null;
  const left = exitCode === null ? 'ended without a word' : `left with exit code ${exitCode}`;
  return { rank, why: signal === null ? left : `was ended by ${signal}`, lastLines, hint };
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
