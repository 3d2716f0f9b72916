/** The first wrong step of a solution, as rewards and a threshold find it. */

export interface Solution {
  /** Of its beginnings, one a step. */
  readonly rewards: readonly number[];
  /** Index of the first wrong step; -1 where none is. */
  readonly firstError: number;
}

/** Shares; NaN where there is no such solution. */
export interface FirstErrorF1 {
  readonly onErroneous: number;
  readonly onCorrect: number;
  /** Harmonic mean of the two; 0 where both are 0. */
  readonly f1: number;
}

export function f1At(solutions: readonly Solution[], threshold: number): FirstErrorF1 {
  const hits = (ones: readonly Solution[]): number =>
    ones.filter(({ rewards, firstError }) => rewards.findIndex((reward) => reward <= threshold) === firstError).length;
  const [erroneous, correct] = [solutions.filter(hasError), solutions.filter((one) => !hasError(one))];
  return f1Of({ onErroneous: hits(erroneous) / erroneous.length, onCorrect: hits(correct) / correct.length });
}

/**
 * The threshold with the highest F1: the middle of the best stretch between two rewards, the lowest of equally good
 * ones. Null without solutions of both kinds.
 */
export function bestThreshold(solutions: readonly Solution[]): number | null {
  const erroneous = solutions.filter(hasError).length;
  const correct = solutions.length - erroneous;
  if (erroneous === 0 || correct === 0) return null;
  const changes = hitChanges(solutions);
  let best = { f1: -1, threshold: NaN };
  let [hitErroneous, hitCorrect] = [0, correct];
  for (const [index, { at, onErroneous, onCorrect }] of changes.entries()) {
    hitErroneous += onErroneous;
    hitCorrect += onCorrect;
    const { f1 } = f1Of({ onErroneous: hitErroneous / erroneous, onCorrect: hitCorrect / correct });
    const end = changes[index + 1]?.at ?? at;
    if (f1 > best.f1) best = { f1, threshold: (at + end) / 2 };
  }
  return best.threshold;
}

interface HitChange {
  readonly at: number;
  readonly onErroneous: number;
  readonly onCorrect: number;
}

/**
 * How the hits change as the threshold rises from below all rewards, at each value where they do. A solution without an
 * error is hit until its lowest reward is reached; one whose step L is wrong from the reward of L on, until a step
 * before it is reached.
 */
function hitChanges(solutions: readonly Solution[]): readonly HitChange[] {
  const changes = new Map<number, HitChange>();
  const add = (at: number, onErroneous: number, onCorrect: number): void => {
    const before = changes.get(at) ?? { at, onErroneous: 0, onCorrect: 0 };
    changes.set(at, { at, onErroneous: before.onErroneous + onErroneous, onCorrect: before.onCorrect + onCorrect });
  };
  for (const { rewards, firstError } of solutions) {
    if (firstError === -1) {
      add(Math.min(...rewards), 0, -1);
      continue;
    }
    const [from, until] = [rewards[firstError] as number, Math.min(...rewards.slice(0, firstError))];
    if (from >= until) continue;
    add(from, 1, 0);
    if (Number.isFinite(until)) add(until, -1, 0);
  }
  return [...changes.values()].toSorted((a, b) => a.at - b.at);
}

function f1Of({ onErroneous, onCorrect }: Omit<FirstErrorF1, 'f1'>): FirstErrorF1 {
  const sum = onErroneous + onCorrect;
  return { onErroneous, onCorrect, f1: sum === 0 ? 0 : (2 * onErroneous * onCorrect) / sum };
}

function hasError({ firstError }: Solution): boolean {
  return firstError !== -1;
}
