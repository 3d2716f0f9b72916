/** What comes out of a report, and what it is made of on the way. Types only. */
import type { Arm } from '../kinds/arms.ts';
import type { Metric } from '../kinds/metrics.ts';
import type { TrainingCurve, TrialOutcome, TrialResult } from '../record/trial-result.ts';
import type { PairDiff } from './pair-diff.ts';
import type { ArmPoint } from './point-types.ts';
import type { ComputeSplit } from './split/split-types.ts';
import type { Interval, PairedComparison, Reach } from '../stats/index.ts';

export type { ArmPoint, Estimate } from './point-types.ts';

export type Counts = Readonly<Record<'planned' | 'used' | 'unmeasured' | Exclude<TrialOutcome, 'completed'>, number>>;

/** Trials that differ in their seed only. */
export interface Cell extends ArmPoint {
  readonly task: string;
  readonly model: string;
  readonly samples: number;
  /** The metric that the task is judged by. */
  readonly headline: Metric;
  /** Completed trials with the headline metric, by seed. */
  readonly used: readonly TrialResult[];
  readonly counts: Counts;
}

export type Reading = 'better' | 'worse' | 'not-distinguishable' | 'no-claim' | 'missing';

/**
 * When a claim was written down, as the sweeps of the experiment recorded it. `before`: ahead of the first result.
 * `changed`: another claim, or other seeds, stood there before the first result. `unregistered`: the experiment file
 * has it, no sweep has recorded it. `unknown`: the records do not say when the first result was there.
 */
export interface ClaimRegistration {
  readonly status: 'before' | 'after' | 'changed' | 'unregistered' | 'unknown';
  /** ISO times; null where not recorded. */
  readonly registeredAt: string | null;
  readonly firstResultAt: string | null;
}

/** What became of a contrast at other points: the same arms trained longer, say. */
export interface Survival {
  readonly treatment: ArmPoint;
  readonly reference: ArmPoint;
  readonly differences: readonly SeedDifference[];
  readonly statistics: PairedComparison | null;
  /** At the whole level: the claim needs both, so that a second test makes no error more likely. */
  readonly p: number | null;
  readonly itemInterval: Interval | null;
  readonly reading: Reading;
}

/** Treatment - reference of one seed. */
export interface SeedDifference {
  readonly seed: number;
  readonly value: number;
  /** Of the treatment; null where the value is a mean over several models or sample sizes. */
  readonly trialId: string | null;
}

export interface Comparison {
  readonly task: string;
  readonly headline: Metric;
  /**
   * `overall`: mean over sample sizes (or the only one), all models; `samples`: one sample size, all models; `model`:
   * one model, one sample size or (samples null) all; `claim`: what the claim names, where it is none of these.
   */
  readonly scope: 'overall' | 'samples' | 'model' | 'claim';
  readonly model: string | null;
  readonly samples: number | null;
  /** Averaged within each seed. */
  readonly models: readonly string[];
  readonly treatment: ArmPoint;
  readonly reference: ArmPoint;
  /**
   * The claim of the experiment; null for every other comparison. Registered before the first result it has the 5 % to
   * itself; else it is exploratory as all others are.
   */
  readonly claim: {
    readonly direction: 'better' | 'worse' | 'different';
    readonly registration: ClaimRegistration;
    /** The same contrast where the claim must be found, too; absent = nowhere else. */
    readonly survival?: Survival;
  } | null;
  /**
   * One difference a unit: a seed, complete for all models and sample sizes of the comparison. Mean of the treatment's
   * headline metric minus the reference's.
   */
  readonly differences: readonly SeedDifference[];
  /** Seeds with results at some of the models and sample sizes only: left out. */
  readonly incomplete: readonly number[];
  /** null where no seed is complete on both sides. */
  readonly statistics: PairedComparison | null;
  /** Of the t-test that counts: two-sided, or one-sided for a registered claim that says which side. */
  readonly p: number | null;
  /** The p of the registered claim as it is; all others are adjusted by Holm over the other tests of the page. */
  readonly adjustedP: number | null;
  /** Tests that share the 5 %. */
  readonly family: number;
  /** Seeds and groups of test pairs both resampled; null without recorded pair outcomes. */
  readonly itemInterval: Interval | null;
  readonly reading: Reading;
  readonly sentence: string;
}

export interface Efficiency {
  readonly task: string;
  readonly headline: Metric;
  /** Averaged within a seed. */
  readonly models: readonly string[];
  readonly treatment: ArmPoint;
  /** An arm of another role, as in the comparisons. */
  readonly reference: ArmPoint;
  readonly samples: number;
  /** The treatment's headline metric at `samples`, on its monotone mean curve. */
  readonly value: number;
  /** Samples that the reference needs to reach `value`; a bound where its curve does not hold the answer. */
  readonly needs: Reach;
  /** 95 % over seeds; an end can be a bound. null for one seed or without spread. */
  readonly interval: { readonly low: Reach; readonly high: Reach } | null;
  /** Seeds that are complete on both sides. */
  readonly n: number;
  readonly sentence: string;
}

