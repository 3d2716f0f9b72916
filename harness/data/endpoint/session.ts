/** What all requests of one `askEndpoint` share. */
import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Budget } from './budget.ts';
import { Counter } from './counter.ts';
import type { Ledger } from './ledger.ts';
import { checkedBaseUrl, readKey, type EndpointIo, type EndpointOptions } from './options.ts';
import type { Target } from './refusal.ts';
import { Slots } from './slots.ts';

export class Session {
  readonly options: EndpointOptions;
  readonly target: Target;
  readonly secret: string | null;
  readonly budget: Budget;
  readonly counter: Counter;
  readonly slots: Slots;
  readonly note: (text: string) => void;
  /** Aborted by the user: requests in flight end too. */
  readonly given: AbortSignal;
  /** Aborted by the user or by a failure: nothing new is sent, requests in flight are still received. */
  readonly halted: AbortSignal;
  readonly #failed = new AbortController();
  #pause: Promise<void> = Promise.resolve();

  /** @throws UserError (2) for options that contradict each other, or a key that is not there. */
  constructor(options: EndpointOptions, io: EndpointIo) {
    const baseUrl = checkedBaseUrl(options);
    const path = options.api === 'chat' ? 'chat/completions' : 'completions';
    this.options = options;
    this.target = { baseUrl, url: `${baseUrl}/${path}`, options };
    this.secret = readKey(options);
    this.budget = new Budget(options);
    this.counter = new Counter(this.budget);
    this.slots = new Slots(options.concurrency);
    this.note = (text) => io.note(`${this.target.url}: ${text}`);
    this.given = AbortSignal.any(io.signal === undefined ? [] : [io.signal]);
    this.halted = AbortSignal.any([this.given, this.#failed.signal]);
    // One listener a request in flight: no leak.
    setMaxListeners(0, this.given, this.halted);
  }

  /** Sends nothing new from now on. */
  halt(reason: unknown): void {
    this.#failed.abort(reason);
  }

  /** @throws the reason of the halt. */
  async sleep(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.halted }).catch(() => this.halted.throwIfAborted());
  }

  /** A server that names a time means all requests, not only the one it refused. */
  pauseAll(ms: number): void {
    this.#pause = Promise.all([this.#pause, this.sleep(ms)]).then(() => undefined);
    this.#pause.catch(() => undefined); // whoever waits for it is told
  }

  /** @throws the reason of the halt. */
  async ready(): Promise<void> {
    await this.#pause;
    this.halted.throwIfAborted();
  }

  /** Without the key, which a server may repeat in its messages. */
  redact(text: string): string {
    return this.secret === null ? text : text.replaceAll(this.secret, '[key]');
  }

  headers(): Record<string, string> {
    return {
      accept: 'application/json',
      'user-agent': 'harness',
      ...(this.secret === null ? {} : { authorization: `Bearer ${this.secret}` }),
    };
  }
}

/** A session with its ledger open. */
export interface OpenSession {
  readonly session: Session;
  readonly ledger: Ledger;
}
