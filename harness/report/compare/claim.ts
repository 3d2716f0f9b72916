/**
 * The claim of the experiment as a comparison: one contrast over all models and sample sizes of its task, and when it
 * was written down. A claim that came after the first result is judged as exploratory, for then it may have been chosen
 * by its result.
 */
import type { Arm } from '../../kinds/arms.ts';
import { metricLookup, type Metric } from '../../kinds/metrics.ts';
import type { TrialResult } from '../../record/trial-result.ts';
import { isSameClaim, type ClaimSpec, type RegisteredClaim } from '../../spec/index.ts';
import { largest } from '../arm-points.ts';
import { groupCells } from '../cells.ts';
import { headlineResolver } from '../headlines.ts';
import type { ReportKinds } from '../report-input.ts';
import type { ArmPoint, Cell, ClaimRegistration } from '../report-types.ts';
import { partner } from './contrasts.ts';
import { cellsOf, drafter, type Draft } from './drafts.ts';
import { isVariant } from '../variants.ts';
import { gridOf } from './units.ts';

export interface Claimed {
  /** What the experiment file says now; without it, what the last sweep recorded. */
  readonly claim?: ClaimSpec | null;
  /** What the sweeps recorded, the oldest first. */
  readonly registered: readonly RegisteredClaim[];
  /** ISO; null where nothing is scored yet, or nobody recorded it. */
  readonly firstResultAt: string | null;
}

/** The claim that a report is about. */
export const currentClaim = ({ claim, registered }: Claimed): ClaimSpec | null =>
  claim === undefined ? (registered.at(-1)?.claim ?? null) : claim;

export function registrationOf(claim: ClaimSpec, { registered, firstResultAt }: Claimed): ClaimRegistration {
  const last = registered.at(-1);
  if (last === undefined || !isSameClaim(last.claim, claim))
    return { status: 'unregistered', registeredAt: null, firstResultAt };
  const at = { registeredAt: last.registeredAt, firstResultAt };
  if (firstResultAt === null) return { status: 'unknown', ...at };
  if (last.registeredAt < firstResultAt) return { status: 'before', ...at };
  const wasThere = registered.some((one) => one.claim !== null && one.registeredAt < firstResultAt);
  return { status: wasThere ? 'changed' : 'after', ...at };
}

interface Trials extends Claimed {
  readonly trials: readonly TrialResult[];
  readonly headlines?: ReportKinds['headlines'];
}

interface Resolvers {
  readonly armNamed: (id: string) => Arm;
  readonly metricOf: (name: string) => Metric;
}

/** The claim about these trials, on its own metric; null where there is none or they lack what it names. */
export function claimOf(input: Trials, { armNamed, metricOf }: Resolvers): Draft | null {
  const claim = currentClaim(input);
  if (claim === null) return null;
  const headlineFor = headlinesOf(claim, input.headlines, metricOf);
  return claimDraft(groupCells(input.trials, { armNamed, headlineFor }), claim, input);
}

/** What the claim is judged by on its task. */
export function claimHeadline(claim: ClaimSpec, task: string, { metrics, headlines }: ReportKinds): Metric {
  return headlinesOf(claim, headlines, metricLookup(metrics))(task);
}

function headlinesOf(
  { metric }: ClaimSpec,
  headlines: ReportKinds['headlines'] = {},
  metricOf: Resolvers['metricOf'],
): (task: string) => Metric {
  return headlineResolver(metric === null ? headlines : {}, (name) => metricOf(metric ?? name));
}

/**
 * @param cells With the claim's metric for their headline.
 * @returns null where the sweep lacks what the claim names.
 */
export function claimDraft(cells: readonly Cell[], claim: ClaimSpec, claimed: Claimed): Draft | null {
  const draft = contrastDraft(cells, claim, claimed);
  if (draft === null || claim.survives === null) return draft;
  const longer = { ...claim, variant: { ...claim.variant, ...claim.survives } };
  const survives = contrastDraft(cells, longer, claimed);
  // Without other points of both arms the claim cannot be judged.
  return survives === null || sharesCells(draft, survives) ? null : { ...draft, survives };
}

function sharesCells(draft: Draft, other: Draft): boolean {
  const ours = new Set(cellsOf(draft));
  return cellsOf(other).some((cell) => ours.has(cell));
}

function contrastDraft(cells: readonly Cell[], claim: ClaimSpec, claimed: Claimed): Draft | null {
  const ours = cells.filter(({ task }) => claim.task === null || task === claim.task);
  const isOneTask = new Set(ours.map(({ task }) => task)).size === 1;
  const treatment = isOneTask ? treatmentOf(ours, claim) : null;
  if (treatment === null) return null;
  const [reference] = partner(
    ours.filter(({ arm }) => arm.id === claim.reference),
    treatment,
  );
  if (reference === undefined) return null;
  const contrast = { treatment, reference };
  const { direction } = claim;
  return drafter(ours, contrast)('claim', gridOf(ours, contrast), {
    direction,
    registration: registrationOf(claim, claimed),
  });
}

/** null where it is not there, or where several variants of the arm are. */
function treatmentOf(cells: readonly Cell[], { treatment, pretrainPairs, variant }: ClaimSpec): ArmPoint | null {
  const points = cells.filter(
    (cell) =>
      cell.arm.id === treatment &&
      (pretrainPairs === null || cell.pretrainPairs === pretrainPairs) &&
      isVariant(cell.variant, variant ?? {}),
  );
  return new Set(points.map(({ variant }) => variant)).size === 1 ? largest(points) : null;
}
