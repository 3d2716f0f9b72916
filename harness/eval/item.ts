/** One scored response: what every metric here reads, and what the database keeps. Types and small groupings. */

export interface Item {
  /** `pairs`: candidate 0 is the chosen response, 1 the rejected one. `pool`: a question of best-of-N. */
  readonly set: 'pairs' | 'pool';
  readonly itemId: string;
  /** What statistics must resample together: a question, twins of questions, or a function. */
  readonly group: string;
  readonly candidate: number;
  /** float32, as stored. */
  readonly reward: number;
  /** null: the grader could not tell. Counts as wrong, and bounds say what it could change. */
  readonly isCorrect: boolean | null;
  readonly tokens: number;
  /** Final answer for majority vote; null where none could be read, and for pairs. */
  readonly answer: string | null;
  /** Section of a benchmark that the item belongs to; null where the task has none. */
  readonly subset: string | null;
  /** Who wrote the response (`<origin>/<model>`); null where it is not known. */
  readonly source: string | null;
}

export interface Metric {
  readonly name: string;
  readonly value: number;
}

export interface ScoredPair {
  readonly itemId: string;
  readonly chosen: Item;
  readonly rejected: Item;
}

/**
 * Pairs in the order of their first item. Throws RangeError on a pair without both responses: half a pair would
 * silently shrink n.
 */
export function pairsOf(items: readonly Item[]): ScoredPair[] {
  return [...byItem(items, 'pairs')].map(([itemId, rows]) => {
    const chosen = rows.find((row) => row.candidate === 0);
    const rejected = rows.find((row) => row.candidate === 1);
    if (chosen === undefined || rejected === undefined || rows.length !== 2)
      throw new RangeError(
        `pair ${itemId}: expected candidates 0 and 1, found ${rows.map((row) => row.candidate).join(', ')}`,
      );
    return { itemId, chosen, rejected };
  });
}

/** Candidates of each pool question, in the order of the items. */
export function questionsOf(items: readonly Item[]): (readonly Item[])[] {
  return [...byItem(items, 'pool').values()];
}

/** Whether anybody can vote: programs and options have no final answer. */
export function hasAnswers(items: readonly Item[]): boolean {
  return items.some(({ answer }) => answer !== null);
}

function byItem(items: readonly Item[], set: Item['set']): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    if (item.set !== set) continue;
    const rows = groups.get(item.itemId);
    if (rows === undefined) groups.set(item.itemId, [item]);
    else rows.push(item);
  }
  return groups;
}
