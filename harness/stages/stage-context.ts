/** The contract between the stage runner and the stages in `run/stages/`: one function a kind. Types only. */
import type { Device } from '../engine/index.ts';
import type { PlannedStageOf, StageKind } from '../plan/stage.ts';
import type { JournalEvent, Outcome } from '../store/index.ts';

export interface StageContext<K extends StageKind> {
  readonly stage: PlannedStageOf<K>;
  /**
   * The stage's own folder: the only place it may write to. Survives an interrupted attempt, so resume points live
   * here.
   */
  readonly folder: string;
  /** Input name -> its folder, outputs verified by sha256 against its done.json. */
  readonly inputFolders: Readonly<Record<string, string>>;
  readonly execution: { readonly threads: number; readonly device: Device; readonly checkpointEverySeconds: number };
  readonly cacheFolder: string;
  emit(event: JournalEvent): void;
  /** Aborted on SIGTERM/SIGINT or when the conductor is gone: save a resume point and return `interrupted`. */
  readonly signal: AbortSignal;
}

/**
 * Does the work of one stage and writes its outputs into `context.folder`; the runner hashes them and commits with
 * done.json. Returns `outputs` (file names in the folder, in a fixed order). Throws `UserError` for wrong input;
 * anything else is a bug or infrastructure.
 */
export type StageFunction<K extends StageKind> = (context: StageContext<K>) => Promise<StageEnd>;

export interface StageEnd {
  readonly outcome: Outcome;
  readonly outputs: readonly string[];
}

export type StageFunctions = { readonly [K in StageKind]: StageFunction<K> };
