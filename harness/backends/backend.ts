/**
 * Who carries a stage out: a program that is given a stage folder with its `task.json`, and leaves the journal, the
 * outputs and `done.json` there. Types only.
 */
import type { Numerics } from '../spec/experiment-schema.ts';
import type { Compute } from '../stages/index.ts';
import type { StageExecution, StageTask } from '../store/index.ts';

/** A program that carries out stages. */
export interface Backend {
  readonly name: string;
  /**
   * Names arithmetic that differs from ours by more than rounding; it then enters the identity of every stage that the
   * backend serves. null: the same results up to rounding.
   */
  readonly numerics: string | null;
  /** What it computes in; float32 alone where it does not say. */
  readonly computesIn?: readonly Numerics[];
  /** Whether it carries out stages of this kind; `native` takes the others. */
  serves(stageKind: string): boolean;
  /** The command line that carries out the stage in `task.folder`: exit code 0 after a commit. */
  command(task: StageTask): readonly string[];
  /**
   * Of a backend in this project whose stages are ours, and which takes over training steps and scores: what a worker,
   * or `harness stage run FOLDER --backend NAME`, computes with.
   */
  compute?(execution: StageExecution): Promise<Compute>;
  /** Looks at what it needs. @throws UserError (3) where something is not there, with what to do. */
  prepare?(execution: StageExecution): Promise<void>;
  /** Command lines that a training stage starts beside its own; they are written into its journal, too. */
  starts?(task: StageTask): Promise<readonly (readonly string[])[]>;
}
