/**
 * A benchmark's own way to score: which items count together, how ties count, and how sections are weighted. One file a
 * benchmark, one entry in `index.ts`. Types and the groupings that several of them share.
 */
import type { Item, Metric } from '../item.ts';

export interface Scoring {
  /** Its metrics begin with it: `rewardbench` gives `eval/rewardbench_score`. */
  readonly name: string;
  /** Increased when equal items get other scores; from 2 on it enters the identity of the tasks that use it. */
  readonly version: number;
  /**
   * By names without the scoring's own (`score`, `chat_hard`). What is not defined is left out, such as the score of a
   * section of which there is no item.
   *
   * @param items Of one test split, all rewards finite. Those of other tasks give no metrics.
   */
  metrics(items: readonly Item[], settings: ScoringSettings): readonly Metric[];
}

/** Numbers that a task's section decides about its scoring, such as a threshold. */
export type ScoringSettings = Readonly<Record<string, number>>;

/** How a task is scored, as its stage writes it for those that evaluate. */
export interface TaskScoring {
  /** Of a `Scoring`. */
  readonly name: string;
  readonly settings: ScoringSettings;
}

/** Values by key, keys in the order in which they come first. */
export function groupedBy<Value>(
  values: readonly Value[],
  keyOf: (value: Value) => string,
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return groups;
}

/** NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** A section's name as part of a metric's: `Chat Hard` is `chat_hard`. */
export function metricName(section: string): string {
  return section
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '');
}
