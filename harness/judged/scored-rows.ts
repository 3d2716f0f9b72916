/** Rewards that were just computed as rows of scores, so that they are judged like those of a file. */
import { noFacts } from './formats/score-format.ts';
import type { PlacedRow } from './read-scores.ts';

export interface ScoredRow {
  readonly id: string;
  readonly set: 'pairs' | 'pool';
  readonly rewards: Iterable<number>;
}

/** @param name What messages call them. */
export function scoredRows(rows: readonly ScoredRow[], name: string): readonly PlacedRow[] {
  return rows.map(({ id, set, rewards }, index) => ({
    id,
    set,
    scores: { kind: 'list', scores: [...rewards] },
    own: noFacts,
    model: null,
    place: `${name}:${index + 1}`,
  }));
}
