/**
 * The trunk with forks: within one (model, objective, optimizer, schedule, pairs a step, seed) all WSD budgets are cut
 * from one run. Which budgets a plan needs has to be known before the first segment is planned, because each segment
 * continues the one before it.
 */
import type { PretrainSpec } from '../spec/experiment-schema.ts';
import { budgetPairs } from '../spec/index.ts';
import { canonicalJson } from './fingerprint.ts';

export type Budget = PretrainSpec['budget'];

/** What all budgets of one trunk share. */
export function trunkConfig({ budget: _budget, ...shared }: PretrainSpec): string {
  return canonicalJson(shared);
}

export class TrunkBudgets {
  readonly #budgets = new Map<string, Map<string, Budget>>();

  note(trunk: string, budget: Budget): void {
    const budgets = this.#budgets.get(trunk) ?? new Map<string, Budget>();
    this.#budgets.set(trunk, budgets.set(canonicalJson(budget), budget));
  }

  /**
   * The budget whose segment this one continues: the largest that is certain to be no longer. An equal-tokens run over
   * k pairs is longer than an equal-pairs run over k pairs, by how much only the data tells; so it may continue pairs
   * <= k, but pairs > k must not continue it.
   */
  before(trunk: string, budget: Budget): Budget | null {
    const shorter = [...(this.#budgets.get(trunk)?.values() ?? [])].filter((other) => isSurelyShorter(other, budget));
    return shorter.reduce<Budget | null>(
      (best, other) =>
        best === null || isSurelyShorter(best, other) || budgetPairs(other) > budgetPairs(best) ? other : best,
      null,
    );
  }
}

function isSurelyShorter(a: Budget, b: Budget): boolean {
  if ('pairs' in a === 'pairs' in b) return budgetPairs(a) < budgetPairs(b);
  return 'pairs' in a && budgetPairs(a) <= budgetPairs(b);
}
