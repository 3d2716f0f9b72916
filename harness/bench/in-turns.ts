/**
 * Two programs measured round by round in turn. On a machine whose speed drifts, only ratios within a round mean
 * anything.
 */
import { availableParallelism, cpus } from 'node:os';
import { median } from '../stats/index.ts';

export interface Round<Ours, Theirs> {
  readonly ours: Ours;
  readonly theirs: Theirs;
}

export interface RatioSummary {
  readonly ratioMedian: number;
  readonly ratioRange: readonly [number, number];
}

/** What ran before affects the first of a round, so the two take turns at being first. */
export async function inTurns<Ours, Theirs>(
  rounds: number,
  measureOurs: () => Promise<Ours>,
  measureTheirs: () => Promise<Theirs>,
): Promise<readonly Round<Ours, Theirs>[]> {
  const measured = await roundsInTurns<Ours | Theirs>(rounds, [measureOurs, measureTheirs]);
  return measured.map(([ours, theirs]) => ({ ours: ours as Ours, theirs: theirs as Theirs }));
}

/** What each program gave, round by round: every other round goes through them backwards. */
export async function roundsInTurns<T>(
  rounds: number,
  programs: readonly ((round: number) => Promise<T>)[],
): Promise<readonly (readonly T[])[]> {
  const measured: (readonly T[])[] = [];
  for (let round = 0; round < rounds; round++) {
    const forward = round % 2 === 0;
    const results: T[] = [];
    for (const measure of forward ? programs : programs.toReversed()) results.push(await measure(round));
    measured.push(forward ? results : results.toReversed());
  }
  return measured;
}

export function ratioSummary(ratios: readonly number[]): RatioSummary {
  const { median: ratioMedian, range: ratioRange } = spread(ratios);
  return { ratioMedian, ratioRange };
}

export interface Spread {
  readonly median: number;
  readonly range: readonly [number, number];
}

/** Of one number, round by round. */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), range: [Math.min(...values), Math.max(...values)] };
}

/** What every measurement is printed with. */
export function machineName(): string {
  return `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores`;
}
