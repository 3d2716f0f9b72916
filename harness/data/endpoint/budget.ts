/** What may be spent, what is spent, and what the requests in flight can cost at most. */
import type { EndpointOptions } from './options.ts';
import type { Request } from './request.ts';

export interface Cost {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** The budget does not allow the next request, even with none in flight. */
export class BudgetReached extends Error {}

/** Of what a chat template adds to a prompt. */
const templateTokens = 64;

/** A token of a byte-level vocabulary is one byte at least, so a prompt has no more tokens than bytes. */
export function mostOf(request: Request, { maxTokens, system }: EndpointOptions): Cost {
  const bytes = Buffer.byteLength(request.prompt) + Buffer.byteLength(system ?? '');
  return { promptTokens: bytes + templateTokens, completionTokens: maxTokens };
}

export class Budget {
  readonly #options: EndpointOptions;
  #tokens = 0;
  #money = 0;
  readonly #reserved = new Set<Cost>();
  #wake: (() => void)[] = [];

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  get spent(): { readonly tokens: number; readonly money: number | null } {
    return { tokens: this.#tokens, money: this.#options.price === null ? null : this.#money };
  }

  spend(cost: Cost, times = 1): void {
    this.#tokens += times * tokensOf(cost);
    this.#money += times * this.priceOf(cost);
  }

  /** Waits for requests in flight where only what they turn out to cost can tell. @throws BudgetReached */
  async reserve(most: Cost): Promise<void> {
    while (!this.#fits(most)) {
      if (this.#reserved.size === 0) throw new BudgetReached();
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    this.#reserved.add(most);
  }

  /** The request is settled: `cost` is what it came to. */
  settle(most: Cost, cost: Cost | null): void {
    this.#reserved.delete(most);
    if (cost !== null) this.spend(cost);
    for (const wake of this.#wake.splice(0)) wake();
  }

  priceOf({ promptTokens, completionTokens }: Cost): number {
    const { price } = this.#options;
    if (price === null) return 0;
    return (promptTokens * price.perMillionPromptTokens + completionTokens * price.perMillionCompletionTokens) / 1e6;
  }

  #fits(most: Cost): boolean {
    const { tokens, money } = this.#options.budget;
    const all = [...this.#reserved, most];
    const mostTokens = all.reduce((sum, cost) => sum + tokensOf(cost), this.#tokens);
    const mostMoney = all.reduce((sum, cost) => sum + this.priceOf(cost), this.#money);
    return (tokens === null || mostTokens <= tokens) && (money === null || mostMoney <= money);
  }
}

const tokensOf = ({ promptTokens, completionTokens }: Cost): number => promptTokens + completionTokens;
