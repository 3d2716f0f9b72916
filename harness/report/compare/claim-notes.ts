/** What a reader must know of a claim besides its outcome: that it cannot be judged, or that another one stood here. */
import { isSameClaim, type ClaimSpec, type RegisteredClaim } from '../../spec/index.ts';
import { isControl } from '../novelty.ts';
import type { Cell, Comparison } from '../report-types.ts';
import type { ExperimentView } from '../view.ts';
import { currentClaim, type Claimed } from './claim.ts';

export function claimNotes(
  claimed: Claimed,
  { comparisons, cells }: Pick<ExperimentView, 'comparisons' | 'cells'>,
): readonly string[] {
  const claim = currentClaim(claimed);
  const isJudged = comparisons.some((comparison) => comparison.claim !== null);
  const missing = claim === null || isJudged ? [] : [missingText(claim)];
  return [...missing, ...controlNotes(comparisons, cells), ...droppedClaims(claim, claimed).map(droppedNote)];
}

const missingText = (claim: ClaimSpec): string =>
  `The claim (${claimText(claim)}) cannot be judged: the recorded sweep lacks an arm, a task or a budget of it.`;

/** A claim on a task whose test asks the questions of its training. */
function controlNotes(comparisons: readonly Comparison[], cells: readonly Cell[]): readonly string[] {
  return comparisons
    .filter(({ claim, task }) => claim !== null && isControl({ cells: cells.filter((cell) => cell.task === task) }))
    .map(
      ({ task }) => `The claim rests on ${task}, a control: what its models learn may be the forms of its questions.`,
    );
}

/** Claims that were there before the first result, and are not what is judged now. A report must not lose them. */
function droppedClaims(claim: ClaimSpec | null, { registered, firstResultAt }: Claimed): readonly RegisteredClaim[] {
  if (firstResultAt === null) return [];
  const last = registered.findLast(({ registeredAt }) => registeredAt < firstResultAt);
  return last === undefined || last.claim === null || isSameClaim(last.claim, claim) ? [] : [last];
}

function droppedNote({ claim, registeredAt }: RegisteredClaim): string {
  const text = claim === null ? '' : ` (${claimText(claim)})`;
  return `Before the first result another claim was registered on ${registeredAt.slice(0, 10)}${text}.`;
}

function claimText({ treatment, reference, metric, direction, task }: ClaimSpec): string {
  const where = [task === null ? '' : ` on ${task}`, metric === null ? '' : ` in ${metric}`].join('');
  return `${treatment} ${direction === 'different' ? 'differs from' : `is ${direction} than`} ${reference}${where}`;
}
