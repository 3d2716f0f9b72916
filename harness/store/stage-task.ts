/** One attempt at one stage, and how it ended. The store knows names and places; what a stage means, others know. */
import type { Device, RanksSpec } from '../spec/experiment-schema.ts';
import type { Provenance } from './provenance.ts';
import type { CommittedOutcome, FailedOutcome } from './stage-records.ts';

/** A stage as its folder describes it; `plan` says more about it. */
export interface StageDescription {
  readonly id: string;
  readonly kind: string;
  readonly fingerprint: string;
  readonly config: object;
  /** Input name -> stage id. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Section -> where its data lies on this machine. No identity: digests in `config` stand for the data. */
  readonly locations?: Locations;
}

export type Locations = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** How a stage is carried out; never part of its identity. */
export interface StageExecution {
  readonly threads: number;
  readonly device: Device;
  readonly checkpointEverySeconds: number;
  /** Processes that the stage is shared out to by a backend that does so; absent = one. */
  readonly ranks?: RanksSpec;
  /** How often memory was exhausted in the attempts before: micro-batches are so many times half as large. */
  readonly halvings?: number;
}

/** A user's own module that registers kinds; see `kinds/plugins.ts`. */
export interface PluginFile {
  readonly file: string;
  /** sha256 of the file and of the local files that it imports. */
  readonly digest: string;
}

/** One attempt at one stage: everything a worker needs to know, and what `task.json` holds. */
export interface StageTask {
  readonly stage: StageDescription;
  readonly folder: string;
  readonly inputFolders: Readonly<Record<string, string>>;
  readonly execution: StageExecution;
  readonly cacheFolder: string;
  readonly plugins: readonly PluginFile[];
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
  | { readonly kind: 'damaged-input'; readonly input: string; readonly why: string }
  /** Another worker has the stage: nothing of this attempt counts. `why` says who. */
  | { readonly kind: 'lost'; readonly why: string };
