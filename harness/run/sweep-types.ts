/** What goes into a sweep and what comes out of it. */
import type { Device } from '../engine/index.ts';
import type { Backend } from '../backends/index.ts';
import type { Kinds } from '../kinds/index.ts';
import type { ErrorClass } from '../spec/error-class.ts';
import type { RanksSpec, Retries, SlurmSpec } from '../spec/experiment-schema.ts';
import type { Plan, StageName } from '../plan/stage.ts';
import type { StopSignal } from './stop-signals.ts';
import type { CheckedStages, Outcome, PluginFile } from '../store/index.ts';

/** A plan, where its results go, and who is told of its progress. */
export interface SweepOptions {
  readonly plan: Plan;
  readonly specText: string;
  /** The command line that continues this sweep; told with every failure. */
  readonly command: string;
  readonly resultsFolder: string;
  readonly cacheFolder: string;
  /** The experiment's plug-ins; workers load them, too. */
  readonly plugins?: readonly PluginFile[];
  /** All kinds there are; without it, ours. */
  readonly kinds?: Kinds;
  /** The backend that the experiment chose, and those there are. */
  readonly backend?: string;
  readonly backends?: readonly Backend[];
  readonly execution: {
    readonly workers: number;
    readonly threads: number;
    readonly device: Device | 'auto';
    readonly checkpointEverySeconds: number;
    readonly ranks?: RanksSpec;
    readonly stageTimeoutSeconds?: number | null;
    readonly stuckAfterSeconds?: number | null;
    /** Those that are left out are the defaults of the experiment format. */
    readonly retries?: Partial<Retries>;
  };
  /** Stages run as jobs of Slurm, which ask for this; without it on this machine. */
  readonly slurm?: SlurmSpec;
  /**
   * Workers where a GPU computes, instead of `execution.workers`; 1 by default, for each worker holds models and states
   * of its own there and they take turns anyway.
   */
  readonly gpuWorkers?: number;
  /** File that calls `serveStages`; default: the one with the real stages. */
  readonly workerEntry?: string;
  /** Called with everything that happens, in order. */
  onEvent(event: SweepEvent): void;
  /**
   * Files -> database. Called every few seconds while stages finish and once at the end, never twice at a time.
   * `checked` knows what needs no further comparison with its digests; `isSettled`: no stage was written since it
   * looked.
   */
  collect(checked: CheckedStages, isSettled: boolean): Promise<void>;
  /** Called after a collect that saw more finished trials than the one before, while there is more to run. */
  onTrialsChanged?(): Promise<void>;
  /**
   * Abort = stop and save, as the signal that its reason names, else SIGINT. Signals of this process are heard without
   * it.
   */
  readonly signal?: AbortSignal;
  /** Start nothing more after the first failure. */
  readonly failFast?: boolean;
  /** Stages that failed before for another reason are left as they are. */
  readonly onlyFailed?: ErrorClass;
  readonly limits?: Partial<SweepLimits>;
}

export interface SweepLimits {
  readonly minimumFreeBytes: number;
  /** Time for running stages to save after a stop, before they are killed. */
  readonly stopGraceMs: number;
  /** Time for workers of a killed sweep to leave, before they are killed. */
  readonly orphanGraceMs: number;
  /** Time without a sign of life until a sweep or worker that cannot be looked at from here counts as gone. */
  readonly leaseLostMs: number;
  readonly collectEveryMs: number;
  /** How often a running stage is looked at, and after which silence it is told of. */
  readonly lookEveryMs: number;
  readonly silentMs: number;
}

export const defaultLimits: SweepLimits = {
  minimumFreeBytes: 200e6,
  stopGraceMs: 60_000,
  orphanGraceMs: 15_000,
  leaseLostMs: 30_000,
  collectEveryMs: 5_000,
  lookEveryMs: 1_000,
  silentMs: 600_000,
};

/** What is left to do, in seconds: expected, and a range that nine of ten sweeps would end in. */
export interface TimeLeft {
  readonly seconds: number;
  readonly low: number;
  readonly high: number;
}

/** `left` is null where nothing is known about the stages. `kind` is the stage's. */
export type SweepEvent =
  | {
      readonly type: 'sweep-started';
      readonly total: number;
      readonly cached: number;
      readonly toRun: number;
      readonly left: TimeLeft | null;
    }
  | {
      readonly type: 'stage-started';
      readonly stageId: string;
      readonly kind: StageName;
      readonly worker: number;
      readonly attempt: number;
    }
  | {
      readonly type: 'stage-progress';
      readonly stageId: string;
      readonly worker: number;
      readonly step: number;
      readonly steps: number;
      readonly loss: number | null;
      readonly tokensPerSecond: number | null;
      readonly left: TimeLeft | null;
    }
  | {
      readonly type: 'stage-finished';
      readonly stageId: string;
      readonly kind: StageName;
      readonly worker: number;
      readonly outcome: Outcome;
      readonly durationMs: number;
      readonly left: TimeLeft | null;
      /** All that is known of a failure, once a cause: others that failed in the same way have none. */
      readonly failure?: SweepFailure;
    }
  /** Every few seconds, also while no stage tells anything. */
  | { readonly type: 'time-left'; readonly left: TimeLeft }
  | { readonly type: 'note'; readonly stageId: string | null; readonly text: string }
  /** Told at the start, and when the last stage of a trial ends. `total` = trials of the plan. */
  | { readonly type: 'trials-counted'; readonly trials: SweepCounts; readonly total: number }
  | { readonly type: 'collect-failed'; readonly message: string }
  | { readonly type: 'sweep-finished'; readonly summary: SweepSummary };

export interface SweepCounts {
  readonly ran: number;
  readonly cached: number;
  readonly failed: number;
  readonly diverged: number;
  readonly blocked: number;
}

export interface SweepFailure {
  readonly stageId: string;
  readonly kind: StageName;
  readonly message: string;
  readonly hint: string | null;
  readonly errorClass: ErrorClass;
  readonly lastLines: readonly string[];
  /** Path of the worker's log, null where no worker was started. */
  readonly log: string | null;
  /** Continues the sweep. */
  readonly command: string;
  /** Runs the stage by itself. */
  readonly stageCommand: string;
}

/** How a sweep ended. */
export interface SweepSummary {
  readonly experiment: string;
  /** Stages. What is in none of the five was cancelled or not started. */
  readonly counts: SweepCounts;
  /**
   * Trials: `failed` = one of its stages failed, `diverged` likewise, `ran` = all done and some stage of it in this
   * sweep.
   */
  readonly trials: SweepCounts;
  /** Trials in none of the five: some of their stages were cancelled or not started. */
  readonly notFinishedTrials: number;
  /** Stages that a person cancelled; the next sweep runs them. */
  readonly cancelled: number;
  /** Stages. */
  readonly notStarted: number;
  readonly interrupted: StopSignal | null;
  /** By a second signal: what running stages had not saved is lost. */
  readonly wasKilled: boolean;
  /** Why no more stages were started although the sweep was not interrupted: a full disk, fail-fast. */
  readonly stoppedBecause: 'disk' | 'fail-fast' | null;
  readonly failures: readonly SweepFailure[];
}
