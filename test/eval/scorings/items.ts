/** Items of a benchmark by their rewards, and what a scoring makes of them. */
import { scoringMetrics, type Item, type ScoringSettings } from '../../../harness/eval/index.ts';

interface Scored {
  readonly id: string;
  readonly subset: string;
}

/** A pair: rewards of the chosen and of the rejected response. */
export function pair({ id, subset }: Scored, chosen: number, rejected: number): Item[] {
  return items('pairs', { id, subset }, [
    [chosen, true],
    [rejected, false],
  ]);
}

/** A question of the pool: [reward, whether it is right]. */
export function question(of: Scored, candidates: readonly (readonly [number, boolean | null])[]): Item[] {
  return items('pool', of, candidates);
}

/** By names without the phase and the scoring. */
export function scoresOf(
  scoring: string,
  all: readonly Item[],
  settings: ScoringSettings = {},
): Readonly<Record<string, number>> {
  const metrics = scoringMetrics({ name: scoring, settings }, all);
  return Object.fromEntries(metrics.map(({ name, value }) => [name.replace(`eval/${scoring}_`, ''), value]));
}

function items(set: Item['set'], { id, subset }: Scored, of: readonly (readonly [number, boolean | null])[]): Item[] {
  return of.map(([reward, isCorrect], candidate) => ({
    set,
    itemId: id,
    group: id,
    candidate,
    reward,
    isCorrect,
    tokens: 10 + candidate,
    answer: null,
    subset,
    source: null,
  }));
}
