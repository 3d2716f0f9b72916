/** Each treatment against every arm of another role. A unit is one seed of one model. */
import { unique } from '../distinct.ts';
import type { OutcomeTable } from '../pair-outcomes.ts';
import type { Cell, Comparison } from '../report-types.ts';
import { contrasts, smallerBudgetContrasts } from './contrasts.ts';
import { draftsBySize, draftsOf, type Draft } from './drafts.ts';
import { judge } from './judge.ts';

/** All comparisons of all tasks, headline (`overall`) first. */
export function compareArms(cells: readonly Cell[], outcomes: OutcomeTable): readonly Comparison[] {
  const order = { overall: 0, samples: 1, model: 2 } as const;
  const drafts = perTask(cells, (ofTask) => contrasts(ofTask).flatMap((contrast) => draftsOf(ofTask, contrast)));
  return judge(drafts, outcomes).toSorted((a, b) => order[a.scope] - order[b.scope]);
}

/**
 * Budgets of a treatment below its largest that are worse than no pretraining, at one sample size: a family of tests of
 * its own, told only where it is beyond noise. Without it a headline about the largest budget would hide what too
 * little pretraining costs.
 */
export function harmfulBudgets(cells: readonly Cell[], outcomes: OutcomeTable): readonly Comparison[] {
  const drafts = perTask(cells, (ofTask) =>
    smallerBudgetContrasts(ofTask).flatMap((contrast) => draftsBySize(ofTask, contrast)),
  );
  return judge(drafts, outcomes).filter(({ reading }) => reading === 'worse');
}

function perTask(cells: readonly Cell[], drafts: (ofTask: readonly Cell[]) => readonly Draft[]): readonly Draft[] {
  return unique(cells.map((cell) => cell.task)).flatMap((task) => drafts(cells.filter((cell) => cell.task === task)));
}
