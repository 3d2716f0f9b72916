/**
 * PMP against each arm without it. A unit is one seed of one architecture, and both sides of a unit saw the same
 * finetuning samples and the same test pairs, so differences are taken inside units. Two sources of noise are told
 * apart: seeds (t-interval over units, decisive after Holm's correction) and test pairs (crossed bootstrap, where
 * outcomes of single pairs are recorded). Only what stands clear of both is called beyond noise.
 */
import { randomStream } from '../random/index.ts';
import { crossedBootstrapInterval, holm, mean, pairedComparison, type Interval } from '../stats/index.ts';
import { accuracyMetric } from './cells.ts';
import { outcomeTable, type OutcomeTable } from './pair-outcomes.ts';
import type { ArmPoint, Cell, Comparison, Reading, ReportInput } from './report-input.ts';
import { comparisonSentence } from './sentences.ts';

const significance = 0.05;
/** Two seeds make an interval, but no claim. */
const leastUnits = 3;

type Draft = Omit<Comparison, 'adjustedP' | 'family' | 'reading' | 'sentence'>;

/** All comparisons of all tasks, headline (`overall`) first within each task. */
export function compareArms(
  cells: readonly Cell[],
  input: Pick<ReportInput, 'experiment' | 'pairOutcomes'>,
): readonly Comparison[] {
  const outcomes = outcomeTable(input.pairOutcomes, input.experiment);
  const drafts = unique(cells.map((cell) => cell.task)).flatMap((task) => {
    const ofTask = cells.filter((cell) => cell.task === task);
    return contrasts(ofTask).flatMap((contrast) =>
      draftsOf(task, ofTask, contrast).map((draft) => measure(draft, outcomes)),
    );
  });
  const order = { overall: 0, samples: 1, architecture: 2 } as const;
  return judge(drafts).toSorted((a, b) => order[a.scope] - order[b.scope]);
}

/**
 * PMP budgets below the largest that are worse than training from scratch, at one sample size: a family of tests of its
 * own, told only where it is beyond noise. Without it a headline about the largest budget would hide what too little
 * pretraining costs.
 */
export function harmfulBudgets(
  cells: readonly Cell[],
  input: Pick<ReportInput, 'experiment' | 'pairOutcomes'>,
): readonly Comparison[] {
  const outcomes = outcomeTable(input.pairOutcomes, input.experiment);
  const drafts = unique(cells.map((cell) => cell.task)).flatMap((task) => {
    const ofTask = cells.filter((cell) => cell.task === task);
    return contrasts(ofTask)
      .filter(({ reference }) => reference.arm === 'scratch')
      .flatMap(({ treatment, reference }) => {
        const smaller = unique(
          ofTask
            .filter(
              (cell) =>
                cell.arm === 'pmp' &&
                cell.variant === treatment.variant &&
                cell.pretrainPairs < treatment.pretrainPairs,
            )
            .map((cell) => cell.pretrainPairs),
        );
        return smaller.flatMap((pretrainPairs) =>
          atOneSize(draftsOf(task, ofTask, { treatment: { ...treatment, pretrainPairs }, reference })).map((draft) =>
            measure(draft, outcomes),
          ),
        );
      });
  });
  return judge(drafts).filter(({ reading }) => reading === 'worse');
}

/** Pooled over architectures where there are several. */
function atOneSize(drafts: readonly UnmeasuredDraft[]): readonly UnmeasuredDraft[] {
  const single = drafts.filter(({ samples }) => samples !== null);
  const pooled = single.filter(({ architecture }) => architecture === null);
  return pooled.length > 0 ? pooled : single;
}

/** One contrast: PMP at its largest budget against one other arm, for each architecture the cells of both sides. */
interface Contrast {
  readonly treatment: ArmPoint;
  readonly reference: ArmPoint;
}

function contrasts(cells: readonly Cell[]): readonly Contrast[] {
  const pmp = cells.filter((cell) => cell.arm === 'pmp');
  const arms = unique(cells.map((cell) => cell.arm)).filter((arm) => arm !== 'pmp');
  return unique(pmp.map((cell) => cell.variant)).flatMap((variant) => {
    const treatment = largest(pmp.filter((cell) => cell.variant === variant));
    return arms.flatMap((arm): readonly Contrast[] => {
      const ofArm = cells.filter((cell) => cell.arm === arm);
      const sameVariant = ofArm.filter((cell) => cell.variant === variant);
      const candidates = sameVariant.length > 0 ? sameVariant : ofArm.filter((cell) => cell.variant === '');
      const equal = candidates.filter((cell) => cell.pretrainPairs === treatment.pretrainPairs);
      return candidates.length === 0 ? [] : [{ treatment, reference: largest(equal.length > 0 ? equal : candidates) }];
    });
  });
}

interface UnmeasuredDraft extends Omit<Draft, 'statistics' | 'itemInterval' | 'differences'> {
  readonly units: readonly Unit[];
}

/** A seed of an architecture with the trials of both sides, one pair a sample size. */
interface Unit {
  readonly architecture: string;
  readonly seed: number;
  readonly pairs: readonly { readonly treatment: string; readonly reference: string; readonly difference: number }[];
}