export interface LegendEntry {
  readonly label: string;
  readonly color: string;
  readonly shape: string | null;
  readonly dash: readonly number[] | null;
}

/** How the numbers of a mark are read out: `128 finetuning samples`, `pairwise accuracy 61.2 %`. */
export interface MarkReading {
  /** What is counted from left to right; null: the label of the row says where it stands. */
  readonly x: string | null;
  readonly y: Pick<Metric, 'label' | 'unit'>;
  /** Differences are signed, and in percent already. */
  readonly isDifference: boolean;
}

/** A Vega-Lite specification: JSON. */
export type ChartSpec = Readonly<Record<string, unknown>>;

export interface FigurePanel {
  readonly label: string;
  readonly spec: ChartSpec;
}

export interface FigureLegend {
  readonly title: string;
  readonly entries: readonly LegendEntry[];
}

export interface Figure {
  /** Of its files: figures/<name>.svg, .png, .pdf, .vl.json. */
  readonly name: string;
  /** null: over all tasks. */
  readonly task: string | null;
  readonly title: string;
  /** How to read it, the interval's method, and how many trials it used and left out. */
  readonly caption: string;
  /** What a reader who cannot see it should know. */
  readonly alt: string;
  /** The whole figure; what figures/<name>.vl.json holds. */
  readonly spec: ChartSpec;
  /** The same panels one by one, so that a page can let them flow to its width; their legend is told in text. */
  readonly panels: readonly FigurePanel[];
  readonly legend: readonly FigureLegend[];
  /** null: by the names of its fields. */
  readonly reading: MarkReading | null;
  /** The plug-in file that it comes from; null for ours. */
  readonly source: string | null;
}

export interface Table {
  readonly name: string;
  readonly title: string;
  /** null: over all tasks. */
  readonly task: string | null;
  /** A page shows its title only, until a reader opens it. */
  readonly isFolded: boolean;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly note: string;
}

/** Some pairs of one source, sampled by seed. */
export interface ShownPairs {
  /** What people call the pairs. */
  readonly name: string;
  readonly pairs: readonly PairDiff[];
}

/** One line of results.csv. */
export interface NumberRow {
  readonly table: string;
  readonly task: string;
  readonly model: string;
  readonly arm: string;
  readonly variant: string;
  readonly pretrainPairs: number | null;
  readonly samples: number | null;
  readonly metric: string;
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly method: string;
}

/** An arm as the records of a report name it. */
type ReportedArm = Pick<Arm, 'id' | 'label' | 'role'>;

/** A trial without a result: where it stood, what became of it, and why. */
export interface LeftOut {
  readonly trialId: string;
  readonly where: string;
  readonly outcome: string;
  readonly cause: string;
}

/** One trial as a page shows it. */
export interface TrialRecord extends Pick<
  TrialResult,
  'trialId' | 'task' | 'model' | 'samples' | 'seed' | 'outcome' | 'cause' | 'choices' | 'metrics'
> {
  /** With its pairs. */
  readonly arm: string;
  /** The metric that its task is judged by. */
  readonly headline: Metric;
  readonly stages: readonly string[];
  readonly curves: readonly TrainingCurve[];
}

export interface Statement {
  readonly tone: Reading | 'warning';
  readonly task: string | null;
  readonly text: string;
  /** What the experiment claims, or what became of it: first on the page. */
  readonly isClaim: boolean;
}

export interface Report {
  readonly schemaVersion: 3;
  readonly experiment: string;
  /** As its author calls it, or its name. */
  readonly title: string;
  readonly question: string;
  readonly tasks: readonly { readonly task: string; readonly headline: Metric }[];
  readonly arms: readonly ReportedArm[];
  readonly counts: Counts;
  /** What a reader should take home: the headline comparisons and warnings, in order. */
  readonly statements: readonly Statement[];
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
  readonly numbers: readonly NumberRow[];
  readonly shownPairs: readonly ShownPairs[];
  readonly comparisons: readonly Comparison[];
  /** Treatments below their largest budget against no pretraining; of the same family of tests. */
  readonly smallerBudgets: readonly Comparison[];
  readonly efficiency: readonly Efficiency[];
  readonly computeSplits: readonly ComputeSplit[];
  readonly leftOut: readonly LeftOut[];
  /** In the order of the plan. */
  readonly trials: readonly TrialRecord[];
  readonly footer: readonly { readonly label: string; readonly text: string }[];
  /** sha256 over the trials, their metrics and pair outcomes. */
  readonly digest: string;
  readonly markdown: string;
}
