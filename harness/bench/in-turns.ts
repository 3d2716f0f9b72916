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
  const measured: Round<Ours, Theirs>[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const ours = await measureOurs();
      measured.push({ ours, theirs: await measureTheirs() });
    } else {
      const theirs = await measureTheirs();
      measured.push({ ours: await measureOurs(), theirs });
    }
  }
  return measured;
}

export function ratioSummary(ratios: readonly number[]): RatioSummary {
  return { ratioMedian: median(ratios), ratioRange: [Math.min(...ratios), Math.max(...ratios)] };
}

/** What every measurement is printed with. */
export function machineName(): string {
  return `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores`;
}