function draftsOf(
  task: string,
  cells: readonly Cell[],
  { treatment, reference }: Contrast,
): readonly UnmeasuredDraft[] {
  const architectures = unique(cells.map((cell) => cell.architecture));
  const sizes = unique(
    cells.filter((cell) => isAt(cell, treatment) || isAt(cell, reference)).map((cell) => cell.samples),
  ).toSorted((a, b) => a - b);
  const at = (architecture: string, samples: number): readonly Unit[] =>
    unitsOf(cells, { architecture, samples, treatment, reference });
  const base = { task, treatment, reference };
  const single = architectures.flatMap((architecture) =>
    sizes.map((samples): UnmeasuredDraft => ({
      ...base,
      scope: 'architecture',
      architecture,
      samples,
      units: at(architecture, samples),
    })),
  );
  const pooled =
    architectures.length < 2
      ? []
      : sizes.map((samples): UnmeasuredDraft => ({
          ...base,
          scope: 'samples',
          architecture: null,
          samples,
          units: architectures.flatMap((architecture) => at(architecture, samples)),
        }));
  // With one sample size "over all sizes" is that size, and what is pooled is the headline itself.
  if (sizes.length === 1)
    return [
      {
        ...base,
        scope: 'overall',
        architecture: null,
        samples: sizes[0] as number,
        units: single.flatMap(({ units }) => units),
      },
      ...single,
    ];
  const merged = architectures.map((architecture): UnmeasuredDraft => ({
    ...base,
    scope: 'architecture',
    architecture,
    samples: null,
    units: mergeUnits(sizes.flatMap((samples) => at(architecture, samples))),
  }));
  const headline: UnmeasuredDraft = {
    ...base,
    scope: 'overall',
    architecture: null,
    samples: null,
    units: merged.flatMap(({ units }) => units),
  };
  return [headline, ...pooled, ...(architectures.length < 2 ? [] : merged), ...single];
}

function unitsOf(
  cells: readonly Cell[],
  at: { architecture: string; samples: number; treatment: ArmPoint; reference: ArmPoint },
): readonly Unit[] {
  const side = (point: ArmPoint): Cell | undefined =>
    cells.find((cell) => cell.architecture === at.architecture && cell.samples === at.samples && isAt(cell, point));
  const reference = side(at.reference);
  return (side(at.treatment)?.used ?? []).flatMap((trial) => {
    const other = reference?.used.find((candidate) => candidate.seed === trial.seed);
    if (other === undefined) return [];
    const difference = (trial.metrics[accuracyMetric] as number) - (other.metrics[accuracyMetric] as number);
    return [
      {
        architecture: at.architecture,
        seed: trial.seed,
        pairs: [{ treatment: trial.trialId, reference: other.trialId, difference }],
      },
    ];
  });
}

/**
 * Sample sizes of one seed share their pretraining run: they are averaged into one unit, never counted as independent.
 */
function mergeUnits(units: readonly Unit[]): readonly Unit[] {
  return unique(units.map((unit) => unit.seed)).map((seed) => {
    const same = units.filter((unit) => unit.seed === seed);
    return { architecture: (same[0] as Unit).architecture, seed, pairs: same.flatMap((unit) => unit.pairs) };
  });
}

function measure({ units, ...draft }: UnmeasuredDraft, outcomes: OutcomeTable): Draft {
  const differences = units.map((unit) => ({
    architecture: unit.architecture,
    seed: unit.seed,
    value: mean(unit.pairs.map((pair) => pair.difference)),
  }));
  if (differences.length === 0) return { ...draft, differences, statistics: null, itemInterval: null };
  return {
    ...draft,
    differences,
    statistics: pairedComparison(
      differences.map((unit) => unit.value),
      'seeds',
    ),
    itemInterval: itemIntervalOf(units, outcomes),
  };
}

function itemIntervalOf(units: readonly Unit[], outcomes: OutcomeTable): Interval | null {
  const rows = units.map((unit) => outcomes.resampledDifference(unit.pairs)).filter((row) => row !== null);
  const items = rows[0]?.items;
  if (items === undefined || rows.length < units.length || rows.some((row) => row.items !== items)) return null;
  return crossedBootstrapInterval(
    rows.map((row) => row.differences),
    { uniform: randomStream(0, 'report', 'units', units.length, items).uniform, unit: `seeds and ${items} test pairs` },
  );
}

function judge(drafts: readonly Draft[]): readonly Comparison[] {
  const families = new Map<Comparison['scope'], { readonly p: number[]; readonly drafts: Draft[] }>();
  for (const draft of drafts) {
    const p = draft.statistics?.p ?? null;
    const family = families.get(draft.scope) ?? { p: [], drafts: [] };
    families.set(draft.scope, family);
    if (p === null) continue;
    family.p.push(p);
    family.drafts.push(draft);
  }
  return drafts.map((draft) => {
    const family = families.get(draft.scope) as { p: number[]; drafts: Draft[] };
    const index = family.drafts.indexOf(draft);
    const adjustedP = index < 0 ? null : (holm(family.p)[index] as number);
    const judged = { ...draft, adjustedP, family: family.p.length, reading: readingOf(draft, adjustedP) };
    return { ...judged, sentence: comparisonSentence(judged) };
  });
}

function readingOf({ statistics, itemInterval }: Draft, adjustedP: number | null): Reading {
  if (statistics === null) return 'missing';
  if (adjustedP === null || statistics.n < leastUnits) return 'no-claim';
  const isClearOfItems = itemInterval === null || itemInterval.low > 0 || itemInterval.high < 0;
  if (adjustedP >= significance || !isClearOfItems) return 'not-distinguishable';
  return statistics.meanDifference > 0 ? 'better' : 'worse';
}

const isAt = (cell: Cell, point: ArmPoint): boolean =>
  cell.arm === point.arm && cell.pretrainPairs === point.pretrainPairs && cell.variant === point.variant;

function largest(cells: readonly Cell[]): ArmPoint {
  const { arm, pretrainPairs, variant } = cells.reduce((best, cell) =>
    cell.pretrainPairs > best.pretrainPairs ? cell : best,
  );
  return { arm, pretrainPairs, variant };
}

export function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
