/** What a ledger says of requests that have no answer yet. */
import { askerName, isAlive, type Asker } from './asker.ts';
import type { Failure, Intent } from './ledger-line.ts';

type Open = Pick<Intent, 'id' | 'by'>;

interface Unanswered {
  /** Attempts that nothing has closed, in the order of the file. */
  readonly open: Open[];
  /** Closed attempts that may have been charged. */
  mayBeBought: number;
  /** Answers of no use, which a server that knows idempotency keys would give again. */
  useless: number;
}

export class Attempts {
  readonly #unanswered = new Map<string, Unanswered>();

  /** The next line of the ledger. */
  take(line: Intent | Failure): void {
    const state = this.#unanswered.get(line.sha) ?? { open: [], mayBeBought: 0, useless: 0 };
    this.#unanswered.set(line.sha, state);
    if (line.kind === 'intent') state.open.push({ id: line.id, by: line.by });
    else close(state, line);
  }

  /** The request has its answer. */
  forget(sha: string): void {
    this.#unanswered.delete(sha);
  }

  /** Attempts that may have been charged without an answer to show for it; those of processes that run do not count. */
  mayBeBought(sha: string): number {
    const { open = [], mayBeBought = 0 } = this.#unanswered.get(sha) ?? {};
    return mayBeBought + open.filter(({ by }) => !isAlive(by)).length;
  }

  /** Answers of no use, which a server that knows idempotency keys would give again. */
  useless(sha: string): number {
    return this.#unanswered.get(sha)?.useless ?? 0;
  }

  /** Who else asks the same right now, and began before the attempt `id` of `me` did; null = nobody. */
  rival(sha: string, me: Asker, id: string | null): Asker | null {
    const open = this.#unanswered.get(sha)?.open ?? [];
    const mine = open.findIndex((intent) => intent.id === id);
    const before = mine < 0 ? open : open.slice(0, mine);
    return before.find(({ by }) => askerName(by) !== askerName(me) && isAlive(by))?.by ?? null;
  }
}

function close(state: Unanswered, line: Failure): void {
  state.mayBeBought += line.mayBeBought ? 1 : 0;
  state.useless += isFinal(line) ? 1 : 0;
  const index = state.open.findIndex(({ id }) => id === line.id);
  if (index >= 0) state.open.splice(index, 1);
}

/** An answer to what was asked, be it an error. Others (too busy, a lost gateway) say that there is none yet. */
function isFinal({ status, mayBeBought }: Failure): boolean {
  return status === 200 || (status !== null && status >= 500 && !mayBeBought);
}
