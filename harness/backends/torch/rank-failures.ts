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
  readonly failures?: readonly {
    readonly rank: number;
    readonly exitCode: number;
    readonly signal: string | null;
  }[];
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
   * The first with a cause of its own; a rank that was killed says none, and is told by its signal. torchrun ends the
   * ranks that are left by SIGTERM.
   */
  first(printedBy: (rank: number) => readonly string[]): RankFailure | null {
    const own = this.#ranks.find(({ isConsequence }) => !isConsequence);
    if (own !== undefined) return failureOf(own);
    const seen = this.#nodes.flatMap(({ failures = [] }) => failures);
    const killed = seen.find(({ signal }) => signal !== null && signal !== 'SIGTERM');
    if (killed !== undefined) return killedRank(killed.rank, killed.signal ?? '', printedBy(killed.rank));
    const [earliest] = this.#ranks;
    if (earliest !== undefined) return failureOf(earliest);
    const silent = seen[0];
    if (silent === undefined) return null;
    const why = silent.signal === null ? `left with exit code ${silent.exitCode}` : `was ended by ${silent.signal}`;
    return { rank: silent.rank, why, lastLines: printedBy(silent.rank), hint: null };
  }
}

function failureOf({ rank, kind, message, lastLines, hint, isOutOfMemory }: RankError): RankFailure {
  const memory = 'Use smaller micro-batches (execution.torch.tokensAtOnce), or more ranks.';
  return { rank, why: `failed: ${kind}: ${message}`, lastLines, hint: hint ?? (isOutOfMemory ? memory : null) };
}

function killedRank(rank: number, signal: string, lastLines: readonly string[]): RankFailure {
  const hint = signal === 'SIGKILL' ? 'Often the system was out of memory: use fewer ranks or workers.' : null;
  return { rank, why: `was ended by ${signal}`, lastLines, hint };
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
