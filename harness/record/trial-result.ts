/**
 * What a report reads: one row a trial, with any outcome. Types only, so that a room may name them without loading
 * the database.
 */

export type TrialOutcome = 'completed' | 'diverged' | 'failed' | 'blocked' | 'pending';

/**
 * One trial of an experiment with the final metrics of its stages. A metric that was not measured is absent, never 0.
 * `metrics`: final values (the stage's last attempt) of its evaluate, baseline, finetune and pretrain/decay stages and
 * of the checks of its data, by the names the stages gave them.
 */
export interface TrialResult {
  readonly trialId: string;
  readonly seed: number;
  readonly model: string;
  readonly arm: string;
  readonly pmpPairs: number;
  readonly pretrainPairs: number;
  readonly task: string;
  readonly samples: number;
  /** The author's own axis labels. */
  readonly declared: Readonly<Record<string, string | number>>;
  readonly outcome: TrialOutcome;
  /** Why it is not completed, in one line; null when it is. */
  readonly cause: string | null;
  readonly metrics: Readonly<Record<string, number>>;
  /**
   * Hyperparameters chosen for it on the dev split, numbers and others alike: path in the experiment
   * (`finetune.optimizer.learningRate`) -> value. Empty where nothing was chosen.
   */
  readonly choices: Readonly<Record<string, string | number | boolean | null>>;
  /** Stage id of its evaluation on test, the key of its rows in `items`. */
  readonly evaluateStage: string;
}

/**
 * Paired outcomes of one trial: pair id -> 1 right, 0.5 tie, 0 wrong. All trials of one task share the ids.
 */
export interface PairOutcomes {
  readonly trialId: string;
  readonly correct: ReadonlyMap<string, number>;
  /** Pair id -> what statistics must resample together: a question, twins of questions, or a function. */
  readonly groups: ReadonlyMap<string, string>;
  /** Ids of the pairs whose two responses come from one source. */
  readonly withinSource: ReadonlySet<string>;
}

/** What a ranker that reads nothing but the length gets right on the test pairs of one task. */
export interface LengthOutcomes {
  readonly task: string;
  /** Of each test pair, by id: 1 where the chosen response is the longer one, 0.5 where equal, 0 where shorter. */
  readonly longest: readonly number[];
  /** Of each test pair: what statistics must resample together. */
  readonly groups: readonly string[];
  /** Of each test pair: whether both responses come from one source. */
  readonly isWithinSource: readonly boolean[];
}

/** Code and processor that a trial was computed with. */
export interface TrialEnvironments {
  readonly trialId: string;
  /** Each in words, `commit 0123456789ab, AMD EPYC`; of the stages that train or score. */
  readonly environments: readonly string[];
}

/** Recorded values of a metric over the steps of a stage. */
export interface TrainingCurve {
  readonly name: string;
  /** So many steps have a value; where they are many, only some of them stand in `steps` and `values`. */
  readonly recorded: number;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** What hangs on one trial beside its results. */
export interface TrialDetails {
  readonly trialId: string;
  /** Ids of its stages, in the order of their work. */
  readonly stages: readonly string[];
  /** Of the finetuning that was scored. */
  readonly curves: readonly TrainingCurve[];
}

/** Training FLOPs of one trial (forward and backward), as its plan counts them; the whole of what it stands on. */
export interface TrialCompute {
  readonly trialId: string;
  /** Of the model that the experiment trained for all who begin with it; 0 where it trained none. */
  readonly start: number;
  /** From that start to the finetuning: its trunk up to the fork, and the decay. */
  readonly pretrain: number;
  readonly finetune: number;
}
