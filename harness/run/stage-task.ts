/** The messages between conductor and worker (IPC). Types only. */
import type { PlannedStage } from '../plan/stage.ts';
import type { Provenance } from './provenance.ts';
import type { StageContext } from './stage-context.ts';
import type { StageKind } from '../plan/stage.ts';
import type { CommittedOutcome, FailedOutcome } from './store/records.ts';

/** One attempt at one stage: everything the worker needs to know. */
export interface StageTask {
  readonly stage: PlannedStage;
  readonly folder: string;
  readonly inputFolders: Readonly<Record<string, string>>;
  readonly execution: StageContext<StageKind>['execution'];
  readonly cacheFolder: string;
  readonly attempt: number;
  readonly provenance: Provenance;
}

/**
 * How an attempt ended. `damaged-input`: nothing was done, because what `input` (a stage id) left is not what it
 * committed.
 */
export type StageResult =
  | { readonly kind: 'committed'; readonly outcome: CommittedOutcome }
  | {
      readonly kind: 'failed';
      readonly outcome: FailedOutcome;
      readonly hint: string | null;
      readonly isDiskTrouble: boolean;
    }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'damaged-input'; readonly input: string; readonly why: string };

export type MessageToWorker = { readonly type: 'run'; readonly task: StageTask } | { readonly type: 'stop' };

export type MessageFromWorker =
  | {
      readonly type: 'progress';
      readonly step: number;
      readonly steps: number;
      readonly loss: number | null;
      readonly tokensPerSecond: number | null;
    }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'finished'; readonly result: StageResult; readonly isHealthy: boolean };
