/** Answers in the order of the requests, out of a window of requests that are worked on together. */
import { askOne } from './ask-one.ts';
import type { Completion } from './options.ts';
import type { ReadCompletion } from './read-answer.ts';
import type { Request } from './request.ts';
import type { OpenSession } from './session.ts';

/** Wide enough that one slow answer does not leave the server idle. */
const windowPerSlot = 8;

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
    return this.#answers.length >= this.#open.session.options.concurrency * windowPerSlot;
  }

  push(request: Request): void {
    this.#answers.push(this.#pending.get(request.sha) ?? this.#start(request));
  }

  /** The answer to the oldest request. @throws as `askOne` */
  async take(): Promise<Completion> {
    const { key, text, finish, promptTokens, completionTokens } = (await this.#answers.shift()) as ReadCompletion;
    return { key, text, finish, promptTokens, completionTokens };
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#pending.values());
  }

  #start(request: Request): Promise<ReadCompletion> {
    const answer = askOne(this.#open, request).finally(() => this.#pending.delete(request.sha));
    this.#pending.set(request.sha, answer);
    // Whoever takes it is told of the failure; here it is only counted.
    answer.catch(() => (this.#unanswered += 1));
    return answer;
  }
}

export async function* inOrder(queue: Queue, requests: AsyncGenerator<Request>): AsyncGenerator<Completion> {
  // Not for-await, which would end `requests` after a failure: the rest of it is counted then.
  for (let next = await requests.next(); next.done !== true; next = await requests.next()) {
    queue.push(next.value);
    if (queue.isFull) yield await queue.take();
  }
  while (queue.length > 0) yield await queue.take();
}

/** Requests that have no answer, after a failure. */
export async function countLeft(
  queue: Queue,
  requests: AsyncGenerator<Request>,
  { ledger }: OpenSession,
): Promise<number> {
  await queue.settled();
  let left = queue.unanswered;
  for await (const { sha } of requests) left += ledger.has(sha) ? 0 : 1;
  return left;
}
