/** The data of the treatment-effect figure: paired differences, by the arm compared with and the sample size. */
import { armsOf } from '../arm-points.ts';
import { modelsOf } from '../cells.ts';
import { ascending, unique } from '../distinct.ts';
import { count } from '../../text/index.ts';
import { armLabel } from '../format.ts';
import type { Contrast } from '../compare/contrasts.ts';
import type { Comparison } from '../report-types.ts';
import type { TaskView } from '../view.ts';

/** Shares are in percent. */
export interface EffectRow {
  readonly panel: string;
  readonly series: string;
  readonly label: string;
  /** It is compared with. */
  readonly arm: string;
  /** null: over several. */
  readonly model: string | null;
  readonly seed: number | null;
  /** Of the treatment, where the difference is of one trial with it. */
  readonly trialId: string | null;
  readonly n: number;
  readonly role: 'mean' | 'seed';
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
}

export const pooled = 'all models';

/** One row for the mean, one for each seed. */
export function effectRows(comparison: Comparison, view: TaskView): readonly EffectRow[] {
  const { statistics, differences, headline } = comparison;
  if (statistics === null) return [];
  const scale = headline.unit === 'share' ? 100 : 1;
  const { meanDifference, interval } = statistics;
  const place = { ...placeOf(comparison, view), seed: null, trialId: null, n: differences.length };
  const [low, high] = interval === null ? [null, null] : [scale * interval.low, scale * interval.high];
  const seeds = differences.map(({ seed, value, trialId }): EffectRow => ({
    ...place,
    seed,
    trialId,
    n: 1,
    role: 'seed',
    y: scale * value,
    low: null,
    high: null,
  }));
  return [{ ...place, role: 'mean', y: scale * meanDifference, low, high }, ...seeds];
}

function placeOf(
  comparison: Comparison,
  view: TaskView,
): Omit<EffectRow, 'role' | 'y' | 'low' | 'high' | 'seed' | 'trialId' | 'n'> {
  const [only, ...others] = modelsOf(view.cells);
  const model = comparison.model ?? (others.length > 0 ? null : (only as string));
  const arm = armLabel(comparison.reference, true);
  const label = rowLabel(comparison.samples);
  return { panel: panelOf(comparison, view), series: model ?? pooled, label, arm, model };
}

export function rowLabels(shown: readonly Comparison[]): readonly string[] {
  const sizes = ascending(shown.flatMap(({ samples }) => samples ?? [])).map(rowLabel);
  return [...(shown.some(({ samples }) => samples === null) ? [rowLabel(null)] : []), ...sizes];
}

const rowLabel = (samples: number | null): string => (samples === null ? 'all sizes' : `n = ${count(samples)}`);

/** A row of panels a variant, with the arms compared with in one order in each. */
export function panelsOf(shown: readonly Contrast[], view: TaskView): readonly string[] {
  const references = unique(shown.map(againstOf));
  const variants = unique(shown.map((contrast) => variantOf(contrast, view)));
  const named = new Set(shown.map((contrast) => panelOf(contrast, view)));
  const all = variants.flatMap((variant) => references.map((reference) => panelName(variant, reference)));
  return all.filter((panel) => named.has(panel));
}

/** `against LM only`, with what tells several treatments and variants apart before it: the variants of both. */
export const panelOf = (contrast: Contrast, view: TaskView): string =>
  panelName(variantOf(contrast, view), againstOf(contrast));

function variantOf({ treatment }: Contrast, view: TaskView): string {
  return [treatmentsOf(view).length > 1 ? treatment.arm.label : '', treatment.variant].filter(Boolean).join(', ');
}

const againstOf = ({ reference }: Contrast): string => `against ${reference.arm.label}`;

const panelName = (variant: string, against: string): string => (variant === '' ? against : `${variant}: ${against}`);

/** Labels of the treatments. */
export const treatmentsOf = ({ comparisons }: TaskView): readonly string[] =>
  armsOf(comparisons.map(({ treatment }) => treatment)).map(({ label }) => label);

/** The one treatment by its name. */
export function treatmentName(view: TaskView): string {
  const [name, ...others] = treatmentsOf(view);
  return name === undefined || others.length > 0 ? 'the treatment' : name;
}
