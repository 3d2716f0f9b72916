/**
 * The folder that a program of a backend is given: a stage folder of its own inside the stage's lease, with task.json,
 * stage.json and provenance.json. The program appends to its journal.jsonl, writes outputs and done.json there, and
 * knows of no lease; what it committed reaches the stage's folder by the lease of its launcher.
 */
import {
  describeFolder,
  enterStage,
  hashOutputs,
  LeaseLost,
  readDone,
  readOutcome,
  Workspace,
  writeTaskFile,
  type StageResult,
  type StageTask,
} from '../store/index.ts';

export class GivenFolder {
  /** As the program finds it. */
  readonly task: StageTask;
  readonly #workspace: Workspace;

  constructor(task: StageTask, workspace: Workspace) {
    this.#workspace = workspace;
    this.task = { ...task, folder: workspace.folder, attempt: workspace.attempt };
    workspace.shareJournal();
    writeTaskFile(this.task);
    describeFolder(this.task);
  }

  /** The result at once where another worker has the stage, or has committed it. */
  static for(task: StageTask): GivenFolder | StageResult {
    const workspace = enterStage(task);
    return workspace instanceof Workspace ? new GivenFolder(task, workspace) : workspace;
  }

  /** The program holds the lease, for as long as it lives: it may outlive its launcher. */
  heldBy(pid: number): void {
    this.#workspace.holdFor(pid);
  }

  /** What the program left: its commit, now the stage's, or the end that its journal tells. null: neither. */
  async result(): Promise<StageResult | null> {
    try {
      const told = readOutcome(this.task);
      this.#workspace.takeJournal();
      return (await this.#committed()) ?? told;
    } catch (error) {
      if (error instanceof LeaseLost || this.#workspace.isLost) return this.#workspace.lostResult;
      return wrongCommit(error instanceof Error ? error.message : String(error));
    }
  }

  leave(): void {
    this.#workspace.leave();
  }

  async #committed(): Promise<StageResult | null> {
    const { folder, stage } = this.task;
    const done = readDone(folder, stage.id);
    if (done === null) return null;
    if ('damaged' in done) return wrongCommit(done.damaged);
    const names = done.outputs.map(({ file }) => file);
    const found = await hashOutputs(folder, names);
    const wrong = done.outputs.find(({ sha256 }, index) => sha256 !== found[index]?.sha256);
    if (wrong !== undefined) return wrongCommit(`done.json does not have the sha256 of ${wrong.file}`);
    return this.#workspace.commitHashed(stage.id, done.outcome, found);
  }
}

function wrongCommit(why: string): StageResult {
  const outcome = { kind: 'failed', errorClass: 'bug', message: `the program's commit: ${why}`, detail: null } as const;
  return { kind: 'failed', outcome, hint: 'See docs/plugins.md for what a program leaves.', isDiskTrouble: false };
}
