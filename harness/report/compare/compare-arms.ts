/** Each treatment against every arm of another role, and the claim of the experiment. A unit is one seed. */
import { unique } from '../distinct.ts';
import type { OutcomesOf } from '../pair-outcomes.ts';
import type { Cell, Comparison } from '../report-types.ts';
import { contrasts, smallerBudgetContrasts } from './contrasts.ts';
import { cellsOf, draftsBySize, draftsOf, type Draft } from './drafts.ts';
import { judge } from './judge.ts';

export interface Compared {
  /** All comparisons of all tasks, headlines (`overall`) first, and the claim before them. */
  readonly comparisons: readonly Comparison[];
  /**
   * Budgets of a treatment below its largest against no pretraining, at one sample size. Without them a headline about
   * the largest budget would hide what too little pretraining costs.
   */
  readonly smallerBudgets: readonly Comparison[];
}

/** @param claim null where the experiment makes none, or none that can be judged. */
export function compareArms(cells: readonly Cell[], outcomesOf: OutcomesOf, claim: Draft | null): Compared {
  const main = withClaim(
    perTask(cells, (ofTask) => contrasts(ofTask).flatMap((one) => draftsOf(ofTask, one))),
    claim,
  );
  const smaller = perTask(cells, (ofTask) =>
    smallerBudgetContrasts(ofTask).flatMap((contrast) => draftsBySize(ofTask, contrast)),
  ).filter((draft) => claim === null || !isSame(draft, claim));
  const judged = judge([...main, ...smaller], outcomesOf);
  return {
    comparisons: judged.slice(0, main.length).toSorted((a, b) => rank(a) - rank(b)),
    smallerBudgets: judged.slice(main.length),
  };
}

const order = { overall: 1, samples: 2, model: 3, claim: 4 } as const;
const rank = ({ claim, scope }: Comparison): number => (claim === null ? order[scope] : 0);

/** A comparison that the page has anyway is the claim itself; the same test is never told twice in two ways. */
function withClaim(drafts: readonly Draft[], claim: Draft | null): readonly Draft[] {
  if (claim === null) return drafts;
  const isClaimed = drafts.map((draft) => isSame(draft, claim));
  if (!isClaimed.includes(true)) return [...drafts, claim];
  return drafts.map((draft, index) =>
    isClaimed[index] === true ? { ...draft, claim: claim.claim, survives: claim.survives } : draft,
  );
}

function isSame(a: Draft, b: Draft): boolean {
  const [first, second] = [cellsOf(a), cellsOf(b)];
  return first.length > 0 && first.length === second.length && first.every((cell, i) => isSameCell(cell, second[i]));
}

function isSameCell(a: Cell, b: Cell | undefined): boolean {
  const key = ({ task, model, arm, pretrainPairs, variant, samples, headline }: Cell): string =>
    JSON.stringify([task, model, arm.id, pretrainPairs, variant, samples, headline.name]);
  return b !== undefined && key(a) === key(b);
}

function perTask(cells: readonly Cell[], drafts: (ofTask: readonly Cell[]) => readonly Draft[]): readonly Draft[] {
  return unique(cells.map((cell) => cell.task)).flatMap((task) => drafts(cells.filter((cell) => cell.task === task)));
}
