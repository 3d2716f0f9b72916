/**
 * What goes into a report and what comes out of it: plain records, no clock, no path, so that equal data give equal
 * bytes. Types only.
 */
import type { PairOutcomes, TrialOutcome, TrialResult } from '../record/trial-result.ts';
import type { Interval, PairedComparison } from '../stats/index.ts';

export interface ReportProvenance {
  /** Every commit that a recorded run was made from, in order of first use. */
  readonly commits: readonly string[];
  /** Any of the runs came from uncommitted changes; null where unknown. */
  readonly isDirty: boolean | null;
  readonly machines: readonly string[];
  /**
   * Start of the first and of the last run (ISO): the age of the data, not of the page. null where no run is recorded.
   */
  readonly dataFrom: string | null;
  readonly dataUntil: string | null;
}

export interface ReportInput {
  readonly experiment: string;
  readonly question: string;
  readonly command: string | null;
  readonly trials: readonly TrialResult[];
  /**
   * Outcomes on single test pairs; empty where they are not recorded: then the noise of the test pairs is not in the
   * comparisons, and the report says so.
   */
  readonly pairOutcomes: readonly PairOutcomes[];
  readonly provenance: ReportProvenance;
  /** Points of the sweep left out by its `exclude` rules, and points that two spellings gave twice. */
  readonly excluded: number;
  readonly duplicates: number;
}

/**
 * Where an arm stands: which pretraining, how much of it, and (only where the sweep varies something else within an
 * arm) which variant.
 */
export interface ArmPoint {
  readonly arm: string;
  readonly pretrainPairs: number;
  readonly variant: string;
}

export interface SeedValue {
  readonly seed: number;
  readonly value: number;
}

/** A mean over seeds with all its points. `interval` is null for one seed or without spread. */
export interface Estimate {
  readonly mean: number;
  readonly interval: Interval | null;
  readonly n: number;
  readonly values: readonly SeedValue[];
}

export type Counts = Readonly<Record<'planned' | 'used' | 'unmeasured' | Exclude<TrialOutcome, 'completed'>, number>>;

/** Trials that differ in their seed only. */
export interface Cell extends ArmPoint {
  readonly task: string;
  readonly architecture: string;
  readonly samples: number;
  /** Completed trials with a pairwise accuracy, by seed. */
  readonly used: readonly TrialResult[];
  readonly counts: Counts;
}

export type Reading = 'better' | 'worse' | 'not-distinguishable' | 'no-claim' | 'missing';

export interface Comparison {
  readonly task: string;
  /**
   * `overall`: mean over sample sizes (or the only one), all architectures; `samples`: one sample size, all
   * architectures; `architecture`: one architecture, one sample size or (samples null) all.
   */
  readonly scope: 'overall' | 'samples' | 'architecture';
  readonly architecture: string | null;
  readonly samples: number | null;
  readonly treatment: ArmPoint;
  readonly reference: ArmPoint;
  /**
   * One difference a unit: a seed of one architecture. Accuracy of the treatment minus that of the reference, as a
   * fraction.
   */
  readonly differences: readonly { readonly architecture: string; readonly seed: number; readonly value: number }[];
  /** null where no seed is complete on both sides. */
  readonly statistics: PairedComparison | null;
  /** Holm-adjusted over the comparisons of the same scope. */
  readonly adjustedP: number | null;
  readonly family: number;
  /** Seeds and test pairs both resampled; null without recorded pair outcomes. */
  readonly itemInterval: Interval | null;
  readonly reading: Reading;
  readonly sentence: string;
}

export interface Efficiency {
  readonly task: string;
  readonly architecture: string;
  readonly treatment: ArmPoint;
  readonly samples: number;
  readonly accuracy: number;
  /**
   * Samples at which the mean curve from scratch reaches `accuracy`; null when it does not within its range. `isBelow`:
   * already at its smallest size.
   */
  readonly scratchSamples: number | null;
  readonly isBelow: boolean;
  /** scratchSamples / samples, seed by seed on the seed's own curves; null = not reached. */
  readonly seedRatios: readonly { readonly seed: number; readonly ratio: number | null }[];
  readonly sentence: string;
}

export interface LegendEntry {
  readonly label: string;
  readonly color: string;
  readonly shape: string | null;
  readonly dash: readonly number[] | null;
}

/** A Vega-Lite specification: JSON. */
export type ChartSpec = Readonly<Record<string, unknown>>;

export interface Figure {
  readonly name: string;
  readonly task: string;
  readonly title: string;
  /** How to read it, the interval's method, and how many trials it used and left out. */
  readonly caption: string;
  /** What a reader who cannot see it should know. */
  readonly alt: string;
  /** The whole figure; what figures/<name>.vl.json holds. */
  readonly spec: ChartSpec;
  /** The same panels one by one, so that a page can let them flow to its width; their legend is told in text. */
  readonly panels: readonly { readonly label: string; readonly spec: ChartSpec }[];
  readonly legend: readonly { readonly title: string; readonly entries: readonly LegendEntry[] }[];
}

export interface Table {
  readonly name: string;
  readonly title: string;
  readonly task: string | null;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly note: string;
}

/** One line of results.csv. */
export interface NumberRow {
  readonly table: string;
  readonly task: string;
  readonly architecture: string;
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

export interface Report {
  readonly schemaVersion: 1;
  readonly experiment: string;
  readonly question: string;
  readonly counts: Counts;
  /** What a reader should take home: the headline comparisons and warnings, in order. */
  readonly statements: readonly Statement[];
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
  readonly numbers: readonly NumberRow[];
  readonly comparisons: readonly Comparison[];
  readonly efficiency: readonly Efficiency[];
  /** Trials without a result: `trial, where, what became of it, why`. */
  readonly leftOut: readonly {
    readonly trialId: string;
    readonly where: string;
    readonly outcome: string;
    readonly cause: string;
  }[];
  readonly footer: readonly { readonly label: string; readonly text: string }[];
  /** sha256 over the trials, their metrics and pair outcomes. */
  readonly digest: string;
  readonly markdown: string;
}

export interface Statement {
  readonly tone: Reading | 'warning';
  readonly task: string | null;
  readonly text: string;
}
