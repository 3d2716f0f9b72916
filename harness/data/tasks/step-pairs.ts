/**
 * Pairs of steps: solutions of one question that begin with the same right steps and then part, one with a right step,
 * another with its first wrong one. Prompt and beginning are the same, so only the step itself can tell them apart.
 */
import type { Step } from './shepherd-rows.ts';

export interface StepPair {
  /** Right steps that both solutions share, each a line; empty at the first step. */
  readonly beginning: string;
  readonly chosen: string;
  readonly rejected: string;
  /** `<steps before>:<right>><wrong>`, numbered in the order in which they were met. */
  readonly id: string;
}

interface Fork {
  readonly depth: number;
  readonly right: Set<string>;
  readonly wrong: Set<string>;
}

/** A step that is called right by one solution and wrong by another, behind the same steps, is in no pair. */
export function stepPairs(solutions: readonly (readonly Step[])[]): StepPair[] {
  return [...forksOf(solutions)].flatMap(([beginning, { depth, right, wrong }], fork) => {
    const chosen = [...right].filter((text) => !wrong.has(text));
    const rejected = [...wrong].filter((text) => !right.has(text));
    return chosen.flatMap((better, r) =>
      rejected.map((worse, w) => ({
        beginning,
        chosen: better,
        rejected: worse,
        id: `${fork}-${depth}:${r}>${w}`,
      })),
    );
  });
}

/** By the text before them. What comes behind a wrong step is in none. */
function forksOf(solutions: readonly (readonly Step[])[]): ReadonlyMap<string, Fork> {
  const forks = new Map<string, Fork>();
  for (const steps of solutions) {
    let beginning = '';
    for (const [depth, { text, isRight }] of steps.entries()) {
      const fork = forks.get(beginning) ?? { depth, right: new Set(), wrong: new Set() };
      forks.set(beginning, fork);
      (isRight ? fork.right : fork.wrong).add(text);
      if (!isRight) break;
      beginning += `${text}\n`;
    }
  }
  return forks;
}
