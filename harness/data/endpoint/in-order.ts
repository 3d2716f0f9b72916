/** Answers in the order of the requests, out of a window of requests that are worked on together. */
import { buyOne, fromLedger } from './ask-one.ts';
import type { Completion } from './options.ts';
import type { ReadCompletion } from './read-answer.ts';
import type { Request } from './request.ts';
import type { OpenSession, Session } from './session.ts';

/** A request, and its answer where the ledger has one. */
export interface LookedUp {
  readonly request: Request;
  readonly kept: ReadCompletion | null;
}

/** Wide enough that one slow answer does not leave the server idle. */
const windowOf = ({ options }: Session): number => options.concurrency * 8;

/**
 * Looks each request up in the ledger. With a budget, a window ahead: an interrupted call has bought as far ahead of
 * its first gap, and that is spent before the gap is filled.
 */
export async function* lookUp(open: OpenSession, requests: AsyncIterable<Request>): AsyncGenerator<LookedUp> {
  const { tokens, money } = open.session.options.budget;
  const ahead = tokens === null && money === null ? 0 : windowOf(open.session);
  const found: LookedUp[] = [];
  for await (const request of requests) {
    open.session.given.throwIfAborted();
    found.push({ request, kept: await fromLedger(open, request, 0) });
    if (found.length > ahead) yield found.shift() as LookedUp;
  }
  yield* found;
}

export class Queue {
  readonly #open: OpenSession;
  readonly #answers: Promise<ReadCompletion>[] = [];
  /** By sha: a request that is asked twice in a window is one request. */
  readonly #pending = new Map<string, Promise<ReadCompletion>>();
  #unanswered = 0;

  constructor(open: OpenSession) {
    this.#open = open;
  }

  /** Requests that ended without an answer. */
  get unanswered(): number {
    return this.#unanswered;
  }

  get length(): number {
    return this.#answers.length;
  }

  get isFull(): boolean {
    return this.#answers.length >= windowOf(this.#open.session);
  }

  push({ request, kept }: LookedUp): void {
    const answer = kept === null ? this.#pending.get(request.sha) : Promise.resolve(kept);
    this.#answers.push(answer ?? this.#start(request));
  }

  /** The answer to the oldest request. @throws as `buyOne` */
  async take(): Promise<Completion> {
    const { key, text, finish, promptTokens, completionTokens } = (await this.#answers.shift()) as ReadCompletion;
    return { key, text, finish, promptTokens, completionTokens };
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#pending.values());
  }

  #start(request: Request): Promise<ReadCompletion> {
    const answer = buyOne(this.#open, request).finally(() => this.#pending.delete(request.sha));
    this.#pending.set(request.sha, answer);
    // Whoever takes it is told of the failure; here it is only counted.
    answer.catch(() => (this.#unanswered += 1));
    return answer;
  }
}

export async function* inOrder(queue: Queue, requests: AsyncGenerator<LookedUp>): AsyncGenerator<Completion> {
  // Not for-await, which would end `requests` after a failure: the rest of it is counted then.
  for (let next = await requests.next(); next.done !== true; next = await requests.next()) {
    queue.push(next.value);
    if (queue.isFull) yield await queue.take();
  }
  while (queue.length > 0) yield await queue.take();
}

/** Requests that have no answer, after a failure. */
export async function countLeft(queue: Queue, requests: AsyncGenerator<LookedUp>): Promise<number> {
  await queue.settled();
  let left = queue.unanswered;
  for await (const { kept } of requests) left += kept === null ? 1 : 0;
  return left;
}
