/** Counts what was asked, kept, repeated and used. */
import type { Budget } from './budget.ts';
import type { EndpointCounts } from './options.ts';
import type { ReadCompletion } from './read-answer.ts';

export class Counter {
  readonly #budget: Budget;
  readonly #retries = new Map<string, number>();
  #sent = 0;
  #fromLedger = 0;
  #promptTokens = 0;
  #completionTokens = 0;
  #estimated = 0;
  #possiblyBoughtTwice = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  sent(): void {
    this.#sent += 1;
  }

  /** Returns how often this reason was counted before. */
  retry(reason: string): number {
    const before = this.#retries.get(reason) ?? 0;
    this.#retries.set(reason, before + 1);
    return before;
  }

  /** `boughtBefore`: earlier attempts of the same request that may have been charged. */
  completion(completion: ReadCompletion, boughtBefore: number, isFromLedger: boolean): void {
    this.#fromLedger += isFromLedger ? 1 : 0;
    this.#promptTokens += completion.promptTokens;
    this.#completionTokens += completion.completionTokens;
    this.#estimated += completion.estimated ? 1 : 0;
    this.#possiblyBoughtTwice += boughtBefore;
  }

  get estimated(): number {
    return this.#estimated;
  }

  counts(): EndpointCounts {
    const [promptTokens, completionTokens] = [this.#promptTokens, this.#completionTokens];
    const spentAtMost = this.#budget.spent;
    return {
      sent: this.#sent,
      fromLedger: this.#fromLedger,
      retries: Object.fromEntries([...this.#retries].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      promptTokens,
      completionTokens,
      estimated: this.#estimated,
      money: spentAtMost.money === null ? null : this.#budget.priceOf({ promptTokens, completionTokens }),
      possiblyBoughtTwice: this.#possiblyBoughtTwice,
      spentAtMost,
    };
  }
}
