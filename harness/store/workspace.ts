/**
 * Where an attempt at a stage works: a folder inside the stage's lease (`lease.ts`). Everything that becomes of it
 * reaches the stage's folder by a move out of the lease, the commit last:
 *
 *     lease/<n>.<token>/work/     resume points and outputs in the making    -> stay for the next attempt
 *     lease/<n>.<token>/...       a journal, records, done.json, prepared    -> put in place one by one
 */
import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { hashOutputs } from './digest.ts';
import { readIfThere, syncFolder, toJson, writeDurably, writeFileAtomically } from './durable.ts';
import { formats } from './formats.ts';
import { isReserved, isSavedWork, stageFiles, workName } from './layout.ts';
import { LeaseLost, writeHolder, type Lease } from './lease.ts';
import { identityOf } from './process-identity.ts';
import { sealText } from './seal.ts';
import { assertSameStage, descriptionText } from './stage-description.ts';
import { bringBack, isInTheWay, occupiedBy, savedIn, takeStage, takenOver, type TakenStage } from './stage-lease.ts';
import { readDone, type CommittedOutcome, type DoneRecord, type OutputRecord } from './stage-records.ts';
import type { StageResult, StageTask } from './stage-task.ts';
import { Journal } from './write-journal.ts';

export class Workspace {
  /** Where the stage writes: the same name means the same file as before an interruption. */
  readonly folder: string;
  readonly attempt: number;
  readonly journal: Journal;
  /** The stage's folder. */
  readonly home: string;
  readonly #lease: Lease;
  #isCommitted = false;

  constructor(home: string, lease: Lease, attempt: number) {
    this.home = home;
    this.attempt = attempt;
    this.folder = join(lease.folder, workName);
    this.#lease = lease;
    mkdirSync(this.folder, { recursive: true });
    this.journal = this.#openJournal();
  }

  /** Aborted once the lease is lost. */
  get lost(): AbortSignal {
    return this.#lease.lost;
  }

  /** For an attempt whose lease is lost. */
  get lostResult(): StageResult {
    return { kind: 'lost', why: takenOver(this.home) };
  }

  get isLost(): boolean {
    return this.#lease.isLost;
  }

