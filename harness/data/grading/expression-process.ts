/**
 * Compares expressions in a child process: an expression can keep the engine busy for minutes or use all memory, and
 * only a process can be stopped. One child for all comparisons, started with the first one, replaced when it was
 * stopped or has died, and gone with its parent, because the channel between them closes.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UserError } from '../../spec/user-error.ts';
import type { Relation, Verdict } from './compare-answers.ts';

export interface MessageToEngine {
  readonly id: number;
  readonly a: string;
  readonly b: string;
  readonly relation: Relation;
}

export type MessageFromEngine =
  | { readonly kind: 'ready' }
  | { readonly kind: 'verdict'; readonly id: number; readonly verdict: Verdict }
  | { readonly kind: 'failure'; readonly message: string };

export interface ExpressionProcessOptions {
  /** For one comparison, by the wall clock. */
  readonly timeLimitMs?: number;
  /** Of the child's heap. */
  readonly memoryMegabytes?: number;
  /** The file it starts with. */
  readonly entry?: string;
}

/** A thousand times what a comparison usually takes: a slow or busy machine must not change a verdict. */
const usualTimeLimitMs = 2000;
const usualMemoryMegabytes = 512;
const startLimitMs = 60_000;
/** Longer expressions are not handed over: they come from responses that repeat themselves to their end. */
const longestExpression = 1000;

export interface ExpressionCounts {
  readonly asked: number;
  /** Stopped at the time limit. */
  readonly timedOut: number;
  /** Ended by the system or by its own error, twice for the same expressions. */
  readonly crashed: number;
}

export class ExpressionProcess {
  readonly #options: Required<ExpressionProcessOptions>;
  #child: Promise<ChildProcess> | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #id = 0;
  #counts = { asked: 0, timedOut: 0, crashed: 0 };

  constructor({ timeLimitMs, memoryMegabytes, entry }: ExpressionProcessOptions = {}) {
    this.#options = {
      timeLimitMs: timeLimitMs ?? usualTimeLimitMs,
      memoryMegabytes: memoryMegabytes ?? usualMemoryMegabytes,
      entry: entry ?? entryFile(),
    };
  }

  get counts(): ExpressionCounts {
    return this.#counts;
  }

  /** Of the child; null where none runs. */
  async pid(): Promise<number | null> {
    return (await this.#child)?.pid ?? null;
  }

  /** One after the other. null: not in time, too long, or the child died of it. @throws UserError (4): no engine. */
  compare(a: string, b: string, relation: Relation): Promise<Verdict> {
    if (a.length > longestExpression || b.length > longestExpression) return Promise.resolve(null);
    const verdict = this.#last.then(() => this.#ask({ id: (this.#id += 1), a, b, relation }));
    this.#last = verdict.catch(() => null);
    return verdict;
  }

  /** Ends the child. The next comparison would start another one. */
  async close(): Promise<void> {
    await this.#last;
    const child = await this.#child?.catch(() => null);
    this.#child = null;
    if (child?.connected === true) child.disconnect();
  }

  async #ask(question: MessageToEngine): Promise<Verdict> {
    this.#counts.asked += 1;
    const first = await this.#attempt(question);
    if (first !== 'died') return first;
    // Killed from outside, perhaps, and not by these expressions.
    const second = await this.#attempt(question);
    if (second !== 'died') return second;
    this.#counts.crashed += 1;
    return null;
  }

  async #attempt(question: MessageToEngine): Promise<Verdict | 'died'> {
    this.#child ??= this.#start();
    const child = await this.#child.catch((error: unknown) => {
      this.#child = null;
      throw error;
    });
    hold(child, true);
    const answer = await exchange(child, question, this.#options.timeLimitMs);
    if (answer === 'late') this.#counts.timedOut += 1;
    if (answer === 'late' || answer === 'died') {
      child.kill('SIGKILL');
      this.#child = null;
    } else hold(child, false);
    return answer === 'late' ? null : answer;
  }

  #start(): Promise<ChildProcess> {
    const { entry, memoryMegabytes } = this.#options;
    const child = fork(entry, [], {
      execArgv: [`--max-old-space-size=${memoryMegabytes}`, ...(entry.endsWith('.ts') ? throughTsx() : [])],
      // It reports an abort for want of memory there; the verdict says it to us.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => fail('it did not start in time'), startLimitMs);
      const fail = (reason: string): void => {
        clearTimeout(limit);
        child.kill('SIGKILL');
        reject(notStarted(reason));
      };
      child.once('error', ({ message }) => fail(message));
      child.once('exit', (code, signal) => fail(`it was ended by ${signal ?? `exit code ${code ?? '?'}`}`));
      child.once('message', (message: MessageFromEngine) => {
        if (message.kind === 'failure') return fail(message.message);
        clearTimeout(limit);
        child.removeAllListeners();
        child.on('error', () => {});
        resolve(child);
      });
    });
  }
}

function notStarted(reason: string): UserError {
  return new UserError(`the process that compares expressions could not be started: ${reason}`, {
    exitCode: 4,
    hint: 'Run the same command again; in a checkout, "npm ci" installs the engine that it loads.',
  });
}

function exchange(
  child: ChildProcess,
  question: MessageToEngine,
  timeLimitMs: number,
): Promise<Verdict | 'late' | 'died'> {
  return new Promise((resolve) => {
    const end = (result: Verdict | 'late' | 'died'): void => {
      clearTimeout(limit);
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(result);
    };
    const onMessage = (message: MessageFromEngine): void => {
      if (message.kind === 'verdict' && message.id === question.id) end(message.verdict);
    };
    const onExit = (): void => end('died');
    const limit = setTimeout(() => end('late'), timeLimitMs);
    child.on('message', onMessage);
    child.on('exit', onExit);
    if (!child.connected) return end('died');
    child.send(question, (error) => error !== null && end('died'));
  });
}

/** An idle child does not keep its parent alive. */
function hold(child: ChildProcess, isBusy: boolean): void {
  if (isBusy) child.ref();
  else child.unref();
  if (isBusy) child.channel?.ref();
  else child.channel?.unref();
}

/** Sources run through tsx, which an installed package does not have. */
function throughTsx(): readonly string[] {
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}

function entryFile(): string {
  const here = fileURLToPath(import.meta.url);
  return join(dirname(here), `expression-entry${extname(here)}`);
}
