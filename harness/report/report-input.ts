/** What goes into a report: plain records, no clock, no path, so that equal data give equal bytes. Types only. */
import type { ChoiceValue } from '../record/index.ts';
import type { Arm } from '../kinds/arms.ts';
import type { MetricInfo } from '../kinds/metrics.ts';
import type { RecordedAudit, RecordedContamination, RecordedScores } from '../record/recorded-audit.ts';
import type {
  LengthOutcomes,
  PairOutcomes,
  TrialCompute,
  TrialDetails,
  TrialEnvironments,
  TrialResult,
} from '../record/trial-result.ts';
import type { ClaimSpec, RegisteredClaim } from '../spec/index.ts';
import type { PublishedLaw } from './published-laws.ts';
import type { FigureKind, TableKind } from './view.ts';

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

/** What is recorded of an experiment. */
export interface RecordedInput {
  readonly experiment: string;
  /** As its author calls it; null: by its name. */
  readonly title: string | null;
  readonly question: string;
  readonly command: string | null;
  readonly trials: readonly TrialResult[];
  /** Outcomes on single test pairs; empty where they are not recorded. */
  readonly pairOutcomes: readonly PairOutcomes[];
  /** What the length of responses alone gets right, by task; empty where it is not recorded. */
  readonly lengthOutcomes: readonly LengthOutcomes[];
  /** What is known of the pairs that trials were pretrained on, and of overlaps with their evaluation. */
  readonly audits: readonly RecordedAudit[];
  readonly contaminations: readonly RecordedContamination[];
  /** Scores of its tasks that were judged outside its sweep; absent = none. */
  readonly scores?: readonly RecordedScores[];
  readonly provenance: ReportProvenance;
  /** Parameters without embeddings, by the model's name; absent = not known. */
  readonly modelSizes?: Readonly<Record<string, number>>;
  /** What the training of each trial costs; absent = not known. */
  readonly compute?: readonly TrialCompute[];
  /** What each trial was computed with; absent = not known. */
  readonly environments?: readonly TrialEnvironments[];
  /** Stages and training curves of each trial; absent = not known. */
  readonly details?: readonly TrialDetails[];
  /** Claims that sweeps recorded, the oldest first, and when a trial was first scored on its test split (ISO). */
  readonly registered: readonly RegisteredClaim[];
  readonly firstResultAt: string | null;
  /** Points of the sweep left out by its `exclude` rules, and points that two spellings gave twice. */
  readonly excluded: number;
  readonly duplicates: number;
}

/** What a report is made of besides the records. Each defaults to what is registered. */
export interface ReportKinds {
  readonly arms?: readonly Arm[];
  readonly metrics?: readonly MetricInfo[];
  readonly figures?: readonly FigureKind[];
  readonly tables?: readonly TableKind[];
  /** The metric that a task is judged by, by the task's name; `eval/pairwise_accuracy` for all others. */
  readonly headlines?: Readonly<Record<string, string>>;
  /** The claim as the experiment file has it; absent = as the last sweep recorded it. */
  readonly claim?: ClaimSpec | null;
  /** Path of the experiment -> the values that it was chosen from on dev. */
  readonly tried?: Readonly<Record<string, readonly ChoiceValue[]>>;
  /** Scaling laws of others, shown beside ours. */
  readonly publishedLaws?: readonly PublishedLaw[];
  /** What a reader should know of them: a plug-in that is gone, say. */
  readonly notes?: readonly string[];
}

export interface ReportInput extends RecordedInput, ReportKinds {}