  /** Puts a record of the stage in place. @throws LeaseLost */
  write(name: string, text: string): void {
    writeFileAtomically(join(this.#lease.folder, name), text, false);
    this.#lease.publish(name, join(this.home, name));
  }

  /** Says in the folder what its stage is and where it comes from. @throws UserError (2) where it is another's. */
  describe({ stage, provenance }: Pick<StageTask, 'stage' | 'provenance'>): void {
    assertSameStage(this.home, stage);
    this.write(stageFiles.stage, descriptionText(stage));
    this.write(stageFiles.provenance, toJson(provenance));
  }

  /**
   * Hashes and fsyncs the outputs, writes the outcome to the journal, and moves done.json into place: after that the
   * stage is done and stays done. @throws LeaseLost where somebody has taken over: then nothing was committed.
   */
  async commit(id: string, outcome: CommittedOutcome, outputs: readonly string[]): Promise<StageResult> {
    const records = await hashOutputs(this.folder, outputs);
    this.journal.append({ kind: 'outcome', endedAt: new Date().toISOString(), outcome });
    return this.commitHashed(id, outcome, records);
  }

  /** The same where the journal has the outcome, and the digests of the outputs are known to be right. */
  commitHashed(id: string, outcome: CommittedOutcome, records: readonly OutputRecord[]): StageResult {
    this.journal.sync();
    const done = toJson({ doneVersion: formats.done, id, outcome, outputs: [...records] } satisfies DoneRecord);
    this.#prepare(stageFiles.done, done);
    this.#prepare(stageFiles.seal, sealText(this.home, done));
    for (const { file } of records) this.#bringOut(file);
    this.#lease.publish(stageFiles.seal, join(this.home, stageFiles.seal));
    syncFolder(this.home);
    this.#publishDone(done);
    syncFolder(this.home);
    this.#isCommitted = true;
    this.#dropFailure();
    return { kind: 'committed', outcome };
  }

  /**
   * For a program that is given `folder` as its stage folder: it appends to the stage's journal. On file systems
   * without hard links to a copy, which `takeJournal` puts in place at the end.
   */
  shareJournal(): void {
    const [ours, theirs] = [join(this.home, stageFiles.journal), join(this.folder, stageFiles.journal)];
    try {
      linkSync(ours, theirs);
    } catch {
      copyFileSync(ours, theirs);
    }
  }

  /** Puts the journal of the program in place, should it not be the stage's own. @throws LeaseLost */
  takeJournal(): void {
    const theirs = statSync(join(this.folder, stageFiles.journal), { throwIfNoEntry: false });
    const target = join(this.home, stageFiles.journal);
    if (theirs !== undefined && theirs.ino !== statSync(target).ino)
      this.#lease.publish(join(workName, stageFiles.journal), target);
  }

  /** Names a child of this process as the holder: it may outlive this one. */
  holdFor(pid: number): void {
    writeHolder(this.#lease.folder, { ...identityOf(pid), attempt: this.attempt });
  }

  /** Takes a file out of the stage's folder; it goes when the workspace is left. @throws LeaseLost */
  withdraw(name: string): void {
    try {
      this.#lease.withdraw(join(this.home, name), `withdrawn-${name}`);
    } catch (error) {
      if (!isInTheWay(error)) throw error;
    }
  }

  /** Brings in what earlier attempts saved, and outputs that a kill left without their commit. */
  gather(): void {
    const names = readdirSync(this.home);
    for (const name of names) if (!isReserved(name)) this.#lease.withdraw(join(this.home, name), join(workName, name));
    for (const name of names.filter(isSavedWork)) {
      bringBack(join(this.home, name), this.folder);
      this.withdraw(name);
    }
  }

  /** Takes out all that the stage committed, or left, the commit first; the journal stays and says why. */
  clear(why: string): void {
    this.withdraw(stageFiles.done);
    syncFolder(this.home);
    this.gather();
    for (const name of readdirSync(this.folder)) this.#lease.withdraw(join(this.folder, name), `withdrawn-${name}`);
    const kept: ReadonlySet<string> = new Set([stageFiles.journal, stageFiles.task, stageFiles.lease]);
    for (const name of Object.values(stageFiles)) if (!kept.has(name)) this.withdraw(name);
    this.journal.note({ kind: 'note', text: `outputs were damaged (${why}): cleared to run again` });
  }

  /** Ends the hold on the folder. What is not committed stays for the next attempt. */
  leave(): void {
    this.journal.close();
    if (!this.#isCommitted) this.#scatter();
    this.#lease.release();
  }

  /** It is of earlier attempts. The stage is committed, so an error here fails nothing. */
  #dropFailure(): void {
    try {
      this.withdraw(stageFiles.failed);
    } catch {
      // lost, or a full disk: who reads failed.json looks for done.json first
    }
  }

  #prepare(name: string, text: string): void {
    try {
      writeDurably(join(this.#lease.folder, name), text);
    } catch (error) {
      if (this.#lease.isLost) throw new LeaseLost(this.home);
      throw error;
    }
  }

  #bringOut(file: string): void {
    const folder = dirname(normalize(file));
    if (folder !== '.') mkdirSync(join(this.home, folder), { recursive: true });
    this.#lease.publish(join(workName, file), join(this.home, file));
    if (folder !== '.') syncFolder(join(this.home, folder));
  }

  /** Over a network a move that was done can be told as failed: then the text is there. */
  #publishDone(text: string): void {
    const target = join(this.home, stageFiles.done);
    try {
      this.#lease.publish(stageFiles.done, target);
    } catch (error) {
      if (!isInTheWay(error) || readIfThere(target) !== text) throw error;
    }
  }

  #scatter(): void {
    if (this.isLost) return;
    for (const name of savedIn(this.folder)) {
      try {
        this.#lease.publish(join(workName, name), join(this.home, name));
      } catch (error) {
        if (!(error instanceof LeaseLost) && !isInTheWay(error)) throw error;
      }
    }
  }

  /** As a new file: whoever held the folder before, and still has the old one open, adds nothing to this one. */
  #openJournal(): Journal {
    const file = join(this.home, stageFiles.journal);
    if (existsSync(file)) copyFileSync(file, join(this.#lease.folder, stageFiles.journal));
    const journal = new Journal(this.#lease.folder, this.attempt);
    this.#lease.publish(stageFiles.journal, file);
    return journal;
  }
}

/**
 * Makes the folder and takes its lease. Returns the result at once where somebody else has just committed the stage, or
 * is in the folder.
 * @throws UserError (2) where the folder belongs to another stage.
 */
export function enterStage(task: StageTask): Workspace | StageResult {
  mkdirSync(task.folder, { recursive: true });
  const taken = takeStage(task.folder, task.attempt);
  if (!('lease' in taken)) return { kind: 'lost', why: occupiedBy(task.folder, taken) };
  const done = readDone(task.folder, task.stage.id);
  if (done !== null && !('damaged' in done)) {
    taken.lease.release();
    return { kind: 'committed', outcome: done.outcome };
  }
  const workspace = openWorkspace(task.folder, taken);
  try {
    workspace.describe(task);
    workspace.gather();
    return workspace;
  } catch (error) {
    workspace.leave();
    throw error;
  }
}

function openWorkspace(folder: string, { lease, attempt }: TakenStage): Workspace {
  try {
    return new Workspace(folder, lease, attempt);
  } catch (error) {
    lease.release();
    throw error;
  }
}

/**
 * For those who have something to put right in a stage's folder, and run nothing. False where another worker holds the
 * folder: then it is theirs to say what becomes of the stage, and nothing was done.
 * @param isWanted Asked once the lease is held.
 */
export function inStageFolder(folder: string, isWanted: () => boolean, use: (workspace: Workspace) => void): boolean {
  const taken = existsSync(folder) ? takeStage(folder, 1) : null;
  if (taken === null || !('lease' in taken)) return false;
  if (!isWanted()) {
    taken.lease.release();
    return false;
  }
  try {
    useWorkspace(openWorkspace(folder, taken), use);
    return true;
  } catch (error) {
    if (error instanceof LeaseLost) return false;
    throw error;
  }
}

function useWorkspace(workspace: Workspace, use: (workspace: Workspace) => void): void {
  try {
    use(workspace);
  } finally {
    workspace.leave();
  }
}
