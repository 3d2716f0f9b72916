/**
 * What a reader must know of a claim besides its outcome: that it cannot be judged, that its arms sit at the edge of
 * what was tried, or that another one stood here.
 */
import { isSameClaim, type ClaimSpec, type RegisteredClaim } from '../../spec/index.ts';
import { isAt } from '../arm-points.ts';
import { chosenAt, edgesOf } from '../edges.ts';
import { armLabel, listText } from '../format.ts';
import { isControl } from '../novelty.ts';
import type { ArmPoint, Cell, Comparison } from '../report-types.ts';
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

/**
 * Where an arm of the claim took the smallest or the largest value that was tried, here or where the claim has to
 * survive: it may have been trained worse than it could be, and the claim compares arms at their best.
 */
export function claimEdgeNotes({ comparisons, cells, tried }: ExperimentView): readonly string[] {
  const claimed = comparisons.find(({ claim }) => claim !== null);
  if (claimed === undefined) return [];
  const points = [claimed, claimed.claim?.survival ?? []].flat().flatMap((one) => [one.treatment, one.reference]);
  return Object.entries(tried).flatMap(([path, values]) =>
    edgesOf(values).flatMap(({ value, where }) => {
      const taken = points.filter((point) => chosenAt(cellsAt(point, claimed.task, cells), path).includes(value));
      if (taken.length === 0) return [];
      const arms = listText(taken.map((point) => armLabel(point)));
      return [
        `The claim rests on ${path} ${value}, the ${where} that was tried, for ${arms}: a better one may lie beyond.`,
      ];
    }),
  );
}

const cellsAt = (point: ArmPoint, task: string, cells: readonly Cell[]): readonly Cell[] =>
  cells.filter((cell) => cell.task === task && isAt(cell, point));

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
