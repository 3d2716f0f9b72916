/**
 * What a stage is: its version, how it treats its inputs, what it costs, and what it does. One file a stage, one entry
 * in `index.ts`. Types only.
 */
import type { Kinds, ModelWriter } from '../kinds/index.ts';
import type { Numerics } from '../spec/experiment-schema.ts';
import type { JournalEvent, Outcome, StageDescription, StageExecution } from '../store/index.ts';
import type { Compute, SavedModelCheck } from './compute.ts';
import type { DescribedStage, StageWork, Training, WorkContext } from './stage-work.ts';

/** One kind of stage. */
export interface StageKind<Config extends object = object> {
  readonly kind: string;
  /** Increased when the meaning changes, so that old outputs are not served as new ones. */
  readonly version: number;
  /**
   * Goes on without inputs that diverged, as long as one is left: a learning rate that is too high must lose the
   * selection, not stop it. Divergence is deterministic, so the outcome stays a function of the fingerprint; a failed
   * input still blocks, since it may succeed later.
   */
  readonly toleratesDiverged: boolean;
  /** Inputs that bear no identity: a shortcut of execution, or a check that must have passed before. */
  readonly shortcuts?: readonly string[];
  /** Fields of the config by the name under which they were first recorded: identities keep it. */
  readonly formerNames?: Readonly<Record<string, string>>;
  /** Seconds a stage of this kind takes beside its work, on the machine the default speeds were fitted on. */
  readonly fixedSeconds: number;
  /** How the stage trains; null where it does not. */
  training?(config: Config): Training | null;
  /** What there is to do. `steps`: training steps of the stage, null where it has none. */
  work(stage: DescribedStage<Config>, steps: number | null, context: WorkContext): Promise<StageWork>;
  /**
   * Does the work and writes the outputs into `context.folder`; the runner hashes them and commits.
   * @throws UserError for wrong input; anything else is a bug or infrastructure.
   */
  run(context: StageContext<Config>): Promise<StageEnd>;
}

/** What a stage is given to work with. */
export interface StageContext<Config extends object = object> {
  readonly stage: StageDescription & { readonly config: Config };
  /**
   * The stage's own folder: the only place it may write to. Survives an interrupted attempt, so resume points live
   * here.
   */
  readonly folder: string;
  /** Input name -> its folder, outputs verified by sha256 against its done.json. */
  readonly inputFolders: Readonly<Record<string, string>>;
  readonly execution: StageExecution;
  /** What the config asks for. */
  readonly numerics: Numerics;
  readonly cacheFolder: string;
  /** All kinds there are, those of the stage's plug-ins included. */
  readonly kinds: Kinds;
  /** Who trains and scores; what it has compiled is shared by all stages of the process. */
  compute(): Promise<Compute>;
  /** Samples from models by a program beside this one; absent where the process was given none. */
  writer?(): Promise<ModelWriter>;
  /** Asked after each finetuning whether what was saved is what was trained. */
  readonly saved: SavedModelCheck;
  /** Into the journal, and to the display of the sweep. */
  emit(event: JournalEvent): void;
  /** Aborted on SIGTERM/SIGINT or when the conductor is gone: save a resume point and return `interrupted`. */
  readonly signal: AbortSignal;
}

/** `outputs`: file names in the folder, in a fixed order. */
export interface StageEnd {
  readonly outcome: Exclude<Outcome, { kind: 'cancelled' }>;
  readonly outputs: readonly string[];
}
